using Microsoft.Net.Http.Headers;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.AccessLogs;
using Oddity.Connectors.Sources.Traces;
using Oddity.Engine;
using Oddity.Engine.Calls;
using Oddity.Engine.Intake;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Ingest;

/// <summary>Spans as Zipkin and Jaeger send them, and access logs. OpenTelemetry's come by <see cref="OtlpRoutes"/>.</summary>
internal static class SpanRoutes
{
    public static void MapSpans(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v2/spans", ZipkinAsync).Permits(Permission.Ingest).WithTags("Ingest").WithSummary("Take spans as Zipkin does (JSON, version 2)")
            .TakesJson("""[{"traceId":"463ac35c9f6413ad48485a3953bb6124","id":"a2fb4a1d1a96d312","name":"get /pay","kind":"SERVER","timestamp":1769860800000000,"duration":120000,"localEndpoint":{"serviceName":"checkout"}}]""")
            .Produces(202).Fails(400, 413, 415, 429, 503, 507);
        routes.MapPost("/api/traces", JaegerAsync).Permits(Permission.Ingest).WithTags("Ingest").WithSummary("Take spans as Jaeger does (Thrift's binary protocol over HTTP)")
            .Produces(202).Fails(400, 413, 415, 429, 503, 507);
        routes.MapPost("/api/v1/access-logs", AccessLogAsync).Permits(Permission.Ingest).WithTags("Ingest")
            .WithSummary("Take lines of an access log (common, combined, JSON) as calls of ?api_id=").Produces<IngestBody>().Fails(400, 413, 415, 429, 503, 507);
    }

    private static async Task ZipkinAsync(HttpContext context, Pipeline pipeline, HttpOptions limits, BodyBudget budget, [AsParameters] IngestParameters parameters)
    {
        BodyType.Check(context.Request);
        using RequestBody body = await RequestBody.ReadAsync(context, limits, budget);
        if (!ZipkinDecoder.TryDecode(body.Bytes, out CallBatch? batch, out DecodeFailure? failure)) throw Decode.Answer(failure);
        await AnswerAsync(context, await CallTaker.TakeAsync(context, pipeline, CallKind.Span, batch, parameters.Options()));
    }

    private static async Task JaegerAsync(HttpContext context, Pipeline pipeline, HttpOptions limits, BodyBudget budget, [AsParameters] IngestParameters parameters)
    {
        string type = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out MediaTypeHeaderValue? parsed) ? parsed.MediaType.Value!.ToLowerInvariant() : "";
        if (type is not ("application/x-thrift" or "application/vnd.apache.thrift.binary"))
            throw new ProblemException(415, "unknown_content_type", $"Content-Type '{Problem.Echo(context.Request.ContentType)}' is not application/x-thrift.");
        using RequestBody body = await RequestBody.ReadAsync(context, limits, budget);
        if (!JaegerDecoder.TryDecode(body.Bytes.Span, out CallBatch? batch, out DecodeFailure? failure)) throw Decode.Answer(failure);
        await AnswerAsync(context, await CallTaker.TakeAsync(context, pipeline, CallKind.Span, batch, parameters.Options()));
    }

    private static async Task AccessLogAsync(
        HttpContext context, Pipeline pipeline, HttpOptions limits, BodyBudget budget, TimeProvider time, [AsParameters] IngestParameters parameters, string? api_id)
    {
        const string byDefault = "access_log";
        BodyType.CheckFile(context.Request);
        using RequestBody body = await RequestBody.ReadAsync(context, limits, budget);
        string api = string.IsNullOrWhiteSpace(api_id) ? byDefault : api_id;
        if (!AccessLogDecoder.TryDecode(body.Bytes, api, time.GetUtcNow().ToUnixTimeMilliseconds(), out CallBatch? batch, out DecodeFailure? failure)) throw Decode.Answer(failure);
        await IngestAnswer.WriteAsync(context, await CallTaker.TakeAsync(context, pipeline, CallKind.Api, batch, parameters.Options(backfillByDefault: true)));
    }

    /// <summary>Both say 202 and nothing more; where spans were refused, the counts are in the body.</summary>
    private static async Task AnswerAsync(HttpContext context, IngestResult result)
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        if (result.Outcome != IngestOutcome.Stored) await IngestAnswer.RefuseAsync(context, result);
        else if (result.Rejected > 0) await Results.Json(new(result.Accepted, result.Rejected, result.Errors), Json.Readable.IngestBody, statusCode: 202).ExecuteAsync(context);
    }
}
