using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Prometheus;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Tests;

/// <summary>The puller against a Prometheus that fails in every way.</summary>
public sealed class PrometheusSourceTests
{
    private readonly FakePrometheus _prometheus = new();
    private readonly RecordingSink _sink = new();
    private long? _last;

    public PrometheusSourceTests() => _last = (_prometheus.NowMs - 300_000) / 15_000 * 15_000;

    [Fact]
    public async Task Every_value_is_pulled_once_in_order_up_to_what_prometheus_has_settled()
    {
        await using var server = new FakeServer(_prometheus.Handle);
        PrometheusSource source = Source(server.Url);

        await RunUntilAsync(source, () => _sink.Rows.Count() >= 36);

        AssertGapless("a");
        AssertGapless("b");
        source.Status.LastSuccessMs.ShouldNotBeNull();
        source.Status.Detail.ShouldBe("2 metrics every 0.02 s in steps of 15 s");
        server.Requests.Where(request => request.Path == "/api/v1/query_range").ShouldAllBe(request => request.Method == "POST");
        server.Requests.Count(request => request.Path == "/api/v1/label/__name__/values").ShouldBe(1);
    }

    [Fact]
    public async Task Its_clock_counts_not_ours()
    {
        _prometheus.ClockOffset = TimeSpan.FromHours(-5);
        _last = null;
        await using var server = new FakeServer(_prometheus.Handle);

        await RunUntilAsync(Source(server.Url), () => _sink.Rows.Any());

        _sink.Rows.Max(row => row.TimeMs).ShouldNotBeNull().ShouldBeInRange(_prometheus.NowMs - 60_000, _prometheus.NowMs);
        AssertGapless("a", begin: false);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(429)]
    [InlineData(401)]
    [InlineData(302)]
    [InlineData(404)]
    [InlineData(0)]
    public async Task A_server_that_refuses_for_a_while_costs_no_value(int status)
    {
        int failures = 0;
        _prometheus.Break = request => request.Path == "/api/v1/query_range" && failures++ < 1 ? Page(status, "oops") : null;
        await using var server = new FakeServer(_prometheus.Handle);
        PrometheusSource source = Source(server.Url);
        bool failed = false;

        await RunUntilAsync(source, () => (failed |= source.Status.State == SourceState.Failing) && _sink.Rows.Count() >= 36);

        AssertGapless("a");
        AssertGapless("b");
    }

