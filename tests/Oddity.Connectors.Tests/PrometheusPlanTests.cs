using Oddity.Connectors.Sources.Prometheus;

namespace Oddity.Connectors.Tests;

public sealed class PrometheusPlanTests
{
    private static readonly Dictionary<string, string> NoTypes = [];

    [Fact]
    public void Each_type_becomes_what_can_be_watched()
    {
        string[] names =
        [
            "node_load1", "http_requests_total", "http_requests_created", "http_duration_seconds_bucket", "http_duration_seconds_count", "http_duration_seconds_sum",
            "gc_seconds", "gc_seconds_count", "gc_seconds_sum", "build_info", "backup_timestamp_seconds", "things", "up",
        ];
        var types = new Dictionary<string, string>
        {
            ["node_load1"] = "gauge",
            ["http_requests"] = "counter",
            ["http_requests_total"] = "counter",
            ["http_duration_seconds"] = "histogram",
            ["gc_seconds"] = "summary",
            ["build_info"] = "gauge",
            ["backup_timestamp_seconds"] = "gauge",
            ["things"] = "counter",
        };

        Text(names, types).ShouldBe(
        [
            "gc_seconds = Gauge gc_seconds",
            "gc_seconds_count:rate = Rate gc_seconds_count",
            "gc_seconds:mean = Mean gc_seconds",
            "http_duration_seconds:p50 = Quantile http_duration_seconds",
            "http_duration_seconds:p95 = Quantile http_duration_seconds",
            "http_duration_seconds:p99 = Quantile http_duration_seconds",
            "http_duration_seconds_count:rate = Rate http_duration_seconds_count",
            "http_requests_total:rate = Rate http_requests_total",
            "node_load1 = Gauge node_load1",
            "things:rate = Rate things",
            "up = Gauge up",
        ]);
    }

    [Fact]
    public void Without_types_the_names_tell()
    {
        string[] names = ["a_total", "b_bucket", "b_count", "b_sum", "c_count", "c_sum", "head_count", "d_created", "e_info", "job:a:rate5m"];

        Text(names, NoTypes).ShouldBe(
        [
            "a_total:rate = Rate a_total", "b:p50 = Quantile b", "b:p95 = Quantile b", "b:p99 = Quantile b", "b_count:rate = Rate b_count",
            "c_count:rate = Rate c_count", "c:mean = Mean c", "head_count = Gauge head_count", "job:a:rate5m = Gauge job:a:rate5m",
        ]);
    }

    [Fact]
    public void A_type_outweighs_a_name()
    {
        var types = new Dictionary<string, string> { ["people_count"] = "gauge", ["people_sum"] = "gauge", ["price_total"] = "gauge", ["tickets_created"] = "gauge", ["ice_bucket"] = "gauge" };

        Text([.. types.Keys], types).ShouldBe(
            ["ice_bucket = Gauge ice_bucket", "people_count = Gauge people_count", "people_sum = Gauge people_sum", "price_total = Gauge price_total", "tickets_created = Gauge tickets_created"]);
    }

    [Fact]
    public void A_list_takes_metrics_and_families_by_name()
    {
        string[] names = ["http_request_duration_seconds_bucket", "http_request_duration_seconds_count", "http_request_duration_seconds_sum", "database_connections_active", "other"];
        var types = new Dictionary<string, string> { ["http_request_duration_seconds"] = "histogram" };

        new PullPlan(names, types, ["http_request_duration_seconds", "database_connections_active", "payment_success_rate"]).Make().Select(pull => pull.Metric).ShouldBe(
        [
            "database_connections_active", "http_request_duration_seconds:p50", "http_request_duration_seconds:p95", "http_request_duration_seconds:p99",
            "http_request_duration_seconds_count:rate",
        ]);
    }

    [Theory]
    [InlineData("up", "{__name__=\"m\"}")]
    [InlineData("up{}", "{__name__=\"m\"}")]
    [InlineData("up{job=\"api\"}", "{__name__=\"m\",job=\"api\"}")]
    [InlineData("{__name__=~\"node_.*\", job=\"a,}b\", x!~'q\\',r' ,}", "{__name__=\"m\",job=\"a,}b\",x!~'q\\',r'}")]
    [InlineData("{\"my.metric\", \"a.b\"=\"c\"}", "{__name__=\"m\",\"a.b\"=\"c\"}")]
    [InlineData("{__name__!=\"x\",__name__x=\"y\"}", "{__name__=\"m\",__name__x=\"y\"}")]
    [InlineData("} nonsense {", "{__name__=\"m\"}")]
    public void The_conditions_of_a_selector_hold_for_other_names_too(string selector, string expected) => SeriesSelector.Parse(selector).Of("m").ShouldBe(expected);

    [Fact]
    public void Queries_rest_on_fresh_samples()
    {
        var query = new PullQuery(TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1));
        SeriesSelector job = SeriesSelector.Parse("{job=\"a\"}");

        query.Of(new("m", PullKind.Gauge, "m"), [SeriesSelector.All]).ShouldBe("(last_over_time({__name__=\"m\"}[15000ms]))");
        query.Of(new("m:rate", PullKind.Rate, "m"), [job]).ShouldBe(
            "(irate({__name__=\"m\",job=\"a\"}[60000ms]) and count_over_time({__name__=\"m\",job=\"a\"}[15000ms]))");
        query.Of(new("m:p95", PullKind.Quantile, "m", 0.95), [SeriesSelector.All]).ShouldBe(
            "(histogram_quantile(0.95, rate({__name__=\"m_bucket\"}[60000ms])) and count_over_time({__name__=\"m_count\"}[15000ms]))");
        query.Of(new("m:mean", PullKind.Mean, "m"), [SeriesSelector.All]).ShouldBe(
            "(rate({__name__=\"m_sum\"}[60000ms]) / rate({__name__=\"m_count\"}[60000ms]) and count_over_time({__name__=\"m_count\"}[15000ms]))");
        query.Of(new("m", PullKind.Gauge, "m"), [job, SeriesSelector.All]).ShouldBe("(last_over_time({__name__=\"m\",job=\"a\"}[15000ms])) or (last_over_time({__name__=\"m\"}[15000ms]))");
        query.OfGauges(["a", "b"], job).ShouldBe("last_over_time({__name__=~\"a|b\",job=\"a\"}[15000ms])");
    }

    [Theory]
    [InlineData("15s", 15_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("500ms", 500)]
    [InlineData("1h0m1s", 3_601_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("0s", null)]
    [InlineData("", null)]
    [InlineData("15", null)]
    [InlineData("s", null)]
    [InlineData("1x", null)]
    [InlineData("99999999999s", null)]
    public void Durations_are_read(string text, int? milliseconds)
    {
        PrometheusDuration.TryParse(text, out TimeSpan duration).ShouldBe(milliseconds is not null);
        duration.TotalMilliseconds.ShouldBe(milliseconds ?? 0);
    }

    private static IEnumerable<string> Text(string[] names, Dictionary<string, string> types) =>
        new PullPlan(names, types, []).Make().Select(pull => $"{pull.Metric} = {pull.Kind} {pull.Source}");
}
