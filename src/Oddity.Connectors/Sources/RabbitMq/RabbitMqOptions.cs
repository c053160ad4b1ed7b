using Oddity.Connectors.Sources.Queues;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.RabbitMq;

/// <summary>One queue of a RabbitMQ to read from.</summary>
public sealed record RabbitMqOptions
{
    /// <summary>Name of the source in status, figures and the log. Default "rabbitmq".</summary>
    public string Id { get; init; } = "rabbitmq";

    /// <summary>Where it is: <c>amqp://</c> or, with TLS, <c>amqps://user@host[:5672][/vhost]</c>.</summary>
    public required Uri Url { get; init; }

    /// <summary>Password; null for the one in the address, or RabbitMQ's own default.</summary>
    public string? Password { get; init; }

    /// <summary>The queue; it must exist.</summary>
    public required string Queue { get; init; }

    /// <summary>What the messages are.</summary>
    public QueueKind Kind { get; init; }

    /// <summary>Most messages that RabbitMQ hands over before their effect is on disk, and so the largest round. Default 1,000.</summary>
    public int Prefetch { get; init; } = 1_000;

    /// <summary>Exchange for messages that can't be let in; empty for RabbitMQ's own, which knows queues by their names. Default: empty.</summary>
    public string DeadLetterExchange { get; init; } = "";

    /// <summary>Queue, or routing key where an exchange is given, for messages that can't be let in; null for nowhere.</summary>
    public string? DeadLetters { get; init; }

    /// <summary>Whether event times may be of any age, as in a backfill. Default false.</summary>
    public bool Backfill { get; init; }

    /// <summary>Whose samples they are.</summary>
    public string Tenant { get; init; } = SeriesKey.DefaultTenant;
}
