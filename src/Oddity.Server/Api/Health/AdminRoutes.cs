using Oddity.Engine;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Health;

/// <summary>Routes for whoever runs the server.</summary>
internal static class AdminRoutes
{
    public static void MapAdmin(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/admin/state-digest", async (HttpContext context, Pipeline pipeline) =>
            {
                StateDigest digest = await pipeline.DigestAsync(context.RequestAborted);
                return Results.Json(new(digest.Series, digest.LastApplied, digest.Sha256), Json.Readable.DigestBody);
            })
            .Permits(Permission.Admin).WithTags("Admin").Produces<DigestBody>()
            .WithSummary("SHA-256 over the state of all series, after everything acknowledged is applied");
}
