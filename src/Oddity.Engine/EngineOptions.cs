using Oddity.Engine.Alerting;
using Oddity.Engine.Calls;
using Oddity.Engine.Series;

namespace Oddity.Engine;

/// <summary>Everything the engine can be told. Immutable; the defaults run a single machine.</summary>
public sealed record EngineOptions
{
    /// <summary>Folder of the log and the store; made if missing, locked while open.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>How many owners share the series. Results do not depend on it. Default: one per processor.</summary>
    public int Shards { get; init; } = Environment.ProcessorCount;

    /// <summary>Time between checkpoints, which bounds how much a restart replays. Default 10 s.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long samples and anomalies are kept, and how old a live sample may be. Default 30 days.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Most bytes that the store may use (the log beside it takes some files of at most 64 MiB); beyond it the oldest samples go first. Default 0: no limit but the disk.</summary>
    public long MaxBytes { get; init; }

    /// <summary>How long a series gets nothing before its state is kept on disk alone. Results do not depend on it. Default 1 hour; 0: never.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How far ahead of the server's clock a live sample may be. Default 10 minutes.</summary>
    public TimeSpan MaxAhead { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Most series of one tenant; a record that would begin another is refused. Default 1,000,000.</summary>
    public int MaxSeriesPerTenant { get; init; } = 1_000_000;

    /// <summary>Most samples of one tenant a second, on average over two seconds; requests beyond are refused. Default 0: no limit.</summary>
    public long MaxSamplesPerSecond { get; init; }

    /// <summary>Most bytes of requests that wait to be written or applied before new ones are refused. Default 256 MiB.</summary>
    public long MaxQueuedBytes { get; init; } = 256L << 20;

    /// <summary>What watches which series.</summary>
    public WatchOptions Watch { get; init; } = new();

    /// <summary>How calls become series, and how long traces are kept.</summary>
    public CallOptions Calls { get; init; } = new();

    /// <summary>Who hears of which anomaly.</summary>
    public AlertingOptions Alerting { get; init; } = new();
}
