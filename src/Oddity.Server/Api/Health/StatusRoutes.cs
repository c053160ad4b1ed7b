using Oddity.Connectors.Sources;
using Oddity.Engine;
using Oddity.Engine.Anomalies;
using Oddity.Server.Api.Figures;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Health;

/// <summary>What the overview page shows.</summary>
internal static class StatusRoutes
{
    private const int MostOngoing = 1000;

    public static void MapStatus(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/status", StatusAsync).Permits(Permission.Read).WithTags("Health").WithSummary("Figures for an overview").Produces<StatusBody>();

    private static async Task<IResult> StatusAsync(HttpContext context, Pipeline pipeline, ProcessFigures process, SampleRate rate, RunningSources sources)
    {
        string tenant = context.Tenant();
        AnomalyPage ongoing = await pipeline.ListAnomaliesAsync(new() { Tenant = tenant, Ongoing = true, Limit = MostOngoing }, context.RequestAborted);
        long samples = pipeline.SamplesProcessed;
        return Results.Json(
            new(
                Build.Version,
                Math.Round(process.Uptime.TotalSeconds, 1),
                pipeline.CountSeries(tenant),
                samples,
                rate.PerSecond(samples),
                pipeline.QueueDepth,
                pipeline.AnomaliesBegun,
                ongoing.Items.Count,
                pipeline.Live.Watchers,
                Math.Round(pipeline.RecoveryProgress, 4),
                [.. sources.Statuses.Select(Source)]),
            Json.Readable.StatusBody);
    }

    private static StatusBody.SourceBody Source(SourceStatus source) => new(
        source.Id,
        source.State switch { SourceState.Ok => "ok", SourceState.Failing => "failing", _ => "off" },
        source.Detail,
        Times.Iso(source.LastSuccessMs));
}
