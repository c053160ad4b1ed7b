using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using Microsoft.Net.Http.Headers;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Otlp;
using Oddity.Connectors.Sources.Traces;
using Oddity.Engine;
using Oddity.Engine.Calls;
using Oddity.Engine.Changes;
using Oddity.Engine.Intake;
using Oddity.Engine.Storage;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Ingest;

/// <summary>
/// OpenTelemetry's own protocol for metrics: HTTP with protocol buffers or JSON, and gRPC, whose unary call is a message in a frame of five bytes, answered by
/// another and by trailers. Whatever port a request comes in on, the way is the same.
/// </summary>
internal static class OtlpRoutes
{
    private const string Protobuf = "application/x-protobuf", JsonType = "application/json", Grpc = "application/grpc";
    private const int FrameBytes = 5;

    public static void MapOtlp(this IEndpointRouteBuilder routes)
    {
        foreach ((string signal, string service, Taker take) in new (string, string, Taker)[] { ("metrics", "metrics.v1.MetricsService", TakeMetricsAsync), ("traces", "trace.v1.TraceService", TakeSpansAsync) })
        {
            Delegate post = (HttpContext context, Pipeline pipeline, VersionWatch versions, HttpOptions limits, BodyBudget budget, [AsParameters] IngestParameters parameters) =>
                PostAsync(context, pipeline, versions, limits, budget, parameters, take);
            foreach (string path in new[] { $"/v1/{signal}", $"/api/v1/otlp/v1/{signal}" })
            {
                routes.MapPost(path, post).Permits(Permission.Ingest).WithTags("Ingest").WithSummary($"Take OpenTelemetry {signal} (OTLP/HTTP)").TakesData();
            }

            Delegate export = (HttpContext context, Pipeline pipeline, VersionWatch versions, HttpOptions limits, BodyBudget budget) => ExportAsync(context, pipeline, versions, limits, budget, take);
            routes.MapPost($"/opentelemetry.proto.collector.{service}/Export", export).Permits(Permission.Ingest).ExcludeFromDescription();
        }
    }

    private delegate Task<OtlpAnswer> Taker(HttpContext context, Pipeline pipeline, VersionWatch versions, ReadOnlyMemory<byte> body, bool json, IngestOptions options);

    private static Task PostAsync(
        HttpContext context, Pipeline pipeline, VersionWatch versions, HttpOptions limits, BodyBudget budget, IngestParameters parameters, Taker take) =>
        AnswerAsync(context, limits, budget, parameters, (body, json, options) => take(context, pipeline, versions, body, json, options));

    private static Task ExportAsync(HttpContext context, Pipeline pipeline, VersionWatch versions, HttpOptions limits, BodyBudget budget, Taker take) =>
        AnswerCallAsync(context, limits, budget, body => take(context, pipeline, versions, body, false, IngestOptions.Live));

    /// <summary>Answers a request over HTTP; the same for every kind of message.</summary>
    internal static async Task AnswerAsync(
        HttpContext context, HttpOptions limits, BodyBudget budget, IngestParameters parameters, Func<ReadOnlyMemory<byte>, bool, IngestOptions, Task<OtlpAnswer>> take)
    {
        string type = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out MediaTypeHeaderValue? parsed) ? parsed.MediaType.Value!.ToLowerInvariant() : "";
        if (type is not (Protobuf or JsonType))
            throw new ProblemException(415, "unknown_content_type", $"Content-Type '{Problem.Echo(context.Request.ContentType)}' is neither {Protobuf} nor {JsonType}.");
        OtlpAnswer answer;
        try
        {
            IngestOptions options = parameters.Options();
            using RequestBody body = await RequestBody.ReadAsync(context, limits, budget);
            answer = await take(body.Bytes, type == JsonType, options);
        }
        catch (ProblemException problem)
        {
            answer = OtlpAnswer.Of(problem);
        }

