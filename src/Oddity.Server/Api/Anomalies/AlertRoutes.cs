using Oddity.Engine;
using Oddity.Engine.Anomalies;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Anomalies;

/// <summary>Anomalies as alerts: those that go on and are not dealt with, or those of a status that is asked for.</summary>
internal static class AlertRoutes
{
    public static void MapAlerts(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/alerts", ListAsync).Permits(Permission.Read).WithTags("Anomalies").Produces<AlertsBody>().Fails(400)
            .WithSummary("Anomalies in the envelope of Prometheus' alerts; ?status=active, acknowledged, resolved or suppressed");

    private static async Task<IResult> ListAsync(HttpContext context, Pipeline pipeline, string? status, string? limit)
    {
        IReadOnlyCollection<AnomalyStatus>? statuses = Query.List("status", status, Words.ParseStatus, Words.Statuses);
        var query = new AnomalyQuery
        {
            Tenant = context.Tenant(),
            Statuses = statuses ?? [AnomalyStatus.Open, AnomalyStatus.Acknowledged],
            Ongoing = statuses is null ? true : null,
            Limit = Query.Count("limit", limit, byDefault: 100, min: 1, max: 1000),
        };
        AnomalyPage page = await pipeline.ListAnomaliesAsync(query, context.RequestAborted);
        return Results.Json(AlertsBody.From(page.Items), Json.Readable.AlertsBody);
    }
}
