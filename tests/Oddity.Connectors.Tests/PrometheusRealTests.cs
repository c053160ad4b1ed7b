using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Prometheus;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Tests;

/// <summary>The puller against the real thing, scraping and pulled every second.</summary>
public sealed class PrometheusRealTests : IAsyncLifetime
{
    private readonly RecordingSink _sink = new();
    private RealPrometheus? _prometheus;

    public async ValueTask InitializeAsync()
    {
        if (RealPrometheus.Installed) _prometheus = await RealPrometheus.StartAsync();
    }

    public ValueTask DisposeAsync() => _prometheus?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Everything_is_discovered_pulled_once_across_a_restart_and_a_target_that_is_gone_just_ends()
    {
        RealPrometheus.Require();
        string node = $"instance=\"{_prometheus!.Instance}\",job=\"node\"";
        string load = $"node_load1{{{node}}}", up = $"up{{{node}}}", forks = $"node_forks_total:rate{{{node}}}";
        PrometheusSource first = Source();
        await RunUntilAsync(first, () => _sink.Values(forks).Count >= 5 && Metrics().Contains("prometheus_http_request_duration_seconds:p99"), "rates and quantiles");
        first.Status.Detail.ShouldNotBeNull().ShouldContain("every 1 s in steps of 1 s");
        first.Status.Detail.ShouldNotContain("refused");

        // As after a kill: another one goes on from what the sink has.
        int before = _sink.Values(load).Count;
        PrometheusSource second = Source();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task running = second.RunAsync(cancel.Token);
        await RecordingSink.UntilAsync(() => _sink.Values(load).Count >= before + 3, "more of the same");
        await _prometheus.StopExporterAsync();
        await RecordingSink.UntilAsync(() => _sink.Values(up).LastOrDefault(1) == 0 && _sink.Values(up).Count(value => value == 0) >= 6, "the target is known to be down");
        await cancel.CancelAsync();
        await running;

        second.Status.State.ShouldBe(SourceState.Off);
        IngestBatch.Row[] rows = [.. _sink.Rows];
        Metrics().Count.ShouldBeGreaterThan(300);
        rows.Select(row => (row.Series.Text, row.TimeMs)).Distinct().Count().ShouldBe(rows.Length, "no value was pulled twice");
        rows.ShouldAllBe(row => double.IsFinite(row.Value));
        foreach (IEnumerable<long?> times in rows.GroupBy(row => row.Series.Text, row => row.TimeMs)) times.ShouldBeInOrder();
        rows.Where(row => row.Series.Metric.EndsWith(":rate", StringComparison.Ordinal)).ShouldAllBe(row => row.Value >= 0);
        rows.ShouldNotContain(row => row.Series.Metric.EndsWith("_info", StringComparison.Ordinal) || row.Series.Metric.EndsWith("_bucket", StringComparison.Ordinal));
        foreach (string expected in new[] { "prometheus_http_request_duration_seconds:p50", "prometheus_http_request_duration_seconds_count:rate", "go_gc_duration_seconds", "node_cpu_seconds_total:rate" })
            Metrics().ShouldContain(expected);

        // Nothing was invented once the target was gone: the last value is from before the first failed scrape.
        long? down = rows.First(row => row.Series.Text == up && row.Value == 0).TimeMs;
        rows.Where(row => row.Series.Text == load).Max(row => row.TimeMs)!.Value.ShouldBeLessThanOrEqualTo(down!.Value);
        rows.Where(row => row.Series.Text == forks).Max(row => row.TimeMs)!.Value.ShouldBeLessThanOrEqualTo(down.Value);
    }

