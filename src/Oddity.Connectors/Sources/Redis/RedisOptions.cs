using Oddity.Connectors.Sources.Queues;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Redis;

/// <summary>One list or stream of a Redis to read from.</summary>
public sealed record RedisOptions
{
    /// <summary>Name of the source in status, figures and the log. Default "redis".</summary>
    public string Id { get; init; } = "redis";

    /// <summary>Where it is: <c>redis://</c> or, with TLS, <c>rediss://[user@]host[:6379][/database]</c>.</summary>
    public required Uri Url { get; init; }

    /// <summary>Password; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>Key of the list or stream.</summary>
    public required string Key { get; init; }

    /// <summary>Whether it is a stream, and not a list.</summary>
    public bool IsStream { get; init; }

    /// <summary>Consumer group of a stream. Default "oddity".</summary>
    public string Group { get; init; } = "oddity";

    /// <summary>What the messages are.</summary>
    public QueueKind Kind { get; init; }

    /// <summary>Key of the list or stream for messages that can't be let in; null for nowhere. Default: the key and <c>:dead-letters</c>.</summary>
    public string? DeadLetters { get; init; }

    /// <summary>How long to wait before looking again where nothing was. Default 100 ms.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether event times may be of any age, as in a backfill. Default false.</summary>
    public bool Backfill { get; init; }

    /// <summary>Whose samples they are.</summary>
    public string Tenant { get; init; } = SeriesKey.DefaultTenant;
}
