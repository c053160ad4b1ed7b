using Oddity.Engine;
using Oddity.Engine.Series;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Series;

/// <summary>Which series there are.</summary>
internal static class SeriesRoutes
{
    private const int MaxLimit = 1000;

    public static void MapSeries(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("").Permits(Permission.Read).WithTags("Series");
        group.MapGet("/api/v1/series", (HttpContext context, Pipeline pipeline, string? search, string? after, string? cursor, string? limit) =>
        {
            IReadOnlyList<SeriesInfo> found = List(context, pipeline, search, after ?? cursor, limit, out string? next);
            return Results.Json(new([.. found.Select(SeriesBody.From)], next, pipeline.CountSeries(context.Tenant())), Json.Readable.PageSeriesBody);
        }).WithSummary("List series in order of their text, in pages; total counts them all").Produces<Page<SeriesBody>>().Fails(400);
        group.MapGet("/api/metrics", (HttpContext context, Pipeline pipeline, string? search, string? after, string? limit) =>
        {
            IReadOnlyList<SeriesInfo> found = List(context, pipeline, search, after, limit, out _);
            return Results.Json([.. found.Select(SeriesBody.From)], Json.Readable.SeriesBodyArray);
        }).WithSummary("The monitored series as a bare array").Produces<SeriesBody[]>().Fails(400);
        routes.MapDelete("/api/v1/series", (HttpContext context, Pipeline pipeline, string? series) => DeleteAsync(context, pipeline, series))
            .Permits(Permission.Admin).WithTags("Series").Produces<DeletedBody>().Fails(400, 404, 507)
            .WithSummary("Delete a series by its full text: its samples and state; its anomalies stay");
    }

    /// <summary>Unlike where something is only looked at, a name alone does not find a series with labels.</summary>
    private static async Task<IResult> DeleteAsync(HttpContext context, Pipeline pipeline, string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) throw ProblemException.BadParameter("series", "is missing; a metric name or name{label=\"value\"}.");
        if (!SeriesKey.TryParse(context.Tenant(), text, out SeriesKey key))
            throw ProblemException.BadParameter("series", $"'{Problem.Echo(text)}' is neither a metric name nor name{{label=\"value\"}}.");
        if (!await pipeline.DeleteSeriesAsync(key, context.RequestAborted)) throw ProblemException.NotFound($"There is no series '{Problem.Echo(key.Text)}'.");
        return Results.Json(new(key.Text), Json.Readable.DeletedBody);
    }

    private static IReadOnlyList<SeriesInfo> List(HttpContext context, Pipeline pipeline, string? search, string? after, string? limit, out string? next)
    {
        int count = Query.Count("limit", limit, byDefault: 100, min: 1, MaxLimit);
        IReadOnlyList<SeriesInfo> found = pipeline.ListSeries(
            context.Tenant(), string.IsNullOrEmpty(search) ? null : search, string.IsNullOrEmpty(after) ? null : after, count);
        next = found.Count == count ? found[^1].Key.Text : null;
        return found;
    }
}
