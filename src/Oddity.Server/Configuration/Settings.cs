using System.Net;
using Oddity.Detection;
using Oddity.Engine.Anomalies;
using Level = Microsoft.Extensions.Logging.LogLevel;
using Side = Oddity.Detection.Direction;

namespace Oddity.Server.Configuration;

/// <summary>
/// The catalogue of settings, in the order people read it. Binding, `config check`, `config explain`, docs/configuration.md and `--help` come from
/// here; a new setting is a line here and its use in <see cref="OptionsBinder"/>.
/// </summary>
internal static class Settings
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static readonly Kind<long> BodySize = Kinds.Size.Checked(size => size is >= 1024 and <= 1L << 40, "is not between 1KiB and 1024GiB");

    private static readonly Kind<string> DetectorId = Kinds.Named("detector id or none", () => [.. DetectorCatalogue.All.Select(entry => entry.Id), "none"]);

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

    public static Setting<string?> SyslogListen { get; } = new(
        "sources.syslog.listen", Kinds.OptionalText, null, "Where syslog is taken (UDP and TCP, RFC 5424 and 3164), such as 127.0.0.1:5514. It knows no credentials.");

    public static Setting<string?> SyslogTenant { get; } = new(
        "sources.syslog.tenant", Kinds.OptionalText, null, "Whose the lines are; must be named where other machines can reach the port.")
    {
        DefaultMeaning = "default",
    };

    public static Setting<string?> FluentListen { get; } = new(
        "sources.fluent.listen", Kinds.OptionalText, null, "Where Fluentd's forward protocol is taken (TCP), such as 127.0.0.1:24224. It is taken without its shared key.");

    public static Setting<string?> FluentTenant { get; } = new(
        "sources.fluent.tenant", Kinds.OptionalText, null, "Whose the lines are; must be named where other machines can reach the port.")
    {
        DefaultMeaning = "default",
    };

    public static Setting<IReadOnlyList<string>> LogFiles { get; } = new(
        "sources.log_files.paths", Kinds.Texts, [], "Files of log lines that are followed, through rotation and restarts; `*` and `?` in the last part stand for several.");

    public static Setting<string?> LogFilesTenant { get; } = new("sources.log_files.tenant", Kinds.OptionalText, null, "Whose the lines of those files are.")
    {
        DefaultMeaning = "default",
    };

    public static Setting<IReadOnlyList<string>> Urls { get; } = new(
        "http.urls", Kinds.Texts, [], "Addresses to listen on, instead of `http.host` and `http.port`. Port 0 picks a free one.")
    {
        Option = "--urls",
        DefaultMeaning = "http://127.0.0.1:8080",
    };

    public static Setting<string> Host { get; } = new(
        "http.host", Kinds.Text, "127.0.0.1", "Address to listen on; 0.0.0.0 for every IPv4 address of the machine.");

    public static Setting<int> Port { get; } = new("http.port", Kinds.Whole(0, 65_535), 8080, "Port to listen on; 0 picks a free one.")
    {
        Aliases = ["SERVER_PORT", "BACKEND_PORT"],
        Option = "--port",
    };

    public static Setting<IReadOnlyList<int>> CompatPorts { get; } = new(
        "http.compat_ports",
        Kinds.List(Kinds.Whole(1, 65_535)),
        [],
        "Further ports on the first address, such as 8000,5000,5001,4173,3000 for clients of the systems Oddity replaces.")
    {
        Aliases = ["COMPAT_PORTS"],
    };

    public static Setting<int> OtlpGrpcPort { get; } = new(
        "http.otlp_grpc_port",
        Kinds.Whole(0, 65_535),
        4317,
        "Port on the first address for OpenTelemetry over gRPC; 0 for none. Where it is taken the server says so and goes on without.");

    public static Setting<int> OtlpHttpPort { get; } = new(
        "http.otlp_http_port",
        Kinds.Whole(0, 65_535),
        4318,
        "Port on the first address for OpenTelemetry over HTTP, besides the server's own; 0 for none. Where it is taken the server says so and goes on without.");

    public static Setting<string?> ContextPath { get; } = new(
        "http.context_path",
        Kinds.OptionalText.Checked(path => path is null || IsPath(path), "is not a path such as /api"),
        null,
        "A prefix under which every route answers too.")
    {
        Aliases = ["SERVER_SERVLET_CONTEXT_PATH"],
    };

    public static Setting<string?> CompatProfile { get; } = new(
        "http.compat_profile",
        Kinds.Word(("none", (string?)null), ("smart-infra", "smart-infra")),
        null,
        "`smart-infra`: `/metrics` answers JSON history to clients that take anything.")
    {
        Aliases = ["COMPAT_PROFILE"],
    };

    public static Setting<long> MaxBody { get; } = new("http.max_body", BodySize, 32L << 20, "Most bytes of a request's body as sent.");

    public static Setting<long> MaxDecompressed { get; } = new(
        "http.max_decompressed", BodySize, 64L << 20, "Most bytes of a request's body after decompression.");

    public static Setting<int> MaxConnections { get; } = new("http.max_connections", Kinds.Whole(1, 1_000_000), 10_000, "Most connections at once.");

    public static Setting<long> MaxBodiesInFlight { get; } = new(
        "http.max_bodies_in_flight", BodySize, 512L << 20, "Most bytes that bodies of requests may hold in memory together.");

    public static Setting<int> MaxWatchers { get; } = new("http.max_watchers", Kinds.Whole(1, 1_000_000), 1_000, "Most dashboards that listen at once.");

    public static Setting<IReadOnlyList<string>> AllowedHosts { get; } = new(
        "http.allowed_hosts", Kinds.Texts, [], "Host names clients may use beside the obvious ones (docs/security.md); `*` for any.");

    public static Setting<IReadOnlyList<string>> CorsOrigins { get; } = new(
        "http.cors_origins",
        Kinds.List(Kinds.Text.Checked(IsOrigin, "is not an origin such as https://grafana.example")),
        [],
        "Sites whose pages may call the API and open WebSockets.");

    public static Setting<Uri?> PublicUrl { get; } = new("http.public_url", Kinds.WebAddress, null, "Where people reach the dashboard, for links in messages.")
    {
        DefaultMeaning = "the first address listened on",
    };

    public static Setting<bool> AuthRequired { get; } = new(
        "auth.mode",
        Kinds.Word(("required", true), ("none", false)),
        true,
        "`required`: users sign in and programs send tokens. `none`: open to everybody, on loopback only.")
    {
        Aliases = ["AUTH_MODE"],
        Option = "--auth",
    };

    public static Setting<bool> AllowInsecureRemote { get; } = new(
        "auth.allow_insecure_remote", Kinds.Flag, false, "Allows `auth.mode: none` on addresses that other machines can reach.")
    {
        Aliases = ["AUTH_ALLOW_INSECURE_REMOTE"],
    };

    public static Setting<TimeSpan> SessionIdle { get; } = new(
        "auth.session_idle",
        Kinds.DurationBetween(TimeSpan.FromMinutes(1), TimeSpan.FromDays(365)),
        TimeSpan.FromHours(12),
        "How long a session lasts without a request.");

    public static Setting<TimeSpan> SessionAbsolute { get; } = new(
        "auth.session_absolute",
        Kinds.DurationBetween(TimeSpan.FromMinutes(1), TimeSpan.FromDays(365)),
        TimeSpan.FromDays(30),
        "How long a session lasts at most.");

    public static Setting<string> Detector { get; } = new(
        "detection.detector",
        DetectorId,
        DetectorCatalogue.Default,
        "What watches a series no rule names; `none` for nothing. `oddity score --list` names all.")
    {
        Option = "--detector",
    };

    public static Setting<string> VectorDetector { get; } = new(
        "detection.vector_detector",
        Kinds.Named("detector of several values", () => [.. DetectorCatalogue.All.Where(entry => entry.CreateVector is not null).Select(entry => entry.Id)]),
        DetectorCatalogue.DefaultVector,
        "What watches values that are measured together and arrive as one row: `isolation_forest`, `adaptive` or `pca`.");

    public static Structure Parameters { get; } = new(
        "detection.parameters",
        "detector: {parameter: value}",
        "",
        "Parameters for every detector of an id; `ODDITY_DETECTION__PARAMETERS__ZSCORE__THRESHOLD` in the environment.");

    public static Setting<Preset?> Preset { get; } = new(
        "detection.preset",
        Kinds.Word(
            ("", (Preset?)null),
            ("every-anomaly", Configuration.Preset.EveryAnomaly),
            ("streak", Configuration.Preset.Streak),
            ("routed", Configuration.Preset.Routed)),
        null,
        "Sets streak and routing together: `every-anomaly`, `streak` (three odd samples in a row), `routed` (only alert rules send). " +
        "What is set by itself wins.");

    public static Setting<double?> Threshold { get; } = new(
        "detection.policy.threshold",
        Kinds.Optional(Kinds.Number(0, 1)),
        null,
        "Least calibrated score, 0 to 1, that counts as odd; nothing: the detector's own vote decides.");

    public static Setting<Side> Direction { get; } = new(
        "detection.policy.direction",
        Kinds.Word(("both", Side.Both), ("above", Side.Above), ("below", Side.Below)),
        Side.Both,
        "Which side of the expected value counts.");

    public static Setting<double> MinimumChange { get; } = new(
        "detection.policy.minimum_change", Kinds.Number(0), 0, "Least distance from the expected value that counts, in the series' unit.");

    public static Setting<double> MinimumRelativeChange { get; } = new(
        "detection.policy.minimum_relative_change", Kinds.Number(0), 0, "The same as a share of the expected value: 0.1 is 10 %.");

    public static Setting<int> Streak { get; } = new("detection.policy.streak", Kinds.Whole(1, 100_000), 1, "How many odd samples in a row open an anomaly.");

    public static Setting<int> ClearAfter { get; } = new(
        "detection.policy.clear_after", Kinds.Whole(1, 100_000), 3, "How many samples in a row that are not odd close an anomaly.");

    public static Setting<double> ClearRatio { get; } = new(
        "detection.policy.clear_ratio", Kinds.Number(0, 1), 0.8, "While an anomaly is open, a sample counts as odd down to this share of the threshold.");

    public static Structure Rules { get; } = new(
        "detection.rules", "list of {match, detector, parameters, policy}", "", "What watches which series; the first rule whose pattern fits counts.");

    public static Structure Limits { get; } = new(
        "detection.limits",
        "list of {match, above, below}",
        "system_metrics_cpu > 85, system_metrics_memory > 90, system_metrics_disk > 90",
        "Limits that hold from the first sample, beside whatever else watches the series. A list replaces the default.");

    public static Setting<bool> HostEnabled { get; } = new("sources.host.enabled", Kinds.Flag, true, "Watches this machine's CPU, memory, disk and network.");

    public static Setting<TimeSpan> HostInterval { get; } = new(
        "sources.host.interval", Kinds.DurationBetween(TimeSpan.FromMilliseconds(100), Day), TimeSpan.FromSeconds(3), "How often this machine is measured.");

    public static Setting<bool> Simulator { get; } = new(
        "sources.simulator.enabled", Kinds.Flag, false, "Runs the simulator: CPU, memory and disk every 3 s, a tenth of them anomalous.")
    {
        Option = "--demo",
    };

    public static Setting<bool> ProbePrivate { get; } = new(
        "sources.probes.allow_private",
        Kinds.Flag,
        false,
        "Lets registered APIs in private networks and on this machine be probed; without it only public addresses are.");

    public static Setting<IReadOnlyList<Uri>> PrometheusUrls { get; } = new(
        "sources.prometheus.url",
        Kinds.List(Kinds.RequiredWebAddress),
        [],
        "Prometheus servers to pull from. Of several, the series get the label `prometheus`.")
    {
        Aliases = ["PROMETHEUS_URL"],
    };

    public static Setting<TimeSpan> PrometheusInterval { get; } = new(
        "sources.prometheus.interval",
        Kinds.DurationIn(Second).Checked(value => value >= Second && value <= Day, "is not between 1s and 1d"),
        TimeSpan.FromSeconds(60),
        "Time between pulls.")
    {
        Aliases = ["COLLECTION_INTERVAL"],
    };

    public static Setting<IReadOnlyList<string>> PrometheusMetrics { get; } = new(
        "sources.prometheus.metrics", Kinds.Texts, [], "Metric names to pull; none: all that are discovered.");

    public static Setting<IReadOnlyList<string>> PrometheusMatch { get; } = new(
        "sources.prometheus.match", Kinds.Texts, [], "Selectors of series to pull, as in `match[]`: `up{job=\"api\"}`; none: all.");

    public static Setting<TimeSpan?> PrometheusStep { get; } = new(
        "sources.prometheus.step", Kinds.Optional(Kinds.DurationBetween(Second, Day)), null, "Time between the samples of a series.")
    {
        DefaultMeaning = "the scrape interval most targets have",
    };

    public static Setting<int> PrometheusMaxMetrics { get; } = new(
        "sources.prometheus.max_metrics", Kinds.Whole(1, 1_000_000), 10_000, "Most metrics that are pulled from a server; further ones are left out.");

    public static Setting<string?> PrometheusUser { get; } = new(
        "sources.prometheus.user", Kinds.OptionalText, null, "Name for basic authentication at Prometheus.");

    public static Setting<string?> PrometheusPassword { get; } = new(
        "sources.prometheus.password", Kinds.OptionalText, null, "Password for basic authentication at Prometheus.")
    {
        Secret = true,
    };

    public static Setting<string?> PrometheusToken { get; } = new(
        "sources.prometheus.bearer_token", Kinds.OptionalText, null, "Sent to Prometheus as `Authorization: Bearer`.")
    {
        Secret = true,
    };

    public static Structure ScrapeConfigs { get; } = new(
        "scrape_configs", "list of Prometheus' scrape_configs", "", "Targets that Oddity scrapes itself, in Prometheus' own shape (docs/sources/scraping.md).");

    public static Setting<string?> ScrapeFile { get; } = new(
        "sources.scrape.file", Kinds.OptionalText, null, "A prometheus.yml whose `scrape_configs` are scraped too; of the rest only `global`'s interval and timeout count.");

    public static Setting<bool> ScrapeAllowPrivate { get; } = new(
        "sources.scrape.allow_private",
        Kinds.Flag,
        true,
        "Whether targets may be on this machine and in private networks, as most are. Link-local addresses, where clouds keep credentials, never may.");

    public static Setting<IPEndPoint?> GraphiteListen { get; } = new(
        "sources.graphite.listen", Kinds.EndPoint, null, "Where Graphite's plaintext protocol is taken (TCP), such as 127.0.0.1:2003. It knows no credentials.");

    public static Setting<string?> GraphiteTenant { get; } = new(
        "sources.graphite.tenant", Kinds.OptionalText, null, "Whose the series are; must be named where other machines can reach the port.")
    {
        DefaultMeaning = "default, on this machine's own addresses",
    };

    public static Setting<IPEndPoint?> StatsdListen { get; } = new(
        "sources.statsd.listen", Kinds.EndPoint, null, "Where StatsD is taken (UDP and TCP), such as 127.0.0.1:8125. It knows no credentials.");

    public static Setting<string?> StatsdTenant { get; } = new(
        "sources.statsd.tenant", Kinds.OptionalText, null, "Whose the series are; must be named where other machines can reach the port.")
    {
        DefaultMeaning = "default, on this machine's own addresses",
    };

    public static Setting<TimeSpan> StatsdFlushInterval { get; } = new(
        "sources.statsd.flush_interval",
        Kinds.DurationBetween(TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
        TimeSpan.FromSeconds(10),
        "Time that one sample of a StatsD series stands for.");

    public static Structure KafkaSources { get; } = new(
        "sources.kafka", "list of {brokers, group, topics, …}", "", "Kafka topics to read, each with its kind (docs/sources/kafka.md).");

    public static Structure RabbitMqSources { get; } = new(
        "sources.rabbitmq", "list of {url, queue, kind, …}", "", "RabbitMQ queues to read (docs/sources/rabbitmq.md).");

    public static Structure RedisSources { get; } = new(
        "sources.redis", "list of {list or stream, kind, …}", "", "Redis lists and streams to read (docs/sources/redis.md).");

    public static Setting<string?> KafkaBrokers { get; } = new(
        "kafka.brokers", Kinds.OptionalText, null, "Kafka brokers to begin with, `host:port` separated by commas, where `sources.kafka` names none; with these or a topic alone, one source.")
    {
        Aliases = ["KAFKA_BROKER_URL", "KAFKA_BROKER"],
    };

    public static Setting<string> KafkaGroup { get; } = new("kafka.group", Kinds.Text, "anomaly-ingest-group", "Consumer group where `sources.kafka` names none.")
    {
        Aliases = ["KAFKA_GROUP_ID"],
    };

    public static Setting<string?> KafkaTopic { get; } = new("kafka.topic", Kinds.OptionalText, null, "A topic of events.")
    {
        Aliases = ["KAFKA_TOPIC"],
        DefaultMeaning = "events, if no other topic is named",
    };

    public static Setting<string?> KafkaTopicMetrics { get; } = new("kafka.topic_metrics", Kinds.OptionalText, null, "A topic of API calls.")
    {
        Aliases = ["KAFKA_TOPIC_METRICS"],
    };

    public static Setting<string?> KafkaTopicLogs { get; } = new("kafka.topic_logs", Kinds.OptionalText, null, "A topic of log lines.")
    {
        Aliases = ["KAFKA_TOPIC_LOGS"],
    };

    public static Setting<string?> RedisUrl { get; } = new("redis.url", Kinds.OptionalText, null, "Redis where `sources.redis` names none: `redis://host:6379/0`, with TLS `rediss://`.")
    {
        Aliases = ["REDIS_URL"],
        Secret = true,
    };

    public static Setting<string> RedisHost { get; } = new("redis.host", Kinds.Text, "localhost", "Host of that Redis, instead of an address.")
    {
        Aliases = ["REDIS_HOST"],
    };

    public static Setting<int> RedisPort { get; } = new("redis.port", Kinds.Whole(1, 65_535), 6379, "Port of that Redis, instead of an address.")
    {
        Aliases = ["REDIS_PORT"],
    };

    public static Setting<string?> RedisPassword { get; } = new("redis.password", Kinds.OptionalText, null, "Password of that Redis.")
    {
        Aliases = ["REDIS_PASSWORD"],
        Secret = true,
    };

    public static Setting<TimeSpan> RedisPoll { get; } = new(
        "redis.poll",
        Kinds.DurationIn(Second).Checked(value => value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromMinutes(1), "is not between 1ms and 1m"),
        TimeSpan.FromMilliseconds(100),
        "How long to wait before looking again where nothing was.")
    {
        Aliases = ["SLEEP_ON_EMPTY"],
    };

    public static Setting<Uri?> SlackWebhook { get; } = new(
        "alerts.slack.webhook_url", Kinds.WebAddress, null, "A Slack-compatible incoming webhook: the channel `slack`.")
    {
        Aliases = ["SLACK_WEBHOOK_URL", "SLACK_WEBHOOK"],
        Secret = true,
    };

    public static Setting<Uri?> Webhook { get; } = new(
        "alerts.webhook.url", Kinds.WebAddress, null, "An address that gets alerts as JSON: the channel `webhook`.")
    {
        Secret = true,
    };

    public static Setting<string?> WebhookSecret { get; } = new(
        "alerts.webhook.secret", Kinds.OptionalText, null, "Key of the webhook's HMAC-SHA256 signature.")
    {
        Secret = true,
    };

    public static Setting<string?> RulesFile { get; } = new(
        "alerts.rules_file", Kinds.OptionalText, null, "A file of alert rules: `rules: [{metric, severity, channels}]`.");

    public static Structure AlertRules { get; } = new(
        "alerts.rules", "list of {metric, severity, channels}", "", "The same rules in place. The first that fits an anomaly decides where it is sent.");

    public static Setting<IReadOnlyList<string>> DefaultChannels { get; } = new(
        "alerts.default_channels", Kinds.Texts, [], "Channels for anomalies no rule names.")
    {
        DefaultMeaning = "every channel there is; none with rules or the preset routed",
    };

    public static Setting<Severity> DefaultSeverity { get; } = new(
        "alerts.default_severity", Kinds.Severities, Severity.Low, "Least severity that goes to the default channels.");

    public static Setting<TimeSpan> AlertMaxAge { get; } = new(
        "alerts.max_age",
        Kinds.DurationBetween(TimeSpan.Zero, TimeSpan.FromDays(3650)),
        TimeSpan.FromHours(1),
        "Anomalies older than this when their samples arrive are not sent: a backfill alarms nobody.");

    public static Setting<int> MaxAttempts { get; } = new(
        "alerts.max_attempts", Kinds.Whole(1, 1_000), 12, "Attempts before an alert is given up and counted as failed.");

    /// <summary>All of them, in the order above.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        DataDir, Role, LogLevel, Retention, Quota,
        Shards, CheckpointInterval, IdleAfter, MaxAhead, MaxSeries, MaxSamplesPerSecond, TraceQuota, MaxQueued, LogsRetention, LogsMaxBytes,
        SyslogListen, SyslogTenant, FluentListen, FluentTenant, LogFiles, LogFilesTenant,
        Urls, Host, Port, CompatPorts, OtlpGrpcPort, OtlpHttpPort, ContextPath, CompatProfile, MaxBody, MaxDecompressed, MaxBodiesInFlight, MaxConnections, MaxWatchers,
        AllowedHosts, CorsOrigins, PublicUrl,
        AuthRequired, AllowInsecureRemote, SessionIdle, SessionAbsolute,
        Detector, VectorDetector, Parameters, Preset, Threshold, Direction, MinimumChange, MinimumRelativeChange, Streak, ClearAfter, ClearRatio, Rules, Limits,
        HostEnabled, HostInterval, Simulator, ProbePrivate, PrometheusUrls, PrometheusInterval, PrometheusStep, PrometheusMetrics, PrometheusMatch, PrometheusMaxMetrics,
        PrometheusUser, PrometheusPassword, PrometheusToken,
        ScrapeConfigs, ScrapeFile, ScrapeAllowPrivate, GraphiteListen, GraphiteTenant, StatsdListen, StatsdTenant, StatsdFlushInterval,
        KafkaSources, RabbitMqSources, RedisSources,
        KafkaBrokers, KafkaGroup, KafkaTopic, KafkaTopicMetrics, KafkaTopicLogs, RedisUrl, RedisHost, RedisPort, RedisPassword, RedisPoll,
        SlackWebhook, Webhook, WebhookSecret, RulesFile, AlertRules, DefaultChannels, DefaultSeverity, AlertMaxAge, MaxAttempts,
    ];

    /// <summary>The setting with that key; null if there is none.</summary>
    public static Setting? Find(string key) => All.FirstOrDefault(setting => setting.Key == key);

    private static bool IsPath(string path) =>
        path.Length > 1 && path[0] == '/' && path[^1] != '/' && !path.Contains("//", StringComparison.Ordinal) && path.IndexOfAny(['?', '#', '%', ' ']) < 0;

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
        && uri.Scheme is "http" or "https"
        && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase);
}
