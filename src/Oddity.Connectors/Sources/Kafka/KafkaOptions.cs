using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Kafka;

/// <summary>One Kafka to read from.</summary>
public sealed record KafkaOptions
{
    /// <summary>Name of the source in status, figures and the log. Default "kafka".</summary>
    public string Id { get; init; } = "kafka";

    /// <summary>Brokers to begin with, <c>host:port</c> separated by commas.</summary>
    public required string Brokers { get; init; }

    /// <summary>Consumer group; workers with the same share the partitions. Default "anomaly-ingest-group".</summary>
    public string Group { get; init; } = "anomaly-ingest-group";

    /// <summary>What to read.</summary>
    public required IReadOnlyList<KafkaTopic> Topics { get; init; }

    /// <summary>Where messages go that can't be let in; <c>{topic}</c> stands for the one they came from, null for nowhere. Default "{topic}.dead-letters".</summary>
    public string? DeadLetters { get; init; } = "{topic}.dead-letters";

    /// <summary>Whether a partition that nobody has read yet begins at its oldest message (default) or at what comes next.</summary>
    public bool FromOldest { get; init; } = true;

    /// <summary>Whether event times may be of any age, as in a backfill. Default false.</summary>
    public bool Backfill { get; init; }

    /// <summary>Whose samples they are.</summary>
    public string Tenant { get; init; } = SeriesKey.DefaultTenant;

    /// <summary>Name for SASL; null for none.</summary>
    public string? User { get; init; }

    /// <summary>Password for SASL.</summary>
    public string? Password { get; init; }

    /// <summary>Whether the connection is TLS. Default false.</summary>
    public bool Tls { get; init; }

    /// <summary>Further settings by librdkafka's own names, such as <c>ssl.ca.location</c>; they win over what Oddity sets.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Library { get; init; } = [];

    /// <summary>Settings that the promises rest on, and so are not for the asking.</summary>
    public static IReadOnlyList<string> Fixed { get; } =
        ["bootstrap.servers", "metadata.broker.list", "group.id", "enable.auto.commit", "auto.commit.enable", "enable.auto.offset.store", "partition.assignment.strategy", "enable.partition.eof"];
}
