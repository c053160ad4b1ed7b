using Oddity.Connectors.Sources;
using Oddity.Engine;
using Oddity.Engine.Intake;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Ingest;

/// <summary>
/// Where programs send data. The routes differ in name only, after the systems they stand in for: each takes single objects, arrays and NDJSON
/// in the narrow, wide and API-call shapes.
/// </summary>
internal static class IngestRoutes
{
    public static void MapIngest(this IEndpointRouteBuilder routes)
    {
        (string Path, string Summary)[] paths =
        [
            ("/events/raw", "Take events: {metric, value, timestamp, meta}"),
            ("/ingest", "Take system metrics: {timestamp, cpu, memory, disk}"),
            ("/v1/metrics/ingest", "Take API calls: {api_id, timestamp, latency_ms, status_code, response_size}"),
            ("/api/v1/metrics/ingest", "Take API calls: {api_id, timestamp, latency_ms, status_code, response_size}"),
            ("/api/v1/events", "Take events in any of the shapes, as JSON, NDJSON or CSV"),
        ];
        foreach ((string path, string summary) in paths)
        {
            routes.MapPost(path, IngestAsync).Permits(Permission.Ingest).WithTags("Ingest").WithSummary(summary).TakesData().Produces<IngestBody>();
        }
    }

    private static async Task IngestAsync(
        HttpContext context, Pipeline pipeline, HttpOptions limits, BodyBudget budget, [AsParameters] IngestParameters parameters)
    {
        IngestOptions options = parameters.Options();
        IngestBatch batch = await ReadAsync(context, limits, budget, parameters.TimeUnit());
        await IngestAnswer.WriteAsync(context, await pipeline.IngestAsync(batch, options, context.RequestAborted));
    }

    /// <summary>Reads and decodes a request's body.</summary>
    /// <exception cref="ProblemException">Nothing of it can be decoded.</exception>
    internal static async Task<IngestBatch> ReadAsync(HttpContext context, HttpOptions limits, BodyBudget budget, TimePrecision precision)
    {
        BodyType.Check(context.Request);
        using RequestBody body = await RequestBody.ReadAsync(context, limits, budget);
        return BodyType.IsTable(context.Request)
            ? Decode.Table(body.Bytes, context.Tenant(), precision)
            : Decode.Events(body.Bytes, context.Tenant(), precision);
    }
}
