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

        // Neither did the idle and busy seconds of the processors fade out over the rate's window: together they are a second a second.
        double[] total = [.. rows.Where(row => row.Series.Metric == "node_cpu_seconds_total:rate").GroupBy(row => (row.TimeMs, row.Series.Label("cpu"))).Select(one => one.Sum(row => row.Value))];
        total.ShouldAllBe(seconds => seconds > 0.5 && seconds < 1.5);
    }

    [Fact]
    public async Task Selectors_and_a_list_pull_only_what_they_name()
    {
        RealPrometheus.Require();
        PrometheusSource source = Source(options => options with
        {
            Metrics = ["up", "prometheus_http_request_duration_seconds"], Match = ["{job=\"prometheus\"}", "{__name__=~\"up|prometheus_http.*\"}"],
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