    [Fact]
    public async Task Rates_quantiles_and_means_are_right_from_the_second_scrape_to_the_last_over_gaps_and_resets()
    {
        RealPrometheus.Require();
        long begin = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 15 * 15 - 50 * 60;
        var history = new StringBuilder("# TYPE orders counter\n# TYPE wait_seconds histogram\n# TYPE pause_seconds summary\n");
        void Write(string sample, Func<long, double> value, string le = "")
        {
            foreach (long second in Scraped()) history.Append(CultureInfo.InvariantCulture, $"{sample}{{job=\"history\"{le}}} {value(second)} {begin + second + 4}\n");
        }

        // A target that is scraped for ten minutes, away for ten, then back after a restart: 2 orders a second, half of them waiting up to 0.1 s and half up to 0.2 s.
        static IEnumerable<long> Scraped() => Enumerable.Range(0, 40).Concat(Enumerable.Range(80, 40)).Select(i => i * 15L);
        static long Count(long second) => 2 * (second < 1200 ? second : second - 1200);
        Write("orders_total", second => Count(second));
        Write("wait_seconds_bucket", second => Count(second) / 2, ",le=\"0.1\"");
        Write("wait_seconds_bucket", second => Count(second), ",le=\"0.2\"");
        Write("wait_seconds_bucket", second => Count(second), ",le=\"+Inf\"");
        Write("wait_seconds_count", second => Count(second));
        Write("pause_seconds_count", second => Count(second));
        Write("pause_seconds_sum", second => Count(second) * 0.25);
        await using RealPrometheus prometheus = await RealPrometheus.StartAsync(history.Append("# EOF\n").ToString());
        var options = new PrometheusOptions { Url = prometheus.Url, Interval = TimeSpan.FromSeconds(1), Step = TimeSpan.FromSeconds(15), Match = ["{job=\"history\"}"] };
        var source = new PrometheusSource(options, _sink.TakeAsync, _ => null, TimeProvider.System, NullLogger<PrometheusSource>.Instance);

        await RunUntilAsync(source, () => source.Status.State == SourceState.Ok && Metrics().Count >= 7, "what was written before");

        Metrics().ShouldBe(
            ["orders_total:rate", "pause_seconds:mean", "pause_seconds_count:rate", "wait_seconds:p50", "wait_seconds:p95", "wait_seconds:p99", "wait_seconds_count:rate"]);
        foreach ((string metric, double expected) in new[]
        {
            ("orders_total:rate", 2), ("pause_seconds:mean", 0.25), ("pause_seconds_count:rate", 2), ("wait_seconds:p50", 0.1), ("wait_seconds:p95", 0.19), ("wait_seconds_count:rate", 2),
        })
        {
            IngestBatch.Row[] rows = [.. _sink.Rows.Where(row => row.Series.Metric == metric)];
            rows.ShouldAllBe(row => Math.Abs(row.Value - expected) < 1e-6);
            rows.Select(row => row.TimeMs / 1000 - begin).ShouldBe(Scraped().Where(second => second is not 0 and not 1200).Select(second => (long?)second + 15));
        }
    }

    [Fact]
    public async Task Selectors_and_a_list_pull_only_what_they_name()
    {
        RealPrometheus.Require();
        PrometheusSource source = Source(options => options with
        {
            Metrics = ["up", "prometheus_http_request_duration_seconds"],
            Match = ["{job=\"prometheus\"}", "{__name__=~\"up|prometheus_http.*\"}"],
        });

        await RunUntilAsync(source, () => Metrics().Contains("prometheus_http_request_duration_seconds:p95") && _sink.Rows.Any(row => row.Series.Label("job") == "node"), "quantiles and the other job's up");

        Metrics().ShouldBe(
            [
                "prometheus_http_request_duration_seconds:p50", "prometheus_http_request_duration_seconds:p95", "prometheus_http_request_duration_seconds:p99",
                "prometheus_http_request_duration_seconds_count:rate", "up",
            ]);
        _sink.Rows.Select(row => (row.Series.Text, row.TimeMs)).Distinct().Count().ShouldBe(_sink.Rows.Count());
    }

    private SortedSet<string> Metrics() => [.. _sink.Rows.Select(row => row.Series.Metric)];

    private PrometheusSource Source(Func<PrometheusOptions, PrometheusOptions>? with = null)
    {
        var options = new PrometheusOptions { Url = _prometheus!.Url, Interval = TimeSpan.FromSeconds(1) };
        return new(with?.Invoke(options) ?? options, _sink.TakeAsync, Last, TimeProvider.System, NullLogger<PrometheusSource>.Instance);
    }

    private long? Last(string metric) => _sink.Rows.Where(row => row.Series.Metric == metric).Max(row => row.TimeMs);

    private static async Task RunUntilAsync(PrometheusSource source, Func<bool> condition, string what)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task running = source.RunAsync(cancel.Token);
        try
        {
            await RecordingSink.UntilAsync(condition, what, seconds: 60);
        }
        finally
        {
            await cancel.CancelAsync();
            await running;
        }
    }
}
