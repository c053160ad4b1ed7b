using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Changes;
using Oddity.Engine.Changes;
using Oddity.Engine.Intake;
using Oddity.Server.Api.Ingest;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Changes;

/// <summary>Changes: taken, listed, taken back.</summary>
internal static class ChangeRoutes
{
    private const int MaxLimit = 1000;
    private const string Example = """{"kind":"deployment","service":"checkout","version":"1.4.2","title":"checkout 1.4.2","time":"2026-01-31T12:00:00Z","link":"https://ci.example/42"}""";

    public static void MapChanges(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/changes", AddAsync).Permits(Permission.Ingest).WithTags("Changes")
            .WithSummary("Take changes: {kind, service, version, title, text, time, end, tags, link, id}; one, an array, or NDJSON")
            .TakesJson(Example).Produces<ChangesAccepted>().Fails(400, 413, 415, 429, 503, 507);
        routes.MapGet("/api/v1/changes", ListAsync).Permits(Permission.Read).WithTags("Changes")
            .WithSummary("Changes that touch a stretch of time, newest first").Produces<Page<ChangeBody>>().Fails(400);
        routes.MapDelete("/api/v1/changes/{id}", DeleteAsync).Permits(Permission.Operate).WithTags("Changes").WithSummary("Take a change back").Produces(204).Fails(404);
    }

    private static async Task<IResult> AddAsync(HttpContext context, ChangeIntake intake, [AsParameters] IngestParameters parameters)
    {
        TimePrecision precision = parameters.TimeUnit();
        (IngestResult result, IReadOnlyList<Change> changes) = await intake.TakeAsync(
            context,
            (ReadOnlyMemory<byte> body, string tenant, long nowMs, out ChangeBatch? batch, out DecodeFailure? failure) =>
                ChangesDecoder.TryDecode(body, tenant, precision, nowMs, out batch, out failure),
            parameters.Options());
        return Results.Json(new ChangesAccepted(result.Accepted, result.Rejected, result.Errors, [.. changes.Select(change => change.Id)]), Json.Readable.ChangesAccepted);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, ChangeStore store, string? start, string? end, string? service, string? kind, string? limit)
    {
        string[]? kinds = kind is null ? null : [.. kind.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Kind)];
        var query = new ChangeQuery(
            context.Tenant(), Query.Time("start", start), Query.End("end", end), string.IsNullOrEmpty(service) ? null : service, kinds, Query.Count("limit", limit, 100, 1, MaxLimit));
        IReadOnlyList<Change> found = await store.ListAsync(query, context.RequestAborted);
        return Results.Json(new Page<ChangeBody>([.. found.Select(ChangeBody.From)], null), Json.Readable.PageChangeBody);

        static string Kind(string word) => ChangeKind.Parse(word) ?? throw ProblemException.BadParameter("kind", $"'{Problem.Echo(word)}' is none of {ChangeKind.All}.");
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, ChangeStore store, string id) =>
        await store.DeleteAsync(context.Tenant(), id, context.RequestAborted)
            ? Results.NoContent()
            : throw ProblemException.NotFound($"There is no change '{Problem.Echo(id)}'.");
}
