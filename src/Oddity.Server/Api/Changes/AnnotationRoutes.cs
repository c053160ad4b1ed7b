using Oddity.Connectors.Sources.Changes;
using Oddity.Engine.Changes;
using Oddity.Engine.Intake;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Changes;

/// <summary>Grafana's annotations API, so that what writes annotations to a Grafana can write changes here, and a Grafana can read them.</summary>
internal static class AnnotationRoutes
{
    public static void MapAnnotations(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/annotations", (HttpContext context, ChangeIntake intake) => AddAsync(context, intake, ChangesDecoder.TryDecodeAnnotation, "Annotation added"))
            .Permits(Permission.Ingest).WithTags("Changes").WithSummary("Take an annotation as Grafana does: {time, timeEnd, tags, text}, times in milliseconds")
            .TakesJson("""{"time":1769860800000,"tags":["deploy","service:checkout"],"text":"checkout 1.4.2"}""").Produces<AnnotationAdded>().Fails(400, 413, 415, 429, 503, 507);
        routes.MapPost("/api/annotations/graphite", (HttpContext context, ChangeIntake intake) => AddAsync(context, intake, ChangesDecoder.TryDecodeGraphite, "Graphite annotation added"))
            .Permits(Permission.Ingest).WithTags("Changes").WithSummary("Take an annotation in Graphite's shape: {what, when, tags, data}, when in seconds")
            .TakesJson("""{"what":"deploy","when":1769860800,"tags":["deploy"],"data":"checkout 1.4.2"}""").Produces<AnnotationAdded>().Fails(400, 413, 415, 429, 503, 507);
        routes.MapGet("/api/annotations", ListAsync).Permits(Permission.Read).WithTags("Changes")
            .WithSummary("Changes as Grafana's annotations: from and to in milliseconds; tags, all of them unless matchAny is true").Produces<AnnotationBody[]>().Fails(400);
    }

    private static async Task<IResult> AddAsync(HttpContext context, ChangeIntake intake, ChangeIntake.Decoder decode, string message)
    {
        (_, IReadOnlyList<Change> changes) = await intake.TakeAsync(context, decode, IngestOptions.Live);
        long id = changes.Count > 0 ? AnnotationBody.NumberOf(changes[0].Id) : 0;
        return Results.Json(new AnnotationAdded(message, id), Json.Readable.AnnotationAdded);
    }

    private static async Task<IResult> ListAsync(HttpContext context, ChangeStore store, string? from, string? to, string? limit, string? matchAny)
    {
        const int most = 1000;
        string[] tags = [.. context.Request.Query["tags"].OfType<string>().Where(tag => tag.Length > 0)];
        int count = Query.Count("limit", limit, 100, 1, most);
        bool any = Query.Flag("matchAny", matchAny) ?? false;
        var query = new ChangeQuery(context.Tenant(), Query.Time("from", from), Query.End("to", to), null, null, tags.Length == 0 ? count : most);
        IReadOnlyList<Change> found = await store.ListAsync(query, context.RequestAborted);
        return Results.Json([.. found.Select(AnnotationBody.From).Where(Fits).Take(count)], Json.Readable.AnnotationBodyArray);

        bool Fits(AnnotationBody annotation) => tags.Length == 0 || (any ? tags.Any(annotation.Tags.Contains) : tags.All(annotation.Tags.Contains));
    }
}
