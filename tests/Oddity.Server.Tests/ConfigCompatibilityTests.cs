using Microsoft.Extensions.Logging;
using Oddity.Server.Configuration;

namespace Oddity.Server.Tests;

/// <summary>The environment names of the systems Oddity replaces.</summary>
public sealed class ConfigCompatibilityTests
{
    [Fact]
    public void Their_names_set_what_they_set_there()
    {
        ServerOptions options = ConfigurationText.Good(environment: new()
        {
            ["SERVER_PORT"] = "9001",
            ["SERVER_SERVLET_CONTEXT_PATH"] = "/api",
            ["LOGGING_LEVEL"] = "WARN",
            ["AUTH_MODE"] = "none",
            ["AUTH_ALLOW_INSECURE_REMOTE"] = "1",
            ["COMPAT_PROFILE"] = "smart-infra",
            ["COMPAT_PORTS"] = "8000,5000,5001,4173,3000",
            ["PROMETHEUS_URL"] = "http://localhost:9090",
            ["COLLECTION_INTERVAL"] = "60s",
            ["SLACK_WEBHOOK"] = "https://hooks.example/x",
        });

        options.Http.Urls.Single().Port.ShouldBe(9001);
        options.Http.ContextPath.ShouldBe("/api");
        options.LogLevel.ShouldBe(LogLevel.Warning);
        options.Auth.ShouldBe(new AuthOptions { Required = false, AllowInsecureRemote = true });
        options.Http.CompatProfile.ShouldBe("smart-infra");
        options.Http.CompatPorts.Count.ShouldBe(5);
        options.Sources.Prometheus.Single().Interval.ShouldBe(TimeSpan.FromMinutes(1));
        options.Channels.SlackWebhook.ShouldNotBeNull();
    }

    [Fact]
    public void A_threshold_sets_exactly_one_detector()
    {
        foreach (DetectorVariable variable in DetectorVariable.All.Where(variable => Detection.DetectorCatalogue.Find(variable.Detector) is not null))
        {
            LoadedConfiguration loaded = ConfigurationText.Load(environment: new() { [variable.Name] = "7" });

            loaded.Options.Engine.Watch.Parameters.ShouldHaveSingleItem().Key.ShouldBe(variable.Detector);
            loaded.Options.Engine.Watch.Parameters[variable.Detector].ShouldBe(new Dictionary<string, string> { [variable.Parameter] = "7" }, ignoreOrder: true);
        }
    }

    [Fact]
    public void Every_name_of_the_five_systems_is_known()
    {
        string[] names =
        [
            .. "PROMETHEUS_URL DATABASE_HOST DATABASE_PORT DATABASE_NAME DATABASE_USER DATABASE_PASSWORD ML_SERVICE_URL SLACK_WEBHOOK EMAIL_SMTP_HOST EMAIL_SMTP_PORT EMAIL_FROM".Split(' '),
            .. "COLLECTION_INTERVAL DETECTION_INTERVAL ENSEMBLE_THRESHOLD MA_WINDOW_SIZE MA_THRESHOLD IF_SMOOTHING_ALPHA IF_BATCH_SIZE IF_CONTAMINATION IF_MIN_ANOMALY_CONSEC".Split(' '),
            .. "INFLUXDB_URL INFLUXDB_TOKEN INFLUXDB_ORG INFLUXDB_BUCKET SLACK_WEBHOOK_URL SERVER_PORT SERVER_SERVLET_CONTEXT_PATH DATABASE_URL DATABASE_DRIVER".Split(' '),
            .. "HIKARI_MAXIMUM_POOL_SIZE HIKARI_MINIMUM_IDLE REDIS_HOST REDIS_PORT REDIS_PASSWORD KAFKA_BROKER_URL KAFKA_TOPIC_METRICS KAFKA_TOPIC_LOGS JWT_SECRET JWT_EXPIRATION".Split(' '),
            .. "LOGGING_LEVEL LOG_FILE REACT_APP_API_URL REACT_APP_WS_URL REACT_APP_ENV REACT_APP_DEBUG REACT_APP_THEME FLASK_APP FLASK_ENV ML_MODEL_PATH KAFKA_BROKER BACKEND_PORT".Split(' '),
            .. "JAVA_OPTS REDIS_URL KAFKA_TOPIC KAFKA_GROUP_ID WINDOW_SECONDS ANOMALY_THRESHOLD ANOMALY_MIN_COUNT SLEEP_ON_EMPTY ALERTS_CHANNEL EMAIL_ENABLED SMTP_HOST".Split(' '),
            .. "SMTP_PORT SMTP_USER SMTP_PASSWORD EMAIL_TO EMAIL_RATE_LIMIT_SECONDS LOG_LEVEL ENVIRONMENT AUTH_MODE AUTH_ALLOW_INSECURE_REMOTE COMPAT_PROFILE COMPAT_PORTS".Split(' '),
        ];
        HashSet<string> known =
        [
            .. Settings.All.SelectMany(setting => setting.Aliases),
            .. DetectorVariable.All.Select(variable => variable.Name),
            .. LaterNames.All.Keys,
        ];

        names.Where(name => !known.Contains(name)).ShouldBeEmpty();
    }

