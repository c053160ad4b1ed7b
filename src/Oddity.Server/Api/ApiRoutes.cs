using Microsoft.AspNetCore.ResponseCompression;
using Oddity.Engine;
using Oddity.Server.Api.Anomalies;
using Oddity.Server.Api.Calls;
using Oddity.Server.Api.Changes;
using Oddity.Server.Api.Figures;
using Oddity.Server.Api.Health;
using Oddity.Server.Api.Ingest;
using Oddity.Server.Api.Live;
using Oddity.Server.Api.Logs;
using Oddity.Server.Api.Pages;
using Oddity.Server.Api.Series;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api;

/// <summary>The HTTP side in one place: what it needs, what every request passes, and all routes.</summary>
internal static class ApiRoutes
{
    /// <summary>Registers what the routes need, besides <see cref="Pipeline"/> and <see cref="TimeProvider"/>. Call it before the pipeline opens: the telemetry listens from here on.</summary>
    public static void AddApi(this IServiceCollection services, HttpOptions options, TimeProvider time)
    {
        services.AddSingleton(options);
        services.AddSingleton(new Telemetry());
        services.AddSingleton(new ProcessFigures(time));
        services.AddSingleton(new SampleRate(time));
        services.AddSingleton(new BodyBudget(options.MaxBodiesInFlightBytes));
        services.AddSingleton(new Watchers(options.MaxWatchers));
        services.AddSingleton<ChangeIntake>();
        services.AddSingleton(new Dashboard(options.DashboardFolder ?? Dashboard.DefaultFolder));
        services.AddApiDocs();
        services.AddRouting();
        services.AddResponseCompression(compression => compression.MimeTypes =
            [.. ResponseCompressionDefaults.MimeTypes, "application/problem+json", "application/x-ndjson", "image/svg+xml"]);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, Json.Default);
        });
    }

    /// <summary>
    /// What every request passes, in this order, up to and including the dashboard's files. What checks credentials comes after it, since the
    /// pages are open to anyone, and before <see cref="MapApi"/>'s routes.
    /// </summary>
    public static void UseApi(this WebApplication app, HttpOptions options)
    {
        app.UseMiddleware<RequestTimes>();
        app.UseMiddleware<Problems>();
        app.UseResponseCompression();
        app.UseWebSockets(new() { KeepAliveInterval = TimeSpan.FromSeconds(20), KeepAliveTimeout = TimeSpan.FromSeconds(20) });
        app.Use((context, next) =>
        {
            Readdress(context, options.ContextPath);
            return next(context);
        });
        app.UseRouting();
        app.UseMiddleware<DashboardPages>();
        app.Services.GetRequiredService<Dashboard>().UseFiles(app);
        app.UseApiDocs();
        app.Use((context, next) =>
        {
            // Answers hold what only this caller may see, and age at once; routes that know better say so.
            context.Response.Headers.CacheControl = "no-store";
            return next(context);
        });
    }

    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        routes.MapIngest();
        routes.MapInflux();
        routes.MapRemoteWrite();
        routes.MapExposition();
        routes.MapCollectd();
        routes.MapOtlp();
        routes.MapSpans();
        routes.MapLoki();
        routes.MapElastic();
        routes.MapSplunk();
        routes.MapLogIngest();
        routes.MapLogs();
        routes.MapUploads();
        routes.MapPredict();
        routes.MapReport();
        routes.MapAnomalies();
        routes.MapAlerts();
        routes.MapApis();
        routes.MapAnalytics();
        routes.MapTraces();
        routes.MapChanges();
        routes.MapAnnotations();
        routes.MapSeries();
        routes.MapSamples();
        routes.MapRecent();
        routes.MapMetrics();
        routes.MapLive();
        routes.MapHealth();
        routes.MapStatus();
        routes.MapAdmin();
        routes.MapApiDocs();
        routes.MapGet("/ui", () => Results.Redirect("/")).Permits(Permission.Anonymous).ExcludeFromDescription();
    }

    /// <summary>Addresses that other systems' clients use for ours: a WebSocket on the root, and everything again under a prefix.</summary>
    private static void Readdress(HttpContext context, string? prefix)
    {
        PathString path = context.Request.Path;
        if (prefix is not (null or "/" or "/api") && path.StartsWithSegments(prefix, out PathString rest))
        {
            bool versioned = rest.StartsWithSegments("/v1") && rest != "/v1/metrics/ingest";
            path = context.Request.Path = versioned ? "/api" + rest : rest.HasValue ? rest : "/";
        }

        if (path == "/" && context.WebSockets.IsWebSocketRequest) context.Request.Path = LiveRoutes.Root;
    }
}
