using System.Net.WebSockets;

namespace Oddity.Bench;

/// <summary>
/// What the web server alone takes to tell many dashboards: it keeps their WebSockets and sends each a text of an anomaly's size for every event of
/// <c>/events/raw</c> that is far off. No store, no detector: the floor that bench/live.sh compares with.
/// </summary>
internal static class Bare
{
    private const int MessageBytes = 900;

    public static async Task<int> ServeAsync(string url)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        WebApplication app = builder.Build();
        app.UseWebSockets();
        var sockets = new List<WebSocket>();
        app.MapGet("/readyz", () => "ready");
        app.Map("/ws/anomalies", async context =>
        {
            using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
            lock (sockets) sockets.Add(socket);
            byte[] ignored = new byte[256];
            while (socket.State == WebSocketState.Open) await socket.ReceiveAsync(ignored.AsMemory(), context.RequestAborted);
        });
        app.MapPost("/events/raw", async context =>
        {
            string body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            if (body[0] == '[') return;
            string metric = body.Split('"')[3];
            byte[] text = System.Text.Encoding.UTF8.GetBytes($"{{\"metric\":\"{metric}\",\"rest\":\"{new string('x', MessageBytes)}\"}}");
            WebSocket[] all;
            lock (sockets) all = [.. sockets];
            foreach (WebSocket socket in all) _ = socket.SendAsync(text, WebSocketMessageType.Text, true, context.RequestAborted);
        });
        await app.RunAsync();
        return 0;
    }
}
