using System.Net.Http.Headers;
using Oddity.Connectors.Outbound;
using Oddity.Engine.Alerting;

namespace Oddity.Connectors.Channels;

/// <summary>Alerts as messages with blocks, an emoji for the severity, and a text for notifications and readers that know no blocks.</summary>
public sealed class SlackChannel(SlackOptions options, OutboundHttp http) : IChannel
{
    public string Name => options.Name;

    public async Task<Delivery> SendAsync(Alert alert, CancellationToken cancel)
    {
        string? system = await SlackMessage.SystemTextAsync(alert.Anomaly, options.ValueAt, cancel);
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Url) { Content = new ReadOnlyMemoryContent(SlackMessage.Write(alert, system)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        return await Attempt.SendAsync(http, request, cancel);
    }
}
