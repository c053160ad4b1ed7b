using System.Net.WebSockets;
using Oddity.Engine;
using Oddity.Engine.Live;
using Oddity.Server.Api.Figures;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Live;

/// <summary>Anomalies as they happen, over WebSocket or server-sent events.</summary>
internal static class LiveRoutes
{
    /// <summary>Where a WebSocket on <c>/</c> is led, after the systems whose dashboards open one there.</summary>
    public const string Root = "/ws";

    public static void MapLive(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("").Permits(Permission.Read).WithTags("Live").WithMetadata(new RequestTimes.LongLived());
        foreach (string path in new[] { "/ws/anomalies", Root })
        {
            group.MapGet(path, SocketAsync).Produces(101).Fails(426, 503)
                .WithSummary("WebSocket: {type: hello}, then {type: opened|updated|closed|status, anomaly}, and {type: missed, count} to a slow reader");
        }

        group.MapGet("/api/v1/stream/anomalies", StreamAsync).Produces(200, contentType: "text/event-stream").Fails(503)
            .WithSummary("Server-sent events: event opened, updated, closed or status, the anomaly as data");
    }

    private static async Task SocketAsync(HttpContext context, Pipeline pipeline, Watchers watchers, HttpOptions options, IHostApplicationLifetime lifetime)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            await Problem.WriteAsync(context, StatusCodes.Status426UpgradeRequired, "not_a_websocket", "Open this address as a WebSocket.");
            return;
        }

        using IDisposable place = watchers.Enter();
        using LiveFeed.Subscription subscription = pipeline.Live.Subscribe(context.Tenant());
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        await new LiveSocket(socket, subscription, options.WatcherPatience).RunAsync(lifetime.ApplicationStopping, context.RequestAborted);
    }

    private static async Task StreamAsync(
        HttpContext context, Pipeline pipeline, Watchers watchers, HttpOptions options, TimeProvider time, IHostApplicationLifetime lifetime)
    {
        using IDisposable place = watchers.Enter();
        using LiveFeed.Subscription subscription = pipeline.Live.Subscribe(context.Tenant());
        await new LiveStream(context, subscription, options.WatcherPatience, time).RunAsync(lifetime.ApplicationStopping);
    }
}
