using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Logs;
using Oddity.Engine.Intake;
using Oddity.Engine.Logs;
using Oddity.Server.Api.Ingest;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Logs;

/// <summary>Splunk's HTTP event collector: <c>Authorization: Splunk TOKEN</c>, events as JSON objects one after another or raw lines, answers by Splunk's codes.</summary>
internal static class SplunkRoutes
{
    /// <summary>What its addresses begin with.</summary>
    public const string Prefix = "/services/collector";

    public static void MapSplunk(this IEndpointRouteBuilder routes)
    {
        foreach (string path in new[] { "", "/event", "/event/1.0" })
            routes.MapPost(Prefix + path, EventsAsync).Permits(Permission.Ingest).WithTags("Logs").WithSummary("Take log events as Splunk's collector does").TakesData();
        foreach (string path in new[] { "/raw", "/raw/1.0" })
            routes.MapPost(Prefix + path, RawAsync).Permits(Permission.Ingest).WithTags("Logs").WithSummary("Take log lines as Splunk's collector does").TakesData();
        foreach (string path in new[] { "/health", "/health/1.0" })
            routes.MapGet(Prefix + path, context => SendAsync(context, 200, 17, "HEC is healthy")).Permits(Permission.Anonymous).ExcludeFromDescription();
        routes.MapPost(Prefix + "/ack", context => SendAsync(context, 400, 14, "ACK is disabled")).Permits(Permission.Ingest).ExcludeFromDescription();
    }

    /// <summary>Says that credentials are missing or wrong, in the collector's words.</summary>
    public static Task RefuseAsync(HttpContext context, bool given) =>
        given ? SendAsync(context, 401, 3, "Invalid authorization") : SendAsync(context, 401, 2, "Token is required");

    private static Task EventsAsync(HttpContext context, LogStore store, HttpOptions limits, BodyBudget budget, [AsParameters] IngestParameters parameters) =>
        TakeAsync(context, store, limits, budget, parameters, SplunkDecoder.Decode);

    private static Task RawAsync(
        HttpContext context, LogStore store, HttpOptions limits, BodyBudget budget, [AsParameters] IngestParameters parameters,
        [FromQuery(Name = "sourcetype")] string? sourcetype, [FromQuery(Name = "source")] string? source, [FromQuery(Name = "host")] string? host) =>
        TakeAsync(context, store, limits, budget, parameters, (body, batch) =>
            LogDecoder.TryDecode(body, plain: true, sourcetype ?? source ?? host, batch, out DecodeFailure? _) || batch.IsTooLong ? (0, -1) : (5, -1));

    private static async Task TakeAsync(
        HttpContext context, LogStore store, HttpOptions limits, BodyBudget budget, IngestParameters parameters,
        Func<ReadOnlyMemory<byte>, LogBatch, (int Code, int Event)> decode)
    {
        try
        {
            IngestOptions options = parameters.Options();
            var batch = new LogBatch(context.Tenant());
            (int Code, int Event) wrong;
            using (RequestBody body = await RequestBody.ReadAsync(context, limits, budget)) wrong = decode(body.Bytes, batch);
            if (batch.IsTooLong) throw new ProblemException(413, "too_large", "Too many events.", "body");
            IngestResult result = await store.IngestAsync(batch, options, context.RequestAborted);
            if (result.Outcome is IngestOutcome.Stored or IngestOutcome.NothingAccepted)
            {
                if (wrong.Code != 0) await SendAsync(context, 400, wrong.Code, Text(wrong.Code), wrong.Event);
                else if (result.Rejected > 0) await SendAsync(context, 400, 6, "Invalid data format", result.Errors is [var first, ..] ? first.Index : 0);
                else await SendAsync(context, 200, 0, "Success");
                return;
            }

            Problem.SetRetryAfter(context.Response, result.RetryAfter ?? TimeSpan.FromSeconds(1));
            if (result.Outcome == IngestOutcome.OverLimit) await SendAsync(context, 429, 9, "Server is busy");
            else if (result.Outcome == IngestOutcome.AtomicRefused) await SendAsync(context, 400, 6, "Invalid data format", 0);
            else await SendAsync(context, 503, 9, "Server is busy");
        }
        catch (ProblemException problem)
        {
            if (problem.RetryAfter is { } wait) Problem.SetRetryAfter(context.Response, wait);
            await SendAsync(context, problem.Status, problem.Status == 503 ? 9 : 6, problem.Status == 503 ? "Server is busy" : problem.Message);
        }
    }

    private static string Text(int code) => code switch
    {
        5 => "No data",
        12 => "Event field is required",
        13 => "Event field cannot be blank",
        _ => "Invalid data format",
    };

    private static async Task SendAsync(HttpContext context, int status, int code, string text, int wrong = -1)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter, Problem.Json);
        writer.WriteStartObject();
        writer.WriteString("text", text);
        writer.WriteNumber("code", code);
        if (wrong >= 0) writer.WriteNumber("invalid-event-number", wrong);
        writer.WriteEndObject();
        await writer.FlushAsync(context.RequestAborted);
    }
}
