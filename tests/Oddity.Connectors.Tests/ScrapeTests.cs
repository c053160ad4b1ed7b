using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Connectors.Outbound;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Scrape;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Tests;

/// <summary>Scraping: single scrapes against a server that says what a test wants, and the source against the real thing.</summary>
public sealed class ScrapeTests
{
    private static readonly long Begin = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 3_600_000;

    private string _body = "";
    private int _status = 200;
    private string _type = "text/plain; version=0.0.4";

    [Fact]
    public async Task A_scrape_is_its_samples_with_the_targets_labels_and_what_it_cost()
    {
        await using TestPipeline engine = await TestPipeline.StartAsync();
        await using FakeServer server = Server();
        ScrapeLoop loop = Loop(engine, server);
        _body = "m{l=\"1\"} 7\nm{l=\"1\"} 8\nquiet NaN\nown{job=\"theirs\",exported_job=\"x\"} 1\nold 5 " + (Begin - 60_000) + "\n";
        await loop.ScrapeAsync(Begin, CancellationToken.None);
        (await engine.SamplesAsync(Series("m", "l=\"1\""))).ShouldBe([(Begin, 7.0)]);
        (await engine.ValuesAsync($"own{{exported_exported_job=\"theirs\",exported_job=\"x\",{Own(server)}}}")).ShouldBe([1]);
        (await engine.SamplesAsync(Series("old"))).ShouldBe([(Begin - 60_000, 5.0)]);
        (await engine.SamplesAsync(Series("up"))).ShouldBe([(Begin, 1.0)]);
        (await engine.ValuesAsync(Series("scrape_samples_scraped"))).ShouldBe([5]);
        (await engine.ValuesAsync(Series("scrape_series_added"))).ShouldBe([4]);
        (await engine.ValuesAsync(Series("scrape_duration_seconds")))[0].ShouldBeGreaterThan(0);
        server.Requests[0].Headers["Accept"].ShouldStartWith("application/openmetrics-text");
        loop.Trouble.ShouldBeNull();
        loop.Skipped.ShouldBe(1);

        string Series(string metric, string more = "") => $"{metric}{{{Own(server)}{(more.Length > 0 ? "," + more : "")}}}";
    }

    [Fact]
    public async Task What_is_gone_ends_and_a_failed_scrape_ends_everything()
    {
        await using TestPipeline engine = await TestPipeline.StartAsync();
        await using FakeServer server = Server();
        ScrapeLoop loop = Loop(engine, server);
        for (int i = 0; i < 30; i++)
        {
            _body = $"a {(i < 29 ? 50 : 900)}\nb {(i < 29 ? 50 : 900)}\n";
            await loop.ScrapeAsync(Begin + (i * 1000), CancellationToken.None);
        }

        (await OngoingAsync(engine)).ShouldBe(["a", "b"]);
        _body = "b 900\n";
        await loop.ScrapeAsync(Begin + 30_000, CancellationToken.None);
        (await OngoingAsync(engine)).ShouldBe(["b"]);
        (_status, _body) = (500, "b 900\n");
        await loop.ScrapeAsync(Begin + 31_000, CancellationToken.None);
        (await OngoingAsync(engine)).ShouldNotContain("b");
        (await engine.ValuesAsync($"up{{{Own(server)}}}"))[^2..].ShouldBe([1, 0]);
        loop.Trouble.ShouldBe("it answered 500");
        _status = 200;
        await loop.ScrapeAsync(Begin + 32_000, CancellationToken.None);
        (await engine.ValuesAsync($"b{{{Own(server)}}}")).Length.ShouldBe(32);
        (await engine.ValuesAsync($"scrape_series_added{{{Own(server)}}}"))[^1].ShouldBe(1);
    }

    [Theory]
    [InlineData("m 1\nbad-name 2\n", "text/plain", "line 2: The metric's name has characters that need quotes: \"bad-name\"")]
    [InlineData("m 1\nn x\n", "text/plain", "line 2: The value \"x\" is not a number")]
    [InlineData("m 1\n", "application/openmetrics-text; version=1.0.0", "the text does not end with # EOF")]
    [InlineData("a 1\nb 1\nc 1\nd 1\n", "text/plain", "more than 3 samples, the sample_limit")]
    [InlineData("long", "text/plain", "the answer is longer than 2000 bytes, the body_size_limit")]
    public async Task Of_a_text_that_is_wrong_nothing_is_stored(string body, string type, string trouble)
    {
        await using TestPipeline engine = await TestPipeline.StartAsync();
        await using FakeServer server = Server();
        ScrapeLoop loop = Loop(engine, server, job => job with { SampleLimit = 3, BodySizeLimit = 2000 }, maxBytes: 2000);
        (_body, _type) = (body == "long" ? "m 1\n" + new string('#', 3000) : body, type);
        await loop.ScrapeAsync(Begin, CancellationToken.None);
        loop.Trouble.ShouldBe(trouble);
        (await engine.ValuesAsync($"up{{{Own(server)}}}")).ShouldBe([0]);
        (await engine.ValuesAsync($"m{{{Own(server)}}}")).ShouldBeEmpty();
        engine.Pipeline.CountSeries(SeriesKey.DefaultTenant).ShouldBe(5);
    }

