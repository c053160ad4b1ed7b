using System.Globalization;
using Oddity.Engine;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Calls;
using Oddity.Engine.Changes;
using Oddity.Server.Api.Changes;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Calls;

/// <summary>Services, their graph, and traces.</summary>
internal static class TraceRoutes
{
    private const long HourMs = 3_600_000;
    private const int MostOperations = 200, MostChanges = 50;

    public static void MapTraces(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder read = routes.MapGroup("").Permits(Permission.Read).WithTags("Traces");
        read.MapGet("/api/v1/services", ServicesAsync).WithSummary("Services that spans tell of, with rate, errors and latency; of the last hour where no time is given").Produces<Page<ServiceBody>>().Fails(400);
        read.MapGet("/api/v1/topology", TopologyAsync).WithSummary("Which service calls which; of the last hour where no time is given").Produces<TopologyBody>().Fails(400);
        read.MapGet("/api/v1/traces", TracesAsync)
            .WithSummary("Kept traces, newest first: service, operation, min_duration in ms, errors=true, start, end (the last hour), limit").Produces<Page<TraceSummaryBody>>().Fails(400);
        read.MapGet("/api/v1/traces/{id}", TraceAsync).WithSummary("One trace with its spans").Produces<TraceBody>().Fails(400, 404);
        read.MapGet("/api/v1/anomalies/{id}/context", ContextAsync).WithSummary("Changes in the half hour before an anomaly, and example traces").Produces<AnomalyContextBody>().Fails(404);
    }

    private static async Task<IResult> ServicesAsync(HttpContext context, CallQueries queries, EngineOptions engine, TimeProvider time, string? start, string? end)
    {
        (long fromMs, long toMs) = Range(engine, time, start, end);
        string tenant = context.Tenant();
        IReadOnlyList<(string Service, string Operation, CallFigures Figures)> all = await Task.Run(() => queries.Operations(tenant, CallKind.Span, fromMs, toMs), context.RequestAborted);
        ServiceBody[] services =
        [
            .. all.GroupBy(figures => figures.Service).Select(service => new ServiceBody(
                service.Key,
                FiguresBody.From(service.FirstOrDefault(figures => figures.Operation.Length == 0).Figures ?? new(0, 0, 0, 0, 0, 0, 0, 0, null), spans: true),
                [.. service.Where(figures => figures.Operation.Length > 0).OrderByDescending(figures => figures.Figures.Calls).Take(MostOperations)
                    .Select(figures => new ServiceBody.OperationBody(figures.Operation, FiguresBody.From(figures.Figures, spans: true)))])),
        ];
        return Results.Json(new Page<ServiceBody>(services, null), Json.Readable.PageServiceBody);
    }

    private static async Task<IResult> TopologyAsync(HttpContext context, CallQueries queries, EngineOptions engine, TimeProvider time, string? start, string? end)
    {
        (long fromMs, long toMs) = Range(engine, time, start, end);
        string tenant = context.Tenant();
        (IReadOnlyList<(string Name, bool Peer, CallFigures Figures)> nodes, IReadOnlyList<(string From, string To, CallFigures Figures)> edges) =
            await Task.Run(() => queries.Topology(tenant, fromMs, toMs), context.RequestAborted);
        return Results.Json(
            new TopologyBody(
                Times.Iso(fromMs),
                Times.Iso(toMs),
                [.. nodes.Select(node => new TopologyBody.Node(node.Name, node.Peer ? "peer" : "service", FiguresBody.From(node.Figures)))],
                [.. edges.Select(edge => new TopologyBody.Edge(edge.From, edge.To, FiguresBody.From(edge.Figures)))]),
            Json.Readable.TopologyBody);
    }

    private static async Task<IResult> TracesAsync(
        HttpContext context, CallQueries queries, EngineOptions engine, TimeProvider time, string? service, string? operation, string? min_duration, string? errors, string? start, string? end, string? limit)
    {
        (long fromMs, long toMs) = Range(engine, time, start, end);
        double least = 0;
        if (!string.IsNullOrEmpty(min_duration) && !(double.TryParse(min_duration.EndsWith("ms", StringComparison.Ordinal) ? min_duration[..^2] : min_duration, NumberStyles.Float, CultureInfo.InvariantCulture, out least) && least >= 0 && double.IsFinite(least)))
            throw ProblemException.BadParameter("min_duration", $"'{Problem.Echo(min_duration)}' is not a number of milliseconds.");
        var query = new TraceQuery(
            context.Tenant(), fromMs, toMs, Given(service), Given(operation), least, Query.Flag("errors", errors) ?? false, Query.Count("limit", limit, 20, 1, 500));
        IReadOnlyList<IReadOnlyList<Call>> found = await Task.Run(() => queries.Traces(query), context.RequestAborted);
        return Results.Json(new Page<TraceSummaryBody>([.. found.Select(TraceSummaryBody.From)], null), Json.Readable.PageTraceSummaryBody);

        static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
    }

    private static async Task<IResult> TraceAsync(HttpContext context, CallQueries queries, string id)
    {
        if (id.Length is not (16 or 32) || !id.All(char.IsAsciiHexDigit)) throw ProblemException.BadParameter("id", $"'{Problem.Echo(id)}' is not 32 hexadecimal digits.");
        string trace = id.ToLowerInvariant().PadLeft(32, '0');
        string tenant = context.Tenant();
        IReadOnlyList<Call> spans = await Task.Run(() => queries.Trace(tenant, trace), context.RequestAborted);
        return spans.Count > 0 ? Results.Json(TraceBody.From(spans), Json.Readable.TraceBody) : throw ProblemException.NotFound($"There is no trace '{trace}', or no more.");
    }

    private static async Task<IResult> ContextAsync(HttpContext context, Pipeline pipeline, ChangeStore changes, CallQueries queries, string id)
    {
        Anomaly anomaly = await pipeline.FindAnomalyAsync(context.Tenant(), id, context.RequestAborted) ?? throw ProblemException.NotFound($"There is no anomaly '{Problem.Echo(id)}'.");
        var query = new ChangeQuery(context.Tenant(), anomaly.StartMs - (HourMs / 2), anomaly.LastOddMs + 1, null, null, MostChanges);
        IReadOnlyList<Change> found = await changes.ListAsync(query, context.RequestAborted);
        IReadOnlyList<string> traces = await Task.Run(() => queries.Examples(context.Tenant(), anomaly.Subject ?? anomaly.Series, anomaly.PeakMs), context.RequestAborted);
        return Results.Json(new AnomalyContextBody([.. found.Select(ChangeBody.From)], traces), Json.Readable.AnomalyContextBody);
    }

    /// <summary>Spans may be as far ahead of the server's clock as samples; without an end they are in.</summary>
    private static (long FromMs, long ToMs) Range(EngineOptions engine, TimeProvider time, string? start, string? end)
    {
        long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        long toMs = Query.End("end", end) ?? nowMs + (long)engine.MaxAhead.TotalMilliseconds;
        long fromMs = Query.Time("start", start) ?? Math.Min(toMs, nowMs) - HourMs;
        return fromMs < toMs ? (fromMs, toMs) : throw ProblemException.BadParameter("start", "is not before end.");
    }
}
