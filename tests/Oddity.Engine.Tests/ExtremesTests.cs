using System.Collections.Concurrent;
using Oddity.Detection;
using Oddity.Engine.Alerting;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

/// <summary>The largest and smallest times and values that the gate lets in.</summary>
public class ExtremesTests
{
    private const long Noon = 1_700_000_000_000;
    private const long Year9999 = 253_402_300_799_999;

    private static readonly double[] Values =
        [0, -0.0, double.Epsilon, -double.Epsilon, 1e-308, 1, -1, 1e150, -1e150, 1e300, double.MaxValue, double.MinValue, 1e308, -1e308];

    public static TheoryData<string> Detectors => [.. DetectorCatalogue.All.Select(entry => entry.Id)];

    [Theory]
    [MemberData(nameof(Detectors))]
    public async Task Any_finite_values_are_judged_explained_stored_and_read_back(string detector)
    {
        var random = new Random(7);
        (long, double)[] samples = [.. Enumerable.Range(0, 3_000).Select(i => (Noon + (i * 1000L), i % 200 < 150 ? 50 + (i % 7) : Values[random.Next(Values.Length)]))];
        await CheckAsync(detector, samples);
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public async Task Any_times_are_judged_explained_stored_and_read_back(string detector)
    {
        long[] times = [long.MinValue, long.MinValue + 1, -Year9999 * 3, -1, 0, 1, Noon, Noon + 1, Year9999, Year9999 + 1, long.MaxValue - 1];
        await CheckAsync(detector, [.. times.SelectMany(time => Enumerable.Range(0, 60).Select(i => (time, i == 59 ? 900 : 50.0 + (i % 3))))]);
    }

    [Fact]
    public async Task The_export_is_in_order_of_time_to_the_ends_of_time()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        long[] times = [long.MinValue, long.MinValue + 1, -5_000_000_000_000_000_000, -4_000_000_000_000_000_000, -1, 0, 5_000_000_000_000_000_000, 5_000_000_000_000_000_001, long.MaxValue];
        foreach (long time in times.Reverse()) await engine.Pipeline.ReportAsync(SeriesKey.Create("default", "m"), time, 1, Severity.Low, "", CancellationToken.None);
        var read = (await engine.ExportAsync()).Select(line => AnomalyJson.Read(line, "default").StartMs);
        read.ShouldBe(times);
    }

    [Fact]
    public async Task An_anomaly_of_the_beginning_of_time_alerts_nobody()
    {
        var sink = new Sink();
        await using TestEngine engine = await TestEngine.StartAsync(change: options => options with { Alerting = new() { DefaultChannels = ["sink"] } }, channels: [sink]);
        await engine.SendAsync("m", [.. Enumerable.Repeat((long.MinValue, 50.0), 10), (long.MinValue, 200.0)]);
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await engine.SendAsync("fresh", [.. Enumerable.Repeat((now, 50.0), 10), (now, 200.0)]);
        await engine.Pipeline.SettleAsync(CancellationToken.None);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!sink.Alerts.Any(alert => alert.Anomaly.Series.Metric == "fresh")) await Task.Delay(10, limit.Token);
        sink.Alerts.Select(alert => alert.Anomaly.Series.Metric).ShouldBe(["fresh"]);
    }

    private static async Task CheckAsync(string detector, (long TimeMs, double Value)[] samples)
    {
        string directory = Directory.CreateTempSubdirectory("oddity-test-").FullName;
        SeriesKey[] dimensions = [SeriesKey.Create("default", "a"), SeriesKey.Create("default", "b")];
        Func<EngineOptions, EngineOptions> watch = options => options with { Watch = new() { Detector = detector, Limits = [new("a", 85, null)] } };
        string digest;
        await using (TestEngine engine = await TestEngine.StartAsync(directory, watch))
        {
            var batch = new IngestBatch("default");
            foreach ((long timeMs, double value) in samples)
            {
                batch.NextRecord();
                batch.AddVector(SeriesKey.Create("default", "v"), dimensions, timeMs, [value, -value / 2]);
            }

            (await engine.Pipeline.IngestAsync(batch, new(Backfill: true), CancellationToken.None)).Accepted.ShouldBe(samples.Length);
            await engine.Pipeline.SettleAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            engine.Pipeline.Failure.IsCompleted.ShouldBeFalse();
            await engine.Pipeline.CheckpointAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            digest = (await engine.Pipeline.DigestAsync(CancellationToken.None)).Sha256;
        }

        await using (TestEngine engine = await TestEngine.StartAsync(directory, watch))
        {
            (await engine.Pipeline.DigestAsync(CancellationToken.None)).Sha256.ShouldBe(digest);
            Sample[] read = await engine.Pipeline.ReadSamplesAsync(dimensions[0], long.MinValue, long.MaxValue, int.MaxValue, CancellationToken.None);
            read.Select(sample => (sample.TimeMs, sample.Value)).ShouldBe(samples);
            (await engine.Pipeline.ReadScoredAsync(dimensions[0], long.MinValue, long.MaxValue, 100, CancellationToken.None)).Scores
                .ShouldAllBe(score => double.IsFinite(score.Value) && double.IsFinite(score.Expected));
            AnomalyPage page = await engine.Pipeline.ListAnomaliesAsync(new() { Tenant = "default", Limit = 1000 }, CancellationToken.None);
            page.Items.ShouldNotBeEmpty();
            (await engine.ExportAsync()).Count.ShouldBeGreaterThanOrEqualTo(page.Items.Count);
        }

        Directory.Delete(directory, recursive: true);
    }

    private sealed class Sink : IChannel
    {
        public string Name => "sink";

        public ConcurrentQueue<Alert> Alerts { get; } = [];

        public Task<Delivery> SendAsync(Alert alert, CancellationToken cancel)
        {
            Alerts.Enqueue(alert);
            return Task.FromResult(Delivery.Done);
        }
    }
}
