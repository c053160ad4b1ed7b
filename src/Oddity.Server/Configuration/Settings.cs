using Level = Microsoft.Extensions.Logging.LogLevel;

namespace Oddity.Server.Configuration;

/// <summary>
/// The catalogue of settings, in the order people read it, a file for each part. Binding, `config check`, `config explain`, docs/configuration.md and
/// `--help` come from here; a new setting is a property and its name in the list above it, and its use in <see cref="OptionsBinder"/>.
/// </summary>
internal static partial class Settings
{
    private static Setting[]? s_all;

    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<Setting> All => s_all ??= [.. General, .. Http, .. Detection, .. Sources, .. Queues, .. Alerting];

    private static Setting[] General =>
    [
        DataDir, Role, LogLevel, Retention, Quota, Shards, CheckpointInterval, IdleAfter, MaxAhead, MaxSeries, MaxSamplesPerSecond, TraceQuota,
        MaxQueued, LogsRetention, LogsMaxBytes,
    ];

    // Not fields: of a class in several files, which of them is made first is nowhere said.
    private static TimeSpan Second => TimeSpan.FromSeconds(1);

    private static TimeSpan Day => TimeSpan.FromDays(1);

    /// <summary>The setting with that key; null if there is none.</summary>
    public static Setting? Find(string key) => All.FirstOrDefault(setting => setting.Key == key);

    public static Setting<string> DataDir { get; } = new(
        "data_dir", Kinds.Text, "./data", "Folder of the log and the store; made if missing, locked while in use.")
    {
        Option = "--data-dir",
    };

    public static Setting<string> Role { get; } = new("role", Kinds.Word(("all", "all")), "all", "Which part of the work this process does. Only `all` so far.")
    {
        Option = "--role",
    };

    public static Setting<Level> LogLevel { get; } = new(
        "log.level",
        Kinds.Word(
            ("trace", Level.Trace),
            ("debug", Level.Debug),
            ("info", Level.Information),
            ("information", Level.Information),
            ("warn", Level.Warning),
            ("warning", Level.Warning),
            ("error", Level.Error),
            ("critical", Level.Critical),
            ("fatal", Level.Critical),
            ("none", Level.None),
            ("off", Level.None)),
        Level.Information,
        "Least level that is logged, to standard error.")
    {
        Aliases = ["LOG_LEVEL", "LOGGING_LEVEL"],
    };

    public static Setting<TimeSpan> Retention { get; } = new(
        "retention",
        Kinds.DurationBetween(TimeSpan.FromMinutes(1), TimeSpan.FromDays(36_500)),
        TimeSpan.FromDays(30),
        "How long samples and anomalies are kept, and how old a live sample may be.");

    public static Setting<long> Quota { get; } = new(
        "quota", Kinds.Size, 0, "Most bytes that the store may use; beyond it the oldest samples go first, whatever the retention says. The log beside it takes a few files of at most 64 MiB. 0: no limit.");

    public static Setting<int> Shards { get; } = new(
        "engine.shards", Kinds.Whole(0, 256), 0, "How many workers share the series; 0 is one per processor. Results do not depend on it.")
    {
        DefaultMeaning = "one per processor",
    };

    public static Setting<TimeSpan> CheckpointInterval { get; } = new(
        "engine.checkpoint_interval",
        Kinds.DurationBetween(Second, TimeSpan.FromHours(1)),
        TimeSpan.FromSeconds(10),
        "Time between checkpoints, which bounds how much a restart replays.");

    public static Setting<TimeSpan> IdleAfter { get; } = new(
        "engine.idle_after",
        Kinds.DurationBetween(TimeSpan.Zero, TimeSpan.FromDays(3650)),
        TimeSpan.FromHours(1),
        "How long a series gets nothing before its state is kept on disk alone, until it is sent to or asked for again; saves memory, changes no result. 0: never.");

    public static Setting<TimeSpan> MaxAhead { get; } = new(
        "engine.max_ahead",
        Kinds.DurationBetween(TimeSpan.Zero, TimeSpan.FromDays(3650)),
        TimeSpan.FromMinutes(10),
        "How far ahead of the server's clock a live sample may be.");

    public static Setting<int> MaxSeries { get; } = new(
        "engine.max_series", Kinds.Whole(1, 100_000_000), 1_000_000, "Most series of a tenant; a record that would begin another is refused.");

    public static Setting<int> MaxSamplesPerSecond { get; } = new(
        "engine.max_samples_per_second",
        Kinds.Whole(0, 1_000_000_000),
        0,
        "Most samples of a tenant a second, on average over two seconds; requests beyond are refused. 0: no limit.");

    public static Setting<long> TraceQuota { get; } = new(
        "engine.trace_quota",
        Kinds.Size.Checked(size => size >= 1 << 20, "is less than 1MiB"),
        256L << 20,
        "Most bytes of kept traces, compressed; from half of it on only some are kept, beyond it the oldest go.");

    public static Setting<long> MaxQueued { get; } = new(
        "engine.max_queued",
        Kinds.Size.Checked(size => size >= 1 << 20, "is less than 1MiB"),
        256L << 20,
        "Most bytes of requests that wait before new ones are refused.");

    public static Setting<TimeSpan> LogsRetention { get; } = new(
        "logs.retention", Kinds.DurationBetween(TimeSpan.FromMinutes(1), TimeSpan.FromDays(365)), Day, "How long log lines are kept after they came, for searching.");

    public static Setting<long> LogsMaxBytes { get; } = new(
        "logs.max_bytes",
        Kinds.Size.Checked(size => size >= 32 << 20, "is less than 32MiB"),
        1L << 30,
        "Most bytes that log lines take on disk, compressed; beyond, the oldest are deleted, and counted.");
}