    [Fact]
    public void A_name_that_does_nothing_yet_is_told_and_no_mistake()
    {
        LoadedConfiguration loaded = ConfigurationText.Load(environment: new() { ["ALERTS_CHANNEL"] = "anomalies", ["JWT_EXPIRATION"] = "86400000" });

        loaded.Mistakes.ShouldBeEmpty();
        loaded.Notices.Count.ShouldBe(2);
        loaded.Notices.ShouldAllBe(notice => notice.Contains("not used yet"));
    }

    [Theory]
    [InlineData("ODDITY_SERVICE_HOST", "10.0.0.1")]
    [InlineData("ODDITY_PORT", "tcp://10.0.0.1:8080")]
    [InlineData("ODDITY_PORT_8080_TCP_ADDR", "10.0.0.1")]
    public void Names_that_container_platforms_set_for_a_service_called_oddity_are_no_settings(string name, string value) =>
        ConfigurationText.Mistakes(environment: new() { [name] = value }).ShouldBeEmpty();

    [Fact]
    public void An_empty_variable_counts_as_not_set() => ConfigurationText.Good(environment: new() { ["SLACK_WEBHOOK"] = "", ["SERVER_PORT"] = "" }).Channels.SlackWebhook.ShouldBeNull();

    [Fact]
    public void A_port_from_a_stronger_place_replaces_the_port_of_the_address() =>
        ConfigurationText.Good("http: {urls: 'http://127.0.0.1:1234'}", new() { ["BACKEND_PORT"] = "8081" }).Http.Urls.Single().ToString().ShouldBe("http://127.0.0.1:8081/");

    [Theory]
    [InlineData("http://0.0.0.0:8080", false, true)]
    [InlineData("http://192.0.2.7:8080", false, true)]
    [InlineData("http://[::]:8080", false, true)]
    [InlineData("http://*:8080", false, true)]
    [InlineData("http://127.0.0.1:8080", false, false)]
    [InlineData("http://[::1]:8080", false, false)]
    [InlineData("http://localhost:8080", false, false)]
    [InlineData("http://0.0.0.0:8080", true, false)]
    public void Without_authentication_only_this_machine_may_be_let_in(string url, bool insecure, bool refused)
    {
        Dictionary<string, string> environment = new() { ["AUTH_MODE"] = "none", ["AUTH_ALLOW_INSECURE_REMOTE"] = insecure ? "1" : "0" };

        ConfigurationText.Load(environment: environment, options: new() { ["--urls"] = url }).Mistakes.Any(mistake => mistake.Key == "auth.mode").ShouldBe(refused);
    }
}
