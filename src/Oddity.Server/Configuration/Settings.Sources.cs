using System.Net;

namespace Oddity.Server.Configuration;

/// <summary>What is fetched, and what comes in on ports of its own.</summary>
internal static partial class Settings
{
    private static Setting[] Sources =>
    [
        HostEnabled, HostInterval, Simulator, ProbePrivate, PrometheusUrls, PrometheusInterval, PrometheusStep, PrometheusMetrics, PrometheusMatch,
        PrometheusMaxMetrics, PrometheusUser, PrometheusPassword, PrometheusToken, ScrapeConfigs, ScrapeFile, ScrapeAllowPrivate, GraphiteListen,
        GraphiteTenant, StatsdListen, StatsdTenant, StatsdFlushInterval, SyslogListen, SyslogTenant, FluentListen, FluentTenant, LogFiles,
        LogFilesTenant,
    ];

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

    public static Setting<TimeSpan?> PrometheusStep { get; } = new(
        "sources.prometheus.step", Kinds.Optional(Kinds.DurationBetween(Second, Day)), null, "Time between the samples of a series.")
    {
        DefaultMeaning = "the scrape interval most targets have",
    };

    public static Setting<IReadOnlyList<string>> PrometheusMetrics { get; } = new(
        "sources.prometheus.metrics", Kinds.Texts, [], "Metric names to pull; none: all that are discovered.");

    public static Setting<IReadOnlyList<string>> PrometheusMatch { get; } = new(
        "sources.prometheus.match", Kinds.Texts, [], "Selectors of series to pull, as in `match[]`: `up{job=\"api\"}`; none: all.");

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

    public static Setting<IPEndPoint?> SyslogListen { get; } = new(
        "sources.syslog.listen", Kinds.EndPoint, null, "Where syslog is taken (UDP and TCP, RFC 5424 and 3164), such as 127.0.0.1:5514. It knows no credentials.");

    public static Setting<string?> SyslogTenant { get; } = new(
        "sources.syslog.tenant", Kinds.OptionalText, null, "Whose the lines are; must be named where other machines can reach the port.")
    {
        DefaultMeaning = "default, on this machine's own addresses",
    };

    public static Setting<IPEndPoint?> FluentListen { get; } = new(
        "sources.fluent.listen", Kinds.EndPoint, null, "Where Fluentd's forward protocol is taken (TCP), such as 127.0.0.1:24224. It is taken without its shared key.");

    public static Setting<string?> FluentTenant { get; } = new(
        "sources.fluent.tenant", Kinds.OptionalText, null, "Whose the lines are; must be named where other machines can reach the port.")
    {
        DefaultMeaning = "default, on this machine's own addresses",
    };

    public static Setting<IReadOnlyList<string>> LogFiles { get; } = new(
        "sources.log_files.paths", Kinds.Texts, [], "Files of log lines that are followed, through rotation and restarts; `*` and `?` in the last part stand for several.");

    public static Setting<string?> LogFilesTenant { get; } = new("sources.log_files.tenant", Kinds.OptionalText, null, "Whose the lines of those files are.")
    {
        DefaultMeaning = "default",
    };
}
