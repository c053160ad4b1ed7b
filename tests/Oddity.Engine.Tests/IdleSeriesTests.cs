using Oddity.Detection;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

/// <summary>Series that nothing is sent to sleep and come back as they were: whatever is asked or sent, results are those of a server whose series never sleep.</summary>
public sealed class IdleSeriesTests : IDisposable
{
    private const long Noon = 1_700_000_000_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("oddity-test-").FullName;

    private int _folders;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("zscore")]
    [InlineData("adaptive")]
    [InlineData("none")]
    public async Task Sleep_changes_no_result(string detector)
    {
        (string digest, List<string> export, Sample[] samples) = await RunAsync(TimeSpan.Zero, detector, restart: false);
        (await RunAsync(TimeSpan.FromTicks(1), detector, restart: false)).ShouldSatisfyAllConditions(
            run => run.Digest.ShouldBe(digest), run => run.Export.ShouldBe(export), run => run.Samples.ShouldBe(samples));
        (await RunAsync(TimeSpan.FromTicks(1), detector, restart: true)).ShouldSatisfyAllConditions(
            run => run.Digest.ShouldBe(digest), run => run.Export.ShouldBe(export), run => run.Samples.ShouldBe(samples));
        if (detector == "zscore") export.Count.ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task What_sleeps_takes_no_detector_along_and_answers_questions_and_deletion()
    {
        await using TestEngine engine = await TestEngine.StartAsync(change: options => options with { IdleAfter = TimeSpan.FromTicks(1) });
        await SendAsync(engine, 0, 100);
        await RestAsync(engine);
        engine.Pipeline.AsleepSeries.ShouldBe(5);
        (await engine.Pipeline.ReadSamplesAsync(Key(0), long.MinValue, long.MaxValue, 1_000, Cancel)).Length.ShouldBe(100);
        engine.Pipeline.AsleepSeries.ShouldBe(4);
        var question = new IngestBatch("default");
        question.NextRecord();
        question.Add(Key(1), Noon + 101_000, 9_999);
        (await engine.Pipeline.PredictAsync(question, Cancel)).ShouldHaveSingleItem().Score.Anomalous.ShouldBeTrue();
        engine.Pipeline.AsleepSeries.ShouldBe(3);
        (await engine.Pipeline.DeleteSeriesAsync(Key(2), Cancel)).ShouldBeTrue();
        await SendAsync(engine, 100, 10);
        await engine.Pipeline.SettleAsync(Cancel);
        engine.Pipeline.FindSeries(Key(2))!.SampleCount.ShouldBe(10);
        engine.Pipeline.FindSeries(Key(3))!.SampleCount.ShouldBe(110);
        engine.Pipeline.AsleepSeries.ShouldBe(0);
    }

    private async Task<(string Digest, List<string> Export, Sample[] Samples)> RunAsync(TimeSpan idle, string detector, bool restart)
    {
        string folder = Path.Combine(_directory, $"{Interlocked.Increment(ref _folders)}");
        Func<EngineOptions, EngineOptions> change = options => options with { IdleAfter = idle, Watch = new() { Detector = detector, Limits = [] } };
        TestEngine engine = await TestEngine.StartAsync(folder, change);
        for (int part = 0; part < 4; part++)
        {
            await SendAsync(engine, part * 300, 300);
            await RestAsync(engine);
            if (part == 2) (await engine.Pipeline.DigestAsync(Cancel)).Series.ShouldBe(5);
            if (!restart) continue;
            await engine.DisposeAsync();
            engine = await TestEngine.StartAsync(folder, change);
        }

        await engine.Pipeline.SettleAsync(Cancel);
        List<string> export = await engine.ExportAsync();
        string digest = (await engine.Pipeline.DigestAsync(Cancel)).Sha256;
        Sample[] samples = await engine.Pipeline.ReadSamplesAsync(Key(0), long.MinValue, long.MaxValue, int.MaxValue, Cancel);
        await engine.DisposeAsync();
        return (digest, export, samples);
    }

    private static async Task RestAsync(TestEngine engine)
    {
        await engine.Pipeline.SettleAsync(Cancel);
        for (int i = 0; i < 8; i++) await engine.Pipeline.CheckpointAsync(Cancel);
    }

    private static async Task SendAsync(TestEngine engine, int from, int count)
    {
        var batch = new IngestBatch("default");
        for (int i = from; i < from + count; i++)
        {
            for (int series = 0; series < 5; series++)
            {
                batch.NextRecord();
                batch.Add(Key(series), Noon + (i * 1000L), i % 170 == 160 ? 900 + i : 50 + (((i * 7919) + series) % 13));
            }
        }

        (await engine.Pipeline.IngestAsync(batch, new(Backfill: true), Cancel)).Rejected.ShouldBe(0);
    }

    private static SeriesKey Key(int number) => SeriesKey.Create("default", "m", [new("s", $"{number}")]);
}
