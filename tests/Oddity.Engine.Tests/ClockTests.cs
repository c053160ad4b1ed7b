using Oddity.Engine.Intake;

namespace Oddity.Engine.Tests;

/// <summary>The wall clock only labels: set forward or back by a day between batches, it changes no result, and afterwards everything goes on.</summary>
public class ClockTests
{
    private const long Noon = 1_700_000_000_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_clock_that_jumps_changes_no_result()
    {
        (string digest, List<string> export) = await RunAsync([]);
        export.Count.ShouldBeGreaterThan(2);
        (await RunAsync([86_400_000, -172_800_000, 60_000, 400L * 86_400_000, -400L * 86_400_000])).ShouldSatisfyAllConditions(
            run => run.Digest.ShouldBe(digest), run => run.Export.ShouldBe(export));
    }

    [Fact]
    public async Task After_a_jump_live_samples_are_measured_by_the_clock_as_it_is_now_and_nothing_else_suffers()
    {
        var clock = new Clock();
        await using TestEngine engine = await TestEngine.StartAsync(time: clock);
        (await engine.SendAsync("m", [(Noon, 1.0)], IngestOptions.Live)).Accepted.ShouldBe(1);
        clock.NowMs -= 86_400_000;
        (await engine.SendAsync("m", [(Noon, 2.0)], IngestOptions.Live)).Outcome.ShouldBe(IngestOutcome.NothingAccepted);
        (await engine.SendAsync("m", [(clock.NowMs, 3.0)], IngestOptions.Live)).Accepted.ShouldBe(1);
        await engine.Pipeline.CheckpointAsync(Cancel);
        clock.NowMs += 2 * 86_400_000;
        (await engine.SendAsync("m", [(clock.NowMs, 4.0)], IngestOptions.Live)).Accepted.ShouldBe(1);
        await engine.Pipeline.SettleAsync(Cancel);
        engine.Pipeline.Failure.IsCompleted.ShouldBeFalse();
        engine.Pipeline.FindSeries(Oddity.Engine.Series.SeriesKey.Create("default", "m"))!.SampleCount.ShouldBe(3);
    }

    private static async Task<(string Digest, List<string> Export)> RunAsync(long[] jumps)
    {
        var clock = new Clock();
        await using TestEngine engine = await TestEngine.StartAsync(time: clock);
        for (int batch = 0; batch < 8; batch++)
        {
            if (jumps.Length > 0) clock.NowMs += jumps[batch % jumps.Length];
            int first = batch * 100;
            await engine.SendAsync("m", Enumerable.Range(first, 100).Select(i => (Noon + (i * 1000L), i % 170 == 160 ? 900.0 : 50 + (i * 7919 % 13))));
            if (batch % 3 == 2) await engine.Pipeline.CheckpointAsync(Cancel);
        }

        await engine.Pipeline.SettleAsync(Cancel);
        List<string> export = await engine.ExportAsync();
        return ((await engine.Pipeline.DigestAsync(Cancel)).Sha256, export);
    }

    private sealed class Clock : TimeProvider
    {
        public long NowMs { get; set; } = Noon;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(NowMs);
    }
}
