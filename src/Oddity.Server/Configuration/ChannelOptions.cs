namespace Oddity.Server.Configuration;

/// <summary>Where alerts can go. Who gets which is in the engine's alerting options.</summary>
internal sealed record ChannelOptions
{
    /// <summary>A Slack incoming webhook, the channel "slack"; null for none. Secret.</summary>
    public Uri? SlackWebhook { get; init; }

    /// <summary>An address that gets every alert as JSON, the channel "webhook"; null for none. Secret.</summary>
    public Uri? Webhook { get; init; }

    /// <summary>Key of the webhook's HMAC-SHA256 signature; null sends none. Secret.</summary>
    public string? WebhookSecret { get; init; }
}