        HttpResponse response = context.Response;
        (response.StatusCode, response.ContentType) = (answer.HttpStatus, type);
        if (answer.RetryAfter is { } wait) Problem.SetRetryAfter(response, wait);
        byte[] message = type == JsonType ? answer.ToJson() : answer.ToProtobuf();
        response.ContentLength = message.Length;
        await response.BodyWriter.WriteAsync(message, context.RequestAborted);
    }

    /// <summary>Answers a gRPC call; the same for every kind of message.</summary>
    internal static async Task AnswerCallAsync(HttpContext context, HttpOptions limits, BodyBudget budget, Func<ReadOnlyMemory<byte>, Task<OtlpAnswer>> take)
    {
        string type = context.Request.ContentType ?? "";
        if (!type.StartsWith(Grpc, StringComparison.OrdinalIgnoreCase) || !HttpProtocol.IsHttp2(context.Request.Protocol))
            throw new ProblemException(415, "unknown_content_type", $"This route takes gRPC ({Grpc} over HTTP/2).");
        OtlpAnswer answer;
        try
        {
            using RequestBody frame = await RequestBody.ReadAsync(context, limits, budget);
            using RequestBody message = await UnframeAsync(context, frame, limits, budget);
            answer = await take(message.Bytes);
        }
        catch (ProblemException problem)
        {
            answer = OtlpAnswer.Of(problem);
        }

        HttpResponse response = context.Response;
        (response.StatusCode, response.ContentType) = (200, Grpc);
        response.DeclareTrailer("grpc-status");
        if (answer.GrpcStatus == 0)
        {
            byte[] body = answer.ToProtobuf();
            byte[] head = new byte[FrameBytes];
            BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(1), body.Length);
            await response.BodyWriter.WriteAsync((byte[])[.. head, .. body], context.RequestAborted);
        }
        else
        {
            response.AppendTrailer("grpc-message", Uri.EscapeDataString(answer.Message ?? ""));
        }

        response.AppendTrailer("grpc-status", answer.GrpcStatus.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The message of the one frame in the body.</summary>
    /// <exception cref="ProblemException">400: there is no such frame; 413: too large; 415: compressed in a way that is not taken.</exception>
    private static async Task<RequestBody> UnframeAsync(HttpContext context, RequestBody frame, HttpOptions limits, BodyBudget budget)
    {
        ReadOnlyMemory<byte> bytes = frame.Bytes;
        if (bytes.Length < FrameBytes || bytes.Span[0] > 1 || BinaryPrimitives.ReadUInt32BigEndian(bytes.Span[1..]) != (uint)(bytes.Length - FrameBytes))
            throw new ProblemException(400, "bad_frame", "The body is not one gRPC frame.");
        await using Stream plain = Decode.AsStream(bytes[FrameBytes..]);
        if (bytes.Span[0] == 0) return await RequestBody.ReadAsync(plain, limits.MaxDecompressedBytes, budget, context.RequestAborted);
        string encoding = context.Request.Headers["grpc-encoding"].ToString();
        if (encoding != "gzip") throw new ProblemException(415, "unknown_encoding", $"grpc-encoding '{Problem.Echo(encoding)}' is not gzip.");
        await using var gzip = new GZipStream(plain, CompressionMode.Decompress);
        return await RequestBody.ReadAsync(gzip, limits.MaxDecompressedBytes, budget, context.RequestAborted);
    }

    private static async Task<OtlpAnswer> TakeSpansAsync(
        HttpContext context, Pipeline pipeline, VersionWatch versions, ReadOnlyMemory<byte> body, bool json, IngestOptions options)
    {
        ReadOnlyMemory<byte> message = body;
        if (json) message = OtlpJson.TryRewriteTraces(body.Span, out byte[]? rewritten, out int length, out DecodeFailure? broken) ? rewritten.AsMemory(0, length) : throw Decode.Answer(broken);
        if (!OtlpTracesDecoder.TryDecode(message.Span, out CallBatch? batch, out DecodeFailure? failure)) throw Decode.Answer(failure);
        IngestResult result = await CallTaker.TakeAsync(context, pipeline, CallKind.Span, batch, options);
        if (result.Outcome == IngestOutcome.Stored) await NoteVersionsAsync(context.Tenant(), OtlpResources.Versions(message.Span), versions, context.RequestAborted);
        return OtlpAnswer.Of(result, "Span");
    }

    private static async Task<OtlpAnswer> TakeMetricsAsync(
        HttpContext context, Pipeline pipeline, VersionWatch versions, ReadOnlyMemory<byte> body, bool json, IngestOptions options)
    {
        string tenant = context.Tenant();
        ReadOnlyMemory<byte> message = body;
        if (json) message = OtlpJson.TryRewriteMetrics(body.Span, out byte[]? rewritten, out int length, out DecodeFailure? broken) ? rewritten.AsMemory(0, length) : throw Decode.Answer(broken);
        if (!OtlpMetricsDecoder.TryDecode(message.Span, tenant, out IngestBatch? batch, out DecodeFailure? failure)) throw Decode.Answer(failure);
        IngestResult result = await pipeline.IngestAsync(batch, options, context.RequestAborted);
        if (result.Outcome == IngestOutcome.Stored) await NoteVersionsAsync(tenant, OtlpResources.Versions(message.Span), versions, context.RequestAborted);
        return OtlpAnswer.Of(result);
    }

    /// <summary>Notes what versions services say they have. What was sent is stored already: a change that can't be noted is no reason to refuse it.</summary>
    private static async Task NoteVersionsAsync(string tenant, IReadOnlyCollection<(string Service, string Version)> seen, VersionWatch versions, CancellationToken cancel)
    {
        try
        {
            foreach ((string service, string version) in seen) await versions.SeenAsync(tenant, service, version, cancel);
        }
        catch (DiskFullException)
        {
        }
    }
}
