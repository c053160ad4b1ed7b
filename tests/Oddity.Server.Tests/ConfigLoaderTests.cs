using System.Text.Json;
using Oddity.Detection;
using Oddity.Engine;
using Oddity.Engine.Anomalies;
using Oddity.Server.Configuration;

namespace Oddity.Server.Tests;

public sealed class ConfigLoaderTests
{
    [Fact]
    public void Nothing_written_gives_the_defaults_the_records_document()
    {
        ServerOptions loaded = ConfigurationText.Good();
        var documented = new ServerOptions { Engine = new EngineOptions { DataDirectory = "./data", Alerting = new() { PublicUrl = new("http://127.0.0.1:8080") } } };

        JsonSerializer.Serialize(loaded).ShouldBe(JsonSerializer.Serialize(documented));
    }

    [Fact]
    public void The_command_line_wins_over_the_environment_over_the_file_over_the_default()
    {
        const string Yaml = "log: {level: error}\ndata_dir: from-file\nretention: 1d\n";
        Dictionary<string, string> environment = new() { ["ODDITY_DATA_DIR"] = "from-environment", ["LOG_LEVEL"] = "debug" };

        LoadedConfiguration loaded = ConfigurationText.Load(Yaml, environment, new() { ["--data-dir"] = "from-option" });

        loaded.Mistakes.ShouldBeEmpty();
        loaded.Options.Engine.DataDirectory.ShouldBe("from-option");
        loaded.Options.LogLevel.ShouldBe(Microsoft.Extensions.Logging.LogLevel.Debug);
        loaded.Options.Engine.Retention.ShouldBe(TimeSpan.FromDays(1));
        loaded.Options.Http.MaxConnections.ShouldBe(10_000);
        Origin(loaded, "data_dir").ShouldBe("option --data-dir");
        Origin(loaded, "log.level").ShouldBe("environment LOG_LEVEL");
        Origin(loaded, "retention").ShouldBe("oddity.yml:3");
        Origin(loaded, "http.max_connections").ShouldBe("default");
    }

    [Fact]
    public void Every_mistake_is_told_at_once_with_its_key_and_line()
    {
        string[] mistakes = ConfigurationText.Mistakes(
            """
            retention: soon
            http:
              max_body: huge
              prot: 80
            detection:
              policy: {streak: 0}
              limits:
                - {match: cpu, abov: 85}
            """,
            new() { ["ODDITY_HTTP__MAX_BDY"] = "1KiB", ["SERVER_PORT"] = "99999" });

        mistakes.ShouldBe(
            [
                "retention: 'soon' is not a duration such as 100ms, 60s or 5m (oddity.yml:1)",
                "http.port: '99999' is not a whole number from 0 to 65535 (environment SERVER_PORT)",
                "http.max_body: 'huge' is not a size such as 64KiB or 32MiB (oddity.yml:3)",
                "detection.policy.streak: '0' is not a whole number from 1 to 100000 (oddity.yml:6)",
                "detection.limits[0].abov: unknown name; did you mean 'above'? (oddity.yml:8)",
                "detection.limits[0].match: a limit needs 'above' or 'below' (oddity.yml:8)",
                "http.prot: unknown setting; did you mean 'port'? (oddity.yml:4)",
                "ODDITY_HTTP__MAX_BDY: unknown setting; did you mean 'ODDITY_HTTP__MAX_BODY'? (environment ODDITY_HTTP__MAX_BDY)",
            ],
            ignoreOrder: true);
    }

    [Theory]
    [InlineData("a: [", "oddity.yml")]
    [InlineData("- list", "oddity.yml")]
    [InlineData("http: 3", "http")]
    [InlineData("http:\n  port: [1, 2]", "http.port")]
    [InlineData("data_dir: {a: b}", "data_dir")]
    [InlineData("detection: {rules: {match: a}}", "detection.rules")]
    [InlineData("detection: {rules: [a]}", "detection.rules[0]")]
    [InlineData("detection: {rules: [{match: a}]}", "detection.rules[0]")]
    [InlineData("detection: {parameters: {nosuch: {a: 1}}}", "detection.parameters.nosuch")]
    [InlineData("detection: {parameters: {zscore: {nosuch: 1}}}", "detection.parameters.zscore.nosuch")]
    [InlineData("detection: {parameters: {zscore: [1]}}", "detection.parameters.zscore")]
    [InlineData("http: {urls: 'https://127.0.0.1:1'}", "http.urls")]
    [InlineData("http: {urls: 'http://example.com:80'}", "http.urls")]
    [InlineData("http: {host: 'my host'}", "http.host")]
    [InlineData("http: {context_path: api}", "http.context_path")]
    [InlineData("http: {cors_origins: ['https://a.example/']}", "http.cors_origins")]
    [InlineData("alerts: {rules: [{metric: a, severity: bad, channels: [slack]}]}", "alerts.rules[0].severity")]
    [InlineData("alerts: {rules_file: /nowhere/alerts.yml}", "alerts.rules_file")]
    [InlineData("role: detect", "role")]
    public void What_makes_no_sense_is_a_mistake_with_its_key(string yaml, string key) =>
        ConfigurationText.Load(yaml).Mistakes.ShouldContain(mistake => mistake.Key.EndsWith(key, StringComparison.Ordinal), customMessage: string.Join('\n', ConfigurationText.Mistakes(yaml)));