    [Theory]
    [InlineData("/api/v1/query", 401, "127.0.0.1:PORT: it wants credentials")]
    [InlineData("/api/v1/query", 403, "127.0.0.1:PORT: the credentials do not allow this")]
    [InlineData("/api/v1/query", 404, "127.0.0.1:PORT: there is no Prometheus API at this address")]
    [InlineData("/api/v1/query", 302, "127.0.0.1:PORT: it leads elsewhere; set the final address")]
    [InlineData("/api/v1/query", 500, "127.0.0.1:PORT: it answered 500")]
    [InlineData("/api/v1/query", 200, "127.0.0.1:PORT: the answer is not what Prometheus answers")]
    [InlineData("/api/v1/query_range", 200, "127.0.0.1:PORT: the answer is not what Prometheus answers")]
    [InlineData("/api/v1/metadata", 500, "127.0.0.1:PORT: it answered 500")]
    public async Task What_is_wrong_is_told(string path, int status, string detail)
    {
        _prometheus.Break = request => request.Path == path ? Page(status, "<html>login</html>") : null;
        await using var server = new FakeServer(_prometheus.Handle);
        PrometheusSource source = Source(server.Url);

        await RunUntilAsync(source, () => source.Status.State == SourceState.Failing);

        source.Status.Detail.ShouldBe(detail.Replace("PORT", $"{server.Port}"));
        _sink.Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cut_a_hung_and_an_endless_answer_are_tried_again()
    {
        int request = 0;
        _prometheus.Break = asked => asked.Path != "/api/v1/query_range" ? null : request++ switch
        {
            0 => new(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"__name__\":\"a\"},\"values\":[[1,\"2\"],") { CutAfter = 60 },
            1 => new(200) { Hang = true },
            2 => new(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[" + new string(' ', 2_000_000)),
            _ => null,
        };
        await using var server = new FakeServer(_prometheus.Handle);

        await RunUntilAsync(Source(server.Url, options => options with { Timeout = TimeSpan.FromMilliseconds(300), MaxAnswerBytes = 1 << 20 }), () => _sink.Rows.Count() >= 36);

        request.ShouldBeGreaterThan(3);
        AssertGapless("a");
        AssertGapless("b");
    }

    [Fact]
    public async Task A_query_that_is_refused_leaves_the_others_alone()
    {
        _prometheus.Break = request => request.Path == "/api/v1/query_range" && request.Values("query").Single().Contains('b')
            ? FakePrometheus.Error(422, "execution", "query processing would load too many samples") : null;
        await using var server = new FakeServer(_prometheus.Handle);
        _prometheus.Names.Add("c");
        PrometheusSource source = Source(server.Url);

        await RunUntilAsync(source, () => source.Status.Detail?.Contains("refused") == true && _sink.Rows.Count() >= 36);

        AssertGapless("a");
        AssertGapless("c");
        source.Status.Detail.ShouldBe("3 metrics every 0.02 s in steps of 15 s; 1 refused, b: it answered 422: query processing would load too many samples");
    }

    [Fact]
    public async Task A_restart_of_prometheus_is_sat_out()
    {
        var server = new FakeServer(_prometheus.Handle);
        PrometheusSource source = Source(server.Url);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task running = source.RunAsync(cancel.Token);
        await RecordingSink.UntilAsync(() => _sink.Rows.Any(), "the first values");
        int port = server.Port;
        await server.DisposeAsync();
        await RecordingSink.UntilAsync(() => source.Status.State == SourceState.Failing, "the outage is noticed");
        source.Status.Detail.ShouldNotBeNull().ShouldStartWith($"127.0.0.1:{port}: no connection: ");

        await using var back = new FakeServer(_prometheus.Handle, port);
        _prometheus.ClockOffset = TimeSpan.FromHours(2);
        await RecordingSink.UntilAsync(() => _sink.Rows.Any(row => row.TimeMs > _prometheus.NowMs - 60_000), "what was missed");
        await cancel.CancelAsync();
        await running;

        AssertGapless("a");
        _sink.Batches.Max(batch => batch.RecordCount).ShouldBeLessThanOrEqualTo(2 * 250);
    }

    [Fact]
    public async Task What_the_engine_cannot_take_is_pulled_again_later()
    {
        _sink.Answer = new(IngestOutcome.Overloaded, 0, 0, [], TimeSpan.FromMilliseconds(100));
        await using var server = new FakeServer(_prometheus.Handle);
        PrometheusSource source = Source(server.Url);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task running = source.RunAsync(cancel.Token);
        await RecordingSink.UntilAsync(() => source.Status.State == SourceState.Failing, "the refusal is noticed");
        source.Status.Detail.ShouldBe($"127.0.0.1:{server.Port}: the server is too busy to take samples");

        _sink.Answer = null;
        await RecordingSink.UntilAsync(() => _sink.Rows.Count() >= 36, "what was refused");
        await cancel.CancelAsync();
        await running;

        AssertGapless("a");
    }

    [Theory]
    [InlineData("t0ken", null, "Bearer t0ken")]
    [InlineData(null, "u:p", "Basic dTpw")]
    [InlineData(null, null, null)]
    public async Task Credentials_are_sent(string? token, string? login, string? header)
    {
        await using var server = new FakeServer(_prometheus.Handle);

        await RunUntilAsync(
            Source(server.Url, options => options with { BearerToken = token, Login = login is null ? null : (login.Split(':')[0], login.Split(':')[1]) }), () => _sink.Rows.Any());

        server.Requests.ShouldAllBe(request => request.Headers.GetValueOrDefault("Authorization") == header);
    }

    [Fact]
    public async Task A_prefix_selectors_a_list_and_labels_are_heeded()
    {
        _prometheus.Names.Add("c");
        await using var server = new FakeServer(request => request.Target.StartsWith("/prom/", StringComparison.Ordinal) ? _prometheus.Handle(request with { Target = request.Target[5..] }) : new(404));

        await RunUntilAsync(
            Source(new(server.Url, "/prom/"), options => options with { Metrics = ["a", "c"], Match = ["{job=\"x\"}"], Labels = [new("prometheus", "p1")] }), () => _sink.Rows.Any());

        _sink.Rows.Select(row => row.Series.Text).Distinct().ShouldBe(["a{prometheus=\"p1\"}", "c{prometheus=\"p1\"}"]);
        server.Requests.Single(request => request.Path.EndsWith("/values", StringComparison.Ordinal)).Values("match[]").ShouldBe(["{job=\"x\"}"]);
        server.Requests.First(request => request.Path.EndsWith("query_range", StringComparison.Ordinal)).Values("query").ShouldBe(["last_over_time({__name__=~\"a|c\",job=\"x\"}[15000ms])"]);
    }

    [Fact]
    public async Task Servers_without_metadata_and_targets_are_pulled_in_steps_of_15_seconds()
    {
        _prometheus.Break = request => request.Path is "/api/v1/metadata" or "/api/v1/targets" ? new(404, "") : null;
        await using var server = new FakeServer(_prometheus.Handle);
        PrometheusSource source = Source(server.Url);

        await RunUntilAsync(source, () => _sink.Rows.Count() >= 36);

        source.Status.Detail.ShouldNotBeNull().ShouldEndWith("in steps of 15 s");
    }

    [Fact]
    public async Task Metrics_beyond_the_limit_are_left_out_and_told()
    {
        await using var server = new FakeServer(_prometheus.Handle);
        PrometheusSource source = Source(server.Url, options => options with { MaxMetrics = 1 });

        await RunUntilAsync(source, () => _sink.Rows.Any());

        _sink.Rows.ShouldAllBe(row => row.Series.Metric == "a");
        source.Status.Detail.ShouldNotBeNull().ShouldEndWith("; 1 metrics beyond the limit left out");
    }

    private static FakeServer.Answer Page(int status, string text) => new(status, text) { ContentType = "text/html" };

    private PrometheusSource Source(Uri url, Func<PrometheusOptions, PrometheusOptions>? with = null)
    {
        var options = new PrometheusOptions { Url = url, Interval = TimeSpan.FromMilliseconds(20) };
        return new(with?.Invoke(options) ?? options, _sink.TakeAsync, _ => _last, TimeProvider.System, NullLogger<PrometheusSource>.Instance);
    }

    private async Task RunUntilAsync(PrometheusSource source, Func<bool> condition)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task running = source.RunAsync(cancel.Token);
        await RecordingSink.UntilAsync(condition, "what the test waits for");
        await cancel.CancelAsync();
        await running;
        source.Status.State.ShouldBe(SourceState.Off);
    }

    /// <summary>Each step once, in order, each value that of its time.</summary>
    private void AssertGapless(string metric, bool begin = true)
    {
        IngestBatch.Row[] rows = [.. _sink.Rows.Where(row => row.Series.Metric == metric)];
        rows.ShouldNotBeEmpty();
        if (begin) rows[0].TimeMs.ShouldBe(_last + 15_000);
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i].TimeMs.ShouldBe(rows[0].TimeMs + i * 15_000);
            (rows[i].Value * 1000).ShouldBe(rows[i].TimeMs!.Value);
        }
    }
}
