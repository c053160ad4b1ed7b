using System.Globalization;
using Microsoft.Net.Http.Headers;
using Oddity.Connectors.Sources.RemoteWrite;
using Oddity.Engine;
using Oddity.Engine.Intake;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Ingest;

/// <summary>Prometheus' remote write, 1.0 and 2.0: what sends to a Prometheus, or is one, sends here. Refusals are text, as its senders log them.</summary>
internal static class RemoteWriteRoutes
{
    private const string SamplesWritten = "X-Prometheus-Remote-Write-Samples-Written";
    private const string HistogramsWritten = "X-Prometheus-Remote-Write-Histograms-Written";
    private const string ExemplarsWritten = "X-Prometheus-Remote-Write-Exemplars-Written";

    public static void MapRemoteWrite(this IEndpointRouteBuilder routes)
    {
        foreach (string path in new[] { "/api/v1/write", "/api/v1/push", "/prometheus/api/v1/write" })
        {
            routes.MapPost(path, WriteAsync).Permits(Permission.Ingest).WithTags("Ingest").WithSummary("Take Prometheus remote write 1.0 or 2.0").TakesData();
        }
    }

    private static async Task WriteAsync(HttpContext context, Pipeline pipeline, HttpOptions limits, BodyBudget budget, [AsParameters] IngestParameters parameters)
    {
        try
        {
            bool second = IsSecond(context.Request);
            IngestOptions options = parameters.Options();
            using RequestBody body = await RequestBody.ReadSnappyAsync(context, limits, budget);
            Batch batch = pipeline.BeginBatch(context.Tenant(), WriteRequestDecoder.Protocol, options);
            WriteCounts counts;
            if (!(second ? WriteRequest2Decoder.TryDecode(body.Bytes.Span, batch, out counts) : WriteRequestDecoder.TryDecode(body.Bytes.Span, batch, out counts)))
            {
                batch.Dispose();
                throw new ProblemException(StatusCodes.Status400BadRequest, "bad_protobuf", $"The body is no remote write {(second ? "2.0" : "1.0")} request.");
            }

            await AnswerAsync(context, await pipeline.CommitAsync(batch, context.RequestAborted), counts);
        }
        catch (ProblemException problem)
        {
            await RefuseAsync(context, problem.Status, problem.Message, problem.RetryAfter);
        }
    }

    /// <summary>Whether it is version 2.0, which only the content type tells.</summary>
    /// <exception cref="ProblemException">415: of another type, or another version's message.</exception>
    private static bool IsSecond(HttpRequest request)
    {
        string? type = request.ContentType;
        if (type is null or "" or "application/x-protobuf") return false;
        if (MediaTypeHeaderValue.TryParse(type, out MediaTypeHeaderValue? parsed) && parsed.MediaType.Equals("application/x-protobuf", StringComparison.OrdinalIgnoreCase))
        {
            string? message = parsed.Parameters.FirstOrDefault(parameter => parameter.Name.Equals("proto", StringComparison.OrdinalIgnoreCase))?.Value.Value;
            if (message is null || message.Trim('"') == "prometheus.WriteRequest") return false;
            if (message.Trim('"') == "io.prometheus.write.v2.Request") return true;
        }

        throw new ProblemException(
            StatusCodes.Status415UnsupportedMediaType, "unknown_content_type", $"Content-Type '{Problem.Echo(type)}' is not taken here. Send application/x-protobuf, remote write 1.0 or 2.0.");
    }

    private static Task AnswerAsync(HttpContext context, IngestResult result, WriteCounts counts)
    {
        bool stored = result.Outcome is IngestOutcome.Stored or IngestOutcome.NothingAccepted;
        if (result.Outcome is not IngestOutcome.Stored) counts = default;
        IHeaderDictionary headers = context.Response.Headers;
        headers[SamplesWritten] = counts.Samples.ToString(CultureInfo.InvariantCulture);
        headers[HistogramsWritten] = counts.Histograms.ToString(CultureInfo.InvariantCulture);
        headers[ExemplarsWritten] = "0";

        if (stored && result.Rejected == 0)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        (int status, string text) = result.Outcome switch
        {
            IngestOutcome.Stored or IngestOutcome.NothingAccepted => (400, $"{result.Rejected} of {result.Accepted + result.Rejected} samples were refused: {Reason(result)}"),
            IngestOutcome.AtomicRefused => (400, $"Nothing was stored: {Reason(result)}"),
            IngestOutcome.OverLimit => (429, $"The limit of {result.Limit} is reached. Nothing was stored."),
            IngestOutcome.DiskFull => (503, "The server's disk is full. Nothing was stored."),
            _ => (503, "The server is busy, starting or stopping. Nothing was stored."),
        };
        return RefuseAsync(context, status, text, status == 400 ? null : result.RetryAfter ?? TimeSpan.FromSeconds(1));
    }

    private static string Reason(IngestResult result) => result.Errors is [var first, ..] ? $"sample {first.Index}: {first.Detail}" : "no sample is good.";

    private static Task RefuseAsync(HttpContext context, int status, string text, TimeSpan? retryAfter)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        if (retryAfter is { } wait) Problem.SetRetryAfter(context.Response, wait);
        return context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }
}
