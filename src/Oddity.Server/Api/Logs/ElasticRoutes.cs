using System.Text.Json;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Logs;
using Oddity.Engine.Intake;
using Oddity.Engine.Logs;
using Oddity.Server.Api.Ingest;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Logs;

/// <summary>
/// Elasticsearch's bulk address below <c>/es</c>, with what its clients ask before they send. Answers are compact JSON: some senders look for the literal
/// text <c>"errors":true</c>.
/// </summary>
internal static class ElasticRoutes
{
    private const string Version = "8.11.0";

    public static void MapElastic(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/es", ["GET", "HEAD"], AboutAsync).Permits(Permission.Anonymous).ExcludeFromDescription();
        routes.MapGet("/es/_license", context => SendAsync(context, 200, License)).Permits(Permission.Anonymous).ExcludeFromDescription();
        foreach (string method in new[] { "POST", "PUT" })
        {
            routes.MapMethods("/es/_bulk", [method], (HttpContext context, LogStore store, HttpOptions limits, BodyBudget budget, [AsParameters] IngestParameters parameters) =>
                BulkAsync(context, store, limits, budget, parameters, null)).Permits(Permission.Ingest).WithTags("Logs").WithSummary("Take log lines as Elasticsearch's _bulk does").TakesData();
            routes.MapMethods("/es/{index}/_bulk", [method], BulkAsync).Permits(Permission.Ingest).WithTags("Logs").WithSummary("Take log lines as Elasticsearch's _bulk does").TakesData();
        }
    }

    private static async Task BulkAsync(HttpContext context, LogStore store, HttpOptions limits, BodyBudget budget, [AsParameters] IngestParameters parameters, string? index)
    {
        long begun = TimeProvider.System.GetTimestamp();
        try
        {
            IngestOptions options = parameters.Options();
            var batch = new LogBatch(context.Tenant());
            List<ElasticBulkDecoder.Item> items;
            using (RequestBody body = await RequestBody.ReadAsync(context, limits, budget))
            {
                if (!ElasticBulkDecoder.TryDecode(body.Bytes, index, batch, out items, out DecodeFailure? failure))
                {
                    await RefuseAsync(context, failure!.TooLarge ? 413 : 400, failure.Code, failure.Detail);
                    return;
                }
            }

            IngestResult result = await store.IngestAsync(batch, options, context.RequestAborted);
            await AnswerAsync(context, result, batch.Untimely, items, (long)TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);
        }
        catch (ProblemException problem)
        {
            if (problem.RetryAfter is { } wait) Problem.SetRetryAfter(context.Response, wait);
            await RefuseAsync(context, problem.Status, problem.Code, problem.Message);
        }
    }

    private static Task AnswerAsync(HttpContext context, IngestResult result, HashSet<int> untimely, List<ElasticBulkDecoder.Item> items, long tookMs)
    {
        if (result.Outcome is not (IngestOutcome.Stored or IngestOutcome.NothingAccepted))
        {
            (int status, string type) = result.Outcome switch
            {
                IngestOutcome.OverLimit => (429, "es_rejected_execution_exception"),
                IngestOutcome.AtomicRefused => (400, "illegal_argument_exception"),
                _ => (503, "unavailable_shards_exception"),
            };
            if (status != 400) Problem.SetRetryAfter(context.Response, result.RetryAfter ?? TimeSpan.FromSeconds(1));
            return RefuseAsync(context, status, type, "Nothing was stored.");
        }

        return SendAsync(context, 200, writer =>
        {
            writer.WriteNumber("took", tookMs);
            writer.WriteBoolean("errors", result.Rejected > 0 || items.Exists(item => item.Mistake is not null));
            writer.WriteStartArray("items");
            foreach (ElasticBulkDecoder.Item item in items) WriteItem(writer, item, item.Mistake ?? (untimely.Contains(item.Record) ? "The time is outside of what may enter." : null));

            writer.WriteEndArray();
        });
    }

    private static void WriteItem(Utf8JsonWriter writer, ElasticBulkDecoder.Item item, string? mistake)
    {
        writer.WriteStartObject();
        writer.WriteStartObject(item.Action);
        writer.WriteString("_index", item.Index);
        if (item.Id is not null) writer.WriteString("_id", item.Id);
        writer.WriteNumber("status", mistake is null ? 201 : 400);
        if (mistake is null)
        {
            writer.WriteString("result", "created");
        }
        else
        {
            writer.WriteStartObject("error");
            writer.WriteString("type", "mapper_parsing_exception");
            writer.WriteString("reason", mistake);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static Task AboutAsync(HttpContext context) => SendAsync(context, 200, writer =>
    {
        writer.WriteString("name", "oddity");
        writer.WriteString("cluster_name", "oddity");
        writer.WriteString("cluster_uuid", "oddity");
        writer.WriteStartObject("version");
        writer.WriteString("number", Version);
        writer.WriteString("build_flavor", "default");
        writer.WriteString("build_type", "tar");
        writer.WriteBoolean("build_snapshot", false);
        writer.WriteString("lucene_version", "9.8.0");
        writer.WriteString("minimum_wire_compatibility_version", "7.17.0");
        writer.WriteString("minimum_index_compatibility_version", "7.0.0");
        writer.WriteEndObject();
        writer.WriteString("tagline", "You Know, for Search");
    });

    private static void License(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("license");
        writer.WriteString("status", "active");
        writer.WriteString("uid", "oddity");
        writer.WriteString("type", "basic");
        writer.WriteEndObject();
    }

    private static Task RefuseAsync(HttpContext context, int status, string type, string reason) => SendAsync(context, status, writer =>
    {
        writer.WriteStartObject("error");
        writer.WriteStartArray("root_cause");
        writer.WriteStartObject();
        writer.WriteString("type", type);
        writer.WriteString("reason", reason);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteString("type", type);
        writer.WriteString("reason", reason);
        writer.WriteEndObject();
        writer.WriteNumber("status", status);
    });

    private static async Task SendAsync(HttpContext context, int status, Action<Utf8JsonWriter> members)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers["X-Elastic-Product"] = "Elasticsearch";
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter, Problem.Json);
        writer.WriteStartObject();
        members(writer);
        writer.WriteEndObject();
        await writer.FlushAsync(context.RequestAborted);
    }
}
