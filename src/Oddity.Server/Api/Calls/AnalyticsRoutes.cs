using Oddity.Engine;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Calls;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Calls;

/// <summary>Figures of API calls, and of anomalies over time.</summary>
internal static class AnalyticsRoutes
{
    private const int MostSteps = 2000, MostApis = 1000;

    public static void MapAnalytics(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder read = routes.MapGroup("").Permits(Permission.Read).WithTags("API calls");
        foreach (string prefix in new[] { "/api/v1", "/v1" })
        {
            read.MapGet(prefix + "/metrics/summary", SummaryAsync).WithSummary("How all APIs did lately: window=1h").Produces<SummaryBody>().Fails(400);
            read.MapGet(prefix + "/analytics/performance", PerformanceAsync)
                .WithSummary("How an API did over time: api_id, endpoint, granularity=1h, start, end (the last day where not given)").Produces<PerformanceBody>().Fails(400);
            read.MapGet(prefix + "/analytics/anomaly-trends", TrendsAsync).WithSummary("How many anomalies began over time: period=7d, granularity").Produces<TrendsBody>().Fails(400);
        }
    }

    private static async Task<IResult> SummaryAsync(HttpContext context, Pipeline pipeline, CallQueries queries, ApiStore apis, TimeProvider time, string? window)
    {
        long length = Lengths.Read("window", window, "1h", TimeSpan.FromMinutes(1), TimeSpan.FromDays(7));
        (string tenant, long toMs) = (context.Tenant(), time.GetUtcNow().ToUnixTimeMilliseconds());
        long fromMs = toMs - length;
        IReadOnlyList<Engine.Calls.Api> registered = apis.List(tenant);
        Dictionary<string, string> names = registered.ToDictionary(api => api.Id, api => api.Name, StringComparer.Ordinal);
        // Calls may be as far ahead of the server's clock as samples.
        long endMs = toMs + (long)context.RequestServices.GetRequiredService<EngineOptions>().MaxAhead.TotalMilliseconds;
        (IReadOnlyList<(string Service, string Operation, CallFigures Figures)> operations, CallFigures total) = await Task.Run(
            () => (queries.Operations(tenant, CallKind.Api, fromMs, endMs), queries.Total(tenant, CallKind.Api, fromMs, endMs)), context.RequestAborted);
        double seconds = length / 1000.0;
        SummaryBody.ApiFigures[] each =
        [
            .. operations.Where(operation => operation.Operation.Length == 0).OrderByDescending(operation => operation.Figures.Calls).Take(MostApis)
                .Select(operation => new SummaryBody.ApiFigures(operation.Service, names.GetValueOrDefault(operation.Service), Figures(operation.Figures))),
        ];
        return Results.Json(
            new SummaryBody(Times.Iso(fromMs), Times.Iso(toMs), Figures(total), each, registered.Count, pipeline.CountSeries(tenant), pipeline.Calls.Waiting), Json.Readable.SummaryBody);

        FiguresBody Figures(CallFigures figures) => FiguresBody.From(figures with { PerSecond = figures.Calls / seconds });
    }

    private static async Task<IResult> PerformanceAsync(
        HttpContext context, CallQueries queries, ApiStore apis, TimeProvider time, string? api_id, string? endpoint, string? granularity, string? start, string? end)
    {
        if (string.IsNullOrEmpty(api_id)) throw ProblemException.BadParameter("api_id", "is missing.");
        long step = Lengths.Read("granularity", granularity, "1h", TimeSpan.FromMinutes(1), TimeSpan.FromDays(30));
        long toMs = Query.End("end", end) ?? time.GetUtcNow().ToUnixTimeMilliseconds();
        long fromMs = Query.Time("start", start) ?? toMs - 86_400_000;
        if (fromMs >= toMs) throw ProblemException.BadParameter("start", "is not before end.");
        fromMs -= ((fromMs % step) + step) % step; // Steps begin at whole steps of the clock.
        if ((toMs - fromMs) / step > MostSteps) throw ProblemException.BadParameter("granularity", $"makes more than {MostSteps} steps of this time.");
        (string tenant, string operation) = (context.Tenant(), endpoint ?? "");
        (IReadOnlyList<(long FromMs, CallFigures Figures)> steps, IReadOnlyList<(string Service, string Operation, CallFigures Figures)> operations) = await Task.Run(
            () => (queries.Over(tenant, CallKind.Api, api_id, operation, fromMs, toMs, step), queries.Operations(tenant, CallKind.Api, fromMs, toMs)), context.RequestAborted);
        CallFigures total = operations.FirstOrDefault(figures => figures.Service == api_id && figures.Operation == operation).Figures ?? new(0, 0, 0, 0, 0, 0, 0, 0, null);
        return Results.Json(
            new PerformanceBody(
                api_id,
                apis.Find(tenant, api_id)?.Name,
                endpoint,
                Lengths.Write(step),
                Times.Iso(fromMs),
                Times.Iso(toMs),
                FiguresBody.From(total),
                [.. steps.Select(figures => new PerformanceBody.PerformanceStep(Times.Iso(figures.FromMs), FiguresBody.From(figures.Figures)))],
                [.. operations.Where(figures => figures.Service == api_id && figures.Operation.Length > 0).OrderByDescending(figures => figures.Figures.Calls)
                    .Select(figures => new PerformanceBody.EndpointFigures(figures.Operation, FiguresBody.From(figures.Figures)))]),
            Json.Readable.PerformanceBody);
    }

    private static async Task<IResult> TrendsAsync(HttpContext context, AnomalyTrends trends, TimeProvider time, string? period, string? granularity)
    {
        long length = Lengths.Read("period", period, "7d", TimeSpan.FromMinutes(1), TimeSpan.FromDays(366));
        long step = Lengths.Read("granularity", granularity, length <= 2 * 86_400_000L ? (length <= 7_200_000 ? "1m" : "1h") : "1d", TimeSpan.FromMinutes(1), TimeSpan.FromDays(30));
        if (length / step > MostSteps) throw ProblemException.BadParameter("granularity", $"makes more than {MostSteps} steps of this period.");
        long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        long toMs = nowMs - (nowMs % step) + step, fromMs = toMs - ((length + step - 1) / step * step);
        string tenant = context.Tenant();
        (IReadOnlyDictionary<long, int[]> now, IReadOnlyDictionary<long, int[]> before, IReadOnlyList<(string Series, int Count)> most) = await Task.Run(
            () => (trends.Count(tenant, fromMs, toMs, step), trends.Count(tenant, fromMs - (toMs - fromMs), fromMs, step), trends.Most(tenant, fromMs, toMs, 10)), context.RequestAborted);
        var steps = new List<TrendsBody.TrendStep>();
        for (long at = fromMs; at < toMs; at += step)
        {
            int[] counts = now.GetValueOrDefault(at) ?? new int[5];
            steps.Add(new(Times.Iso(at), counts.Sum(), counts[(int)Severity.Critical], counts[(int)Severity.High], counts[(int)Severity.Medium], counts[(int)Severity.Low], counts[(int)Severity.Info]));
        }

        (int total, int previous) = (now.Values.Sum(counts => counts.Sum()), before.Values.Sum(counts => counts.Sum()));
        return Results.Json(
            new TrendsBody(
                Lengths.Write(length),
                Lengths.Write(step),
                Times.Iso(fromMs),
                Times.Iso(toMs),
                total,
                previous,
                previous == 0 ? null : 100.0 * (total - previous) / previous,
                steps,
                [.. most.Select(series => new TrendsBody.SeriesCount(series.Series, series.Count))]),
            Json.Readable.TrendsBody);
    }
}
