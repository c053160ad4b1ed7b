using Oddity.Engine;
using Oddity.Engine.Cost;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Health;

/// <summary>Routes for whoever runs the server.</summary>
internal static class AdminRoutes
{
    private const int MaxLimit = 1000;

    public static void MapAdmin(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/v1/admin").Permits(Permission.Admin).WithTags("Admin");
        group.MapGet("/state-digest", async (HttpContext context, Pipeline pipeline) =>
            {
                StateDigest digest = await pipeline.DigestAsync(context.RequestAborted);
                return Results.Json(new(digest.Series, digest.LastApplied, digest.Sha256), Json.Readable.DigestBody);
            })
            .Produces<DigestBody>().WithSummary("SHA-256 over the state of all series, after everything acknowledged is applied");
        group.MapGet("/cost", CostAsync).Produces<CostBody>().Fails(400)
            .WithSummary("What detectors and series cost: samples, processor time (estimated), state, disk, anomalies; sort=time, samples, state, disk or anomalies");
    }

    private static async Task<IResult> CostAsync(HttpContext context, Pipeline pipeline, string? sort, string? offset, string? limit)
    {
        CostOrder order = sort?.ToLowerInvariant() switch
        {
            null or "" or "time" => CostOrder.Time,
            "samples" => CostOrder.Samples,
            "state" => CostOrder.State,
            "disk" => CostOrder.Disk,
            "anomalies" => CostOrder.Anomalies,
            _ => throw ProblemException.BadParameter("sort", $"'{Problem.Echo(sort)}' is none of time, samples, state, disk, anomalies."),
        };
        int skip = Query.Count("offset", offset, byDefault: 0, min: 0, int.MaxValue);
        int count = Query.Count("limit", limit, byDefault: 100, min: 1, MaxLimit);
        return Results.Json(CostBody.From(await pipeline.CostAsync(context.Tenant(), order, skip, count, context.RequestAborted), skip), Json.Readable.CostBody);
    }
}