    [Fact]
    public void A_file_that_is_named_and_absent_is_a_mistake() =>
        ConfigurationLoader.Load("/nowhere/oddity.yml", new Dictionary<string, string>(), new Dictionary<string, string>()).Mistakes.Single().What.ShouldBe("there is no such file");

    [Fact]
    public void Sections_left_empty_mean_nothing() => ConfigurationText.Good("http:\ndetection:\n  rules:\nalerts: {rules: []}\n").Engine.Watch.Rules.ShouldBeEmpty();

    [Fact]
    public void Rules_limits_parameters_and_policy_are_read_from_the_file()
    {
        ServerOptions options = ConfigurationText.Good(
            """
            detection:
              detector: zscore
              policy: {threshold: 0.4, direction: above, minimum_change: 2, minimum_relative_change: 0.1, streak: 2, clear_after: 5, clear_ratio: 0.5}
              rules:
                - match: 'up{job="x"}'
                  detector: none
                - match: latency*
                  detector: zscore
                  policy: {streak: 7}
              limits:
                - {match: cpu, above: 85}
                - {match: temperature, below: -3.5, above: 40}
            alerts:
              rules:
                - {metric: payment*, severity: HIGH, channels: [slack, pagerduty]}
                - {metric: noise, channels: []}
              slack: {webhook_url: 'http://127.0.0.1:9/hook'}
            """);

        options.Engine.Watch.Detector.ShouldBe("zscore");
        options.Engine.Watch.Policy.ShouldBe(new PolicyOptions
        {
            Threshold = 0.4,
            Direction = Direction.Above,
            MinimumChange = 2,
            MinimumRelativeChange = 0.1,
            Streak = 2,
            ClearAfter = 5,
            ClearRatio = 0.5,
        });
        options.Engine.Watch.Rules.Select(rule => (rule.Match, rule.Detector)).ShouldBe([("up{job=\"x\"}", "none"), ("latency*", "zscore")]);
        options.Engine.Watch.Rules[0].Policy.ShouldBeNull();
        options.Engine.Watch.Rules[1].Policy.ShouldBe(options.Engine.Watch.Policy with { Streak = 7 });
        options.Engine.Watch.Limits.ShouldBe([new("cpu", 85, null), new("temperature", 40, -3.5)]);
        options.Engine.Alerting.Rules.Select(rule => rule.Metric + rule.Severity + string.Join(',', rule.Channels)).ShouldBe(["payment*Highslack", "noiseInfo"]);
        options.Engine.Alerting.DefaultChannels.ShouldBeEmpty();
    }

    [Fact]
    public void Lists_in_the_environment_are_commas_or_yaml()
    {
        ServerOptions options = ConfigurationText.Good(environment: new()
        {
            ["COMPAT_PORTS"] = "8000, 5000",
            ["ODDITY_SOURCES__PROMETHEUS__MATCH"] = "up{job=\"a\",host=\"b\"},cpu",
            ["PROMETHEUS_URL"] = "http://127.0.0.1:9090,http://127.0.0.1:9091",
            ["COLLECTION_INTERVAL"] = "15",
            ["ODDITY_DETECTION__LIMITS"] = "[{match: cpu, above: 10}]",
        });

        options.Http.CompatPorts.ShouldBe([8000, 5000]);
        options.Sources.Prometheus.Select(prometheus => prometheus.Url.Port).ShouldBe([9090, 9091]);
        options.Sources.Prometheus[0].Match.ShouldBe(["up{job=\"a\",host=\"b\"}", "cpu"]);
        options.Sources.Prometheus[0].Interval.ShouldBe(TimeSpan.FromSeconds(15));
        options.Engine.Watch.Limits.ShouldBe([new("cpu", 10, null)]);
    }

    [Theory]
    [InlineData("required", "every-anomaly", 1, 1)]
    [InlineData("required", "streak", 3, 1)]
    [InlineData("required", "routed", 1, 0)]
    [InlineData("required", "", 1, 1)]
    public void A_preset_sets_streak_and_routing_together(string auth, string preset, int streak, int channels)
    {
        ServerOptions options = ConfigurationText.Good($"auth: {{mode: {auth}}}\ndetection: {{preset: '{preset}'}}\n", new() { ["SLACK_WEBHOOK"] = "http://127.0.0.1:9/hook" });

        options.Engine.Watch.Policy.Streak.ShouldBe(streak);
        options.Engine.Alerting.DefaultChannels.Count.ShouldBe(channels);
    }

    [Fact]
    public void What_is_set_by_itself_wins_over_a_preset() =>
        ConfigurationText.Good("detection: {preset: streak, policy: {streak: 5}}").Engine.Watch.Policy.Streak.ShouldBe(5);

    [Fact]
    public void Alert_rules_come_from_a_file_of_their_own_too()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "rules:\n  - metric: payment_success_rate\n    severity: critical\n    channels: [pagerduty, slack]\n");
            LoadedConfiguration loaded = ConfigurationText.Load($"alerts: {{rules_file: '{path}', slack: {{webhook_url: 'http://127.0.0.1/'}}}}");

            loaded.Mistakes.ShouldBeEmpty();
            loaded.Options.Engine.Alerting.Rules.Single().Severity.ShouldBe(Severity.Critical);
            loaded.Options.Engine.Alerting.Rules.Single().Channels.ShouldBe(["slack"]);
            loaded.Notices.ShouldContain(notice => notice.Contains("'pagerduty' is not set up"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Origin(LoadedConfiguration loaded, string key) => loaded.Values.Single(value => value.Key == key).Origin.Text;
}
