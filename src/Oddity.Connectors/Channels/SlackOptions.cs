using Oddity.Engine.Series;

namespace Oddity.Connectors.Channels;

/// <summary>A Slack-compatible incoming webhook: Slack, Mattermost, Rocket.Chat and the like.</summary>
public sealed record SlackOptions
{
    /// <summary>The webhook's address. Secret.</summary>
    public required Uri Url { get; init; }

    /// <summary>The name that routes use. Default "slack".</summary>
    public string Name { get; init; } = "slack";

    /// <summary>
    /// The value of a series at a time (Unix milliseconds), null if there is none: with it a message about <c>system_metrics</c> tells CPU, memory and disk
    /// together, as they were then, however late the message is. Default: tells only the value of the anomaly itself.
    /// </summary>
    public Func<SeriesKey, long, CancellationToken, Task<double?>> ValueAt { get; init; } = (_, _, _) => Task.FromResult<double?>(null);
}