    [Fact]
    public async Task Labels_are_honored_and_relabelled_as_asked_and_credentials_sent()
    {
        await using TestPipeline engine = await TestPipeline.StartAsync();
        await using FakeServer server = Server();
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "secret\n", TestContext.Current.CancellationToken);
        ScrapeLoop loop = Loop(engine, server, job => job with
        {
            HonorLabels = true,
            Login = ("me", new(null, file)),
            MetricRelabel = [new() { Action = RelabelAction.Drop, SourceLabels = ["__name__"], Regex = "go_.*" }, new() { SourceLabels = ["__name__"], TargetLabel = "__name__", Replacement = "p_$1" }],
        });
        _body = "go_gc 1\nm{job=\"theirs\"} 2\n";
        for (int i = 0; i < 20; i++) await loop.ScrapeAsync(Begin + i, CancellationToken.None);
        (await engine.ValuesAsync($"p_m{{instance=\"127.0.0.1:{server.Port}\",job=\"theirs\"}}")).Length.ShouldBe(20);
        (await engine.ValuesAsync($"scrape_samples_post_metric_relabeling{{{Own(server)}}}"))[^1].ShouldBe(1);
        engine.Pipeline.CountSeries(SeriesKey.DefaultTenant).ShouldBe(6);
        server.Requests[0].Headers["Authorization"].ShouldBe("Basic bWU6c2VjcmV0");
        File.Delete(file);
        await loop.ScrapeAsync(Begin + 20, CancellationToken.None);
        loop.Trouble.ShouldBe("the file of a secret cannot be read");
    }

    [Fact]
    public async Task Targets_of_the_network_that_the_guard_forbids_are_not_called()
    {
        await using TestPipeline engine = await TestPipeline.StartAsync();
        await using FakeServer server = Server();
        ScrapeLoop loop = Loop(engine, server, allowPrivate: false);
        await loop.ScrapeAsync(Begin, CancellationToken.None);
        loop.Trouble.ShouldBe("127.0.0.1 leads to an address that is not allowed");
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_real_node_exporter_and_Prometheus_are_scraped_and_a_file_of_targets_is_followed()
    {
        RealPrometheus.Require();
        await using RealPrometheus real = await RealPrometheus.StartAsync();
        await using TestPipeline engine = await TestPipeline.StartAsync();
        string folder = Directory.CreateTempSubdirectory("oddity-targets-").FullName;
        var options = new ScrapeOptions
        {
            Jobs =
            [
                new() { Name = "node", Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(1), Groups = [new([real.Instance], [new("zone", "z")])] },
                new() { Name = "files", Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(1), TargetFiles = [Path.Combine(folder, "*.json")] },
            ],
        };
        var source = new ScrapeSource(options, engine.Pipeline, TimeProvider.System, NullLogger<ScrapeSource>.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task running = source.RunAsync(stop.Token);
        string node = $"instance=\"{real.Instance}\",job=\"node\",zone=\"z\"", prometheus = $"instance=\"{real.Url.Authority}\",job=\"files\"";
        await engine.UntilAsync($"node_load1{{{node}}}", 3, () => $"{source.Status}");
        await File.WriteAllTextAsync(Path.Combine(folder, "a.json"), $$"""[{"targets": ["{{real.Url.Authority}}"]}]""", TestContext.Current.CancellationToken);
        await engine.UntilAsync($"process_open_fds{{{prometheus}}}", 2, () => $"{source.Status}");
        source.Status.Detail.ShouldNotBeNull().ShouldStartWith("2 of 2 targets up");
        (long TimeMs, double Value)[] up = await engine.SamplesAsync($"up{{{node}}}");
        up.ShouldAllBe(sample => sample.Value == 1);
        await real.StopExporterAsync();
        await RecordingSink.UntilAsync(() => source.Status.Detail is { } detail && detail.StartsWith("1 of 2 targets up;", StringComparison.Ordinal) && detail.Contains("; node 127.0.0.1:", StringComparison.Ordinal), $"the status tells of the target: {source.Status}");
        (await engine.ValuesAsync($"up{{{node}}}"))[^1].ShouldBe(0);
        File.Delete(Path.Combine(folder, "a.json"));
        await RecordingSink.UntilAsync(() => source.Status.Detail?.StartsWith("0 of 1 targets up", StringComparison.Ordinal) ?? false, $"the file's target is given up: {source.Status}");
        source.Status.State.ShouldBe(SourceState.Failing);
        await stop.CancelAsync();
        await running;
        source.Status.State.ShouldBe(SourceState.Off);
        Directory.Delete(folder, recursive: true);
    }

    private FakeServer Server() => new(_ => new(_status, _body) { ContentType = _type });

    private static string Own(FakeServer server) => $"instance=\"127.0.0.1:{server.Port}\",job=\"j\"";

    private static ScrapeLoop Loop(TestPipeline engine, FakeServer server, Func<ScrapeJob, ScrapeJob>? change = null, int maxBytes = 1 << 20, bool allowPrivate = true)
    {
        var job = new ScrapeJob { Name = "j" };
        ScrapeTarget target = ScrapeTarget.Of(change?.Invoke(job) ?? job, $"127.0.0.1:{server.Port}", [])!;
        return new(target, new OutboundHttp(new() { AllowPrivate = allowPrivate, MaxAnswerBytes = maxBytes }, TimeProvider.System), new SemaphoreSlim(1), engine.Pipeline, SeriesKey.DefaultTenant, TimeProvider.System);
    }

    private static async Task<string[]> OngoingAsync(TestPipeline engine)
    {
        await engine.Pipeline.SettleAsync(TestContext.Current.CancellationToken);
        AnomalyPage page = await engine.Pipeline.ListAnomaliesAsync(new() { Tenant = SeriesKey.DefaultTenant }, TestContext.Current.CancellationToken);
        return [.. page.Items.Where(anomaly => anomaly.EndMs is null).Select(anomaly => anomaly.Series.Metric).Where(metric => metric is "a" or "b").Order()];
    }
}
