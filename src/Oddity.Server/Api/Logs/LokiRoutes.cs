using Microsoft.Net.Http.Headers;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Logs;
using Oddity.Engine.Intake;
using Oddity.Engine.Logs;
using Oddity.Server.Api.Ingest;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Logs;

/// <summary>Loki's push address: what sends to a Loki (Promtail, Alloy, Vector, Fluent Bit) sends here. 204 when all is well, else text, as Loki answers.</summary>
internal static class LokiRoutes
{
    private const string Protobuf = "application/x-protobuf", JsonType = "application/json";

    public static void MapLoki(this IEndpointRouteBuilder routes)
    {
        foreach (string path in new[] { "/loki/api/v1/push", "/api/prom/push" })
        {
            routes.MapPost(path, PushAsync).Permits(Permission.Ingest).WithTags("Logs").WithSummary("Take log lines as Loki does").TakesData();
        }

        routes.MapGet("/loki/ready", () => Results.Text("ready\n")).Permits(Permission.Anonymous).ExcludeFromDescription();
    }

    private static async Task PushAsync(HttpContext context, LogStore store, HttpOptions limits, BodyBudget budget, [AsParameters] IngestParameters parameters)
    {
        int status;
        string text;
        TimeSpan? wait = null;
        try
        {
            IngestResult result = await TakeAsync(context, store, limits, budget, parameters);
            (status, text) = Answer(result);
            wait = status is 429 or 503 ? result.RetryAfter ?? TimeSpan.FromSeconds(1) : null;
        }
        catch (ProblemException problem)
        {
            (status, text, wait) = (problem.Status, problem.Message, problem.RetryAfter);
        }

        context.Response.StatusCode = status;
        if (wait is { } after) Problem.SetRetryAfter(context.Response, after);
        if (status == 204) return;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }

    private static async Task<IngestResult> TakeAsync(HttpContext context, LogStore store, HttpOptions limits, BodyBudget budget, IngestParameters parameters)
    {
        IngestOptions options = parameters.Options();
        string? given = context.Request.ContentType;
        string type = MediaTypeHeaderValue.TryParse(given, out MediaTypeHeaderValue? parsed) ? parsed.MediaType.Value!.ToLowerInvariant() : string.IsNullOrEmpty(given) ? JsonType : "";
        if (type is not (Protobuf or JsonType))
            throw new ProblemException(415, "unknown_content_type", $"Content-Type '{Problem.Echo(given)}' is neither {JsonType} nor {Protobuf}.");
        var batch = new LogBatch(context.Tenant());

        // Loki's own senders pack the message by snappy and do not say so.
        if (type == Protobuf && context.Request.Headers.ContentEncoding.Count == 0) context.Request.Headers.ContentEncoding = "snappy";
        using RequestBody body = type == Protobuf ? await RequestBody.ReadSnappyAsync(context, limits, budget) : await RequestBody.ReadAsync(context, limits, budget);
        DecodeFailure? failure;
        bool decoded = type == Protobuf ? LokiDecoder.TryDecodeProtobuf(body.Bytes.Span, batch, out failure) : LokiDecoder.TryDecodeJson(body.Bytes, batch, out failure);
        if (!decoded) throw Decode.Answer(failure!);
        return await store.IngestAsync(batch, options, context.RequestAborted);
    }

    private static (int Status, string Text) Answer(IngestResult result) => result.Outcome switch
    {
        IngestOutcome.Stored or IngestOutcome.NothingAccepted when result.Rejected == 0 => (204, ""),
        IngestOutcome.Stored or IngestOutcome.NothingAccepted => (400, $"{result.Rejected} of {result.Accepted + result.Rejected} entries were refused: {Reason(result)}"),
        IngestOutcome.AtomicRefused => (400, $"Nothing was stored: {Reason(result)}"),
        IngestOutcome.OverLimit => (429, $"The limit of {result.Limit} is reached. Nothing was stored."),
        IngestOutcome.DiskFull => (503, "The server's disk is full. Nothing was stored."),
        _ => (503, "The server is busy, starting or stopping. Nothing was stored."),
    };

    private static string Reason(IngestResult result) => result.Errors is [var first, ..] ? $"entry {first.Index}: {first.Detail}" : "no entry is good.";
}
