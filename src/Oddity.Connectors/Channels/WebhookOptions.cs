namespace Oddity.Connectors.Channels;

/// <summary>An address that gets alerts as JSON.</summary>
public sealed record WebhookOptions
{
    /// <summary>Where to post. Secret.</summary>
    public required Uri Url { get; init; }

    /// <summary>The name that routes use. Default "webhook".</summary>
    public string Name { get; init; } = "webhook";

    /// <summary>Key of the HMAC-SHA256 signature; null or empty sends none. Secret.</summary>
    public string? Secret { get; init; }
}
