using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Kafka;
using Oddity.Connectors.Sources.Logs;
using Oddity.Connectors.Sources.Prometheus;
using Oddity.Connectors.Sources.RabbitMq;
using Oddity.Connectors.Sources.Redis;
using Oddity.Connectors.Sources.Scrape;

namespace Oddity.Server.Configuration;

/// <summary>What the server fetches by itself.</summary>
internal sealed record SourceOptions
{
    /// <summary>Whether this machine's CPU, memory, disk and network are watched. Default true.</summary>
    public bool Host { get; init; } = true;

    /// <summary>How often this machine is measured. Default 3 s.</summary>
    public TimeSpan HostInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Whether the simulator runs: CPU, memory, disk every 3 s, a tenth of it anomalous. Default false.</summary>
    public bool Demo { get; init; }

    /// <summary>Whether registered APIs in private networks and on this machine may be probed. Default false.</summary>
    public bool ProbePrivate { get; init; }

    /// <summary>Prometheus servers to pull from. Default: none.</summary>
    public IReadOnlyList<PrometheusOptions> Prometheus { get; init; } = [];

    /// <summary>What is scraped. Default: nothing.</summary>
    public ScrapeOptions Scrape { get; init; } = new();

    /// <summary>Where Graphite's protocol is taken; null for nowhere. Default null.</summary>
    public ListenOptions? Graphite { get; init; }

    /// <summary>Where StatsD is taken; null for nowhere. Default null.</summary>
    public ListenOptions? Statsd { get; init; }

    /// <summary>Time that a sample of a StatsD series stands for. Default 10 s.</summary>
    public TimeSpan StatsdFlushInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Kafkas to read topics of. Default: none.</summary>
    public IReadOnlyList<KafkaOptions> Kafka { get; init; } = [];

    /// <summary>RabbitMQ queues to read. Default: none.</summary>
    public IReadOnlyList<RabbitMqOptions> RabbitMq { get; init; } = [];

    /// <summary>Redis lists and streams to read. Default: none.</summary>
    public IReadOnlyList<RedisOptions> Redis { get; init; } = [];

    /// <summary>Where syslog is taken; null for nowhere. Default null.</summary>
    public ListenOptions? Syslog { get; init; }

    /// <summary>Where Fluentd's forward protocol is taken; null for nowhere. Default null.</summary>
    public ListenOptions? Fluent { get; init; }

    /// <summary>Which files of lines are followed; null for none. Default null.</summary>
    public LogFileOptions? LogFiles { get; init; }
}
