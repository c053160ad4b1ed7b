using System.Globalization;
using Oddity.Engine;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Health;

/// <summary>Health, for people and for what watches processes. Open to anyone: no names of series, hosts or sources.</summary>
internal static class HealthRoutes
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("").Permits(Permission.Anonymous).WithTags("Health");
        foreach (string path in new[] { "/health", "/api/health" })
            group.MapMethods(path, Methods, Health).WithSummary("How the server is doing").Produces<HealthBody>().Produces<HealthBody>(503);
        foreach (string path in new[] { "/livez", "/-/healthy" })
            group.MapMethods(path, Methods, () => Results.Text("ok")).WithSummary("200 while the process answers; depends on nothing else").Produces<string>(200, "text/plain");
        foreach (string path in new[] { "/readyz", "/-/ready", "/startupz" })
            group.MapMethods(path, Methods, ReadyAsync).WithSummary("200 once recovery is done, 503 with its progress before").Produces<string>(200, "text/plain").Fails(503);
    }

    private static IResult Health(Pipeline pipeline, IHostApplicationLifetime lifetime)
    {
        string status = StatusOf(pipeline, lifetime);
        var components = new Dictionary<string, HealthBody.ComponentBody>
        {
            ["store"] = pipeline.Failure.IsCompleted ? new("unhealthy") : pipeline.IsReadOnly ? new("read_only", "the disk is full") : new("healthy"),
            ["detection"] = new(status, status == "starting" ? $"{Percent(pipeline)} of the log is applied" : null),
            ["live"] = new("healthy", pipeline.Live.Watchers.ToString(CultureInfo.InvariantCulture)),
        };
        int queued = status == "starting" ? 0 : pipeline.QueueDepth;
        return Results.Json(new(status, Build.Version, queued, components), Json.Readable.HealthBody, statusCode: status == "unhealthy" ? 503 : 200);
    }

    private static Task ReadyAsync(HttpContext context, Pipeline pipeline, IHostApplicationLifetime lifetime)
    {
        string status = StatusOf(pipeline, lifetime);
        if (status == "healthy") return Results.Text("ready").ExecuteAsync(context);
        bool starting = status == "starting";
        return Problem.WriteAsync(
            context,
            StatusCodes.Status503ServiceUnavailable,
            starting ? "starting" : "not_ready",
            starting ? $"Recovery goes on: {Percent(pipeline)} of the log is applied." : "The server has failed or is stopping.",
            retryAfter: TimeSpan.FromSeconds(1),
            more: json => json.WriteNumber("recovery_progress", Math.Round(pipeline.RecoveryProgress, 4)));
    }

    private static string StatusOf(Pipeline pipeline, IHostApplicationLifetime lifetime)
    {
        if (pipeline.Failure.IsCompleted || pipeline.Recovered.IsFaulted || lifetime.ApplicationStopping.IsCancellationRequested) return "unhealthy";
        return pipeline.Recovered.IsCompletedSuccessfully ? "healthy" : "starting";
    }

    private static string Percent(Pipeline pipeline) => string.Create(CultureInfo.InvariantCulture, $"{pipeline.RecoveryProgress * 100:F0} %");
}
