using Oddity.Engine.Anomalies;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

public class PipelineTests
{
    private const long Noon = 1_700_000_000_000;

    [Fact]
    public async Task Ten_fifties_and_a_200_of_the_same_second_are_one_anomaly_with_its_evidence()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        IngestResult result = await engine.SendAsync("cpu", [.. Enumerable.Repeat((Noon, 50.0), 10), (Noon, 200.0)]);
        result.ShouldSatisfyAllConditions(r => r.Outcome.ShouldBe(IngestOutcome.Stored), r => r.Accepted.ShouldBe(11), r => r.Rejected.ShouldBe(0));
        await engine.Pipeline.SettleAsync(CancellationToken.None);

        AnomalyPage page = await engine.Pipeline.ListAnomaliesAsync(new() { Tenant = "default" }, CancellationToken.None);
        Anomaly anomaly = page.Items.ShouldHaveSingleItem();
        anomaly.Value.ShouldBe(200);
        anomaly.Expected.ShouldBe(50);
        anomaly.Term.ShouldBe("constant series broken");
        anomaly.Methods.ShouldContain("zscore");
        anomaly.Window.Count.ShouldBe(11);
        anomaly.Explanation.ShouldContain("4 times the expected 50");
        anomaly.Status.ShouldBe(AnomalyStatus.Open);
        engine.Pipeline.FindSeries(SeriesKey.Create("default", "cpu"))!.SampleCount.ShouldBe(11);
    }

    [Fact]
    public async Task A_restart_goes_on_where_it_stopped_with_and_without_a_checkpoint()
    {
        (string digest, List<string> export) = await RunAsync(restarts: [], checkpoints: []);
        export.Count.ShouldBeGreaterThan(1);
        (await RunAsync(restarts: [3, 5], checkpoints: [])).ShouldSatisfyAllConditions(r => r.Digest.ShouldBe(digest), r => r.Export.ShouldBe(export));
        (await RunAsync(restarts: [2, 7], checkpoints: [1, 4])).ShouldSatisfyAllConditions(r => r.Digest.ShouldBe(digest), r => r.Export.ShouldBe(export));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task The_number_of_shards_changes_nothing(int shards)
    {
        (string digest, List<string> export) = await RunAsync(restarts: [], checkpoints: []);
        (await RunAsync(restarts: [], checkpoints: [], shards)).ShouldSatisfyAllConditions(r => r.Digest.ShouldBe(digest), r => r.Export.ShouldBe(export));
    }

    [Fact]
    public async Task Samples_come_back_as_they_were_sent_across_chunks_checkpoints_and_restarts()
    {
        string directory = Directory.CreateTempSubdirectory("oddity-test-").FullName;
        (long, double)[] sent = [.. Enumerable.Range(0, 2_000).Select(i => (Noon + (i * 1000L), Math.Sin(i) * 1e6))];
        for (int part = 0; part < 4; part++)
        {
            await using TestEngine engine = await TestEngine.StartAsync(directory);
            await engine.SendAsync("m", sent[(part * 500)..((part + 1) * 500)]);
            if (part == 1) await engine.Pipeline.CheckpointAsync(CancellationToken.None);
            await engine.Pipeline.SettleAsync(CancellationToken.None);
            var read = await engine.Pipeline.ReadSamplesAsync(SeriesKey.Create("default", "m"), 0, long.MaxValue, int.MaxValue, CancellationToken.None);
            read.Select(sample => (sample.TimeMs, sample.Value)).ShouldBe(sent[..((part + 1) * 500)]);
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_late_sample_is_kept_in_its_place_and_not_scored()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        await engine.SendAsync("m", [.. Enumerable.Range(0, 20).Select(i => (Noon + (i * 1000L), 5.0))]);
        await engine.SendAsync("m", [(Noon + 500, 900.0)]);
        await engine.Pipeline.SettleAsync(CancellationToken.None);
        (await engine.ExportAsync()).ShouldBeEmpty();
        var read = await engine.Pipeline.ReadSamplesAsync(SeriesKey.Create("default", "m"), Noon, Noon + 1000, 10, CancellationToken.None);
        read.Select(sample => sample.Value).ShouldBe([5.0, 900.0]);
    }

    [Fact]
    public async Task A_sample_from_the_far_future_does_not_silence_the_series()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 60_000;
        await engine.SendAsync("m", [(now + 315_360_000_000, 50.0)]);
        await engine.SendAsync("m", [.. Enumerable.Range(0, 30).Select(i => (now + (i * 1000L), 50.0)), (now + 30_000, 200.0)]);
        (await engine.ExportAsync()).ShouldHaveSingleItem();
        engine.Pipeline.FindSeries(SeriesKey.Create("default", "m"))!.LastMs.ShouldBe(now + 30_000);
    }

    [Fact]
    public async Task A_repeat_with_the_same_idempotency_key_is_answered_alike_and_stored_once()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        var once = new IngestOptions(Backfill: true, IdempotencyKey: "k1");
        (await engine.SendAsync("m", [(Noon, 1), (Noon, 2)], once)).Accepted.ShouldBe(2);
        (await engine.SendAsync("m", [(Noon, 1), (Noon, 2)], once)).Accepted.ShouldBe(2);
        await engine.Pipeline.SettleAsync(CancellationToken.None);
        engine.Pipeline.FindSeries(SeriesKey.Create("default", "m"))!.SampleCount.ShouldBe(2);
    }

    [Fact]
    public async Task Live_times_have_limits_and_backfill_has_none()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        IngestResult live = await engine.SendAsync("m", [(1_234_567_890_000, 1)], IngestOptions.Live);
        live.Outcome.ShouldBe(IngestOutcome.NothingAccepted);
        live.Errors.ShouldHaveSingleItem().Code.ShouldBe("too_old");
        (await engine.SendAsync("m", [(1_234_567_890_000, 1)])).Accepted.ShouldBe(1);
    }

    [Fact]
    public async Task One_bad_record_spares_the_others_unless_atomic_was_asked_for()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        (long, double)[] samples = [(Noon, 1), (Noon, double.NaN), (Noon, 3)];
        (await engine.SendAsync("m", samples)).ShouldSatisfyAllConditions(
            r => r.Accepted.ShouldBe(2), r => r.Rejected.ShouldBe(1), r => r.Errors.ShouldHaveSingleItem().ShouldBe(new(1, "not_finite", "The value is not a finite number.")));
        (await engine.SendAsync("m", samples, new(Backfill: true, Atomic: true))).Outcome.ShouldBe(IngestOutcome.AtomicRefused);
        await engine.Pipeline.SettleAsync(CancellationToken.None);
        engine.Pipeline.FindSeries(SeriesKey.Create("default", "m"))!.SampleCount.ShouldBe(2);
    }

    [Fact]
    public async Task What_people_make_of_an_anomaly_outlives_a_replay()
    {
        string directory = Directory.CreateTempSubdirectory("oddity-test-").FullName;
        string id;
        await using (TestEngine engine = await TestEngine.StartAsync(directory))
        {
            await engine.SendAsync("m", [.. Enumerable.Repeat((Noon, 50.0), 10), (Noon, 200.0)]);
            await engine.Pipeline.SettleAsync(CancellationToken.None);
            id = (await engine.Pipeline.ListAnomaliesAsync(new() { Tenant = "default" }, CancellationToken.None)).Items[0].Id;
            (await engine.Pipeline.SetStatusAsync("default", id, AnomalyStatus.Resolved, "ada", "fixed", CancellationToken.None))!.StatusBy.ShouldBe("ada");
            (await engine.Pipeline.SetStatusAsync("other", id, AnomalyStatus.Open, "eve", null, CancellationToken.None)).ShouldBeNull();
            await engine.SendAsync("m", [(Noon + 1000, 50), (Noon + 2000, 50), (Noon + 3000, 50)]);
        }

        await using (TestEngine engine = await TestEngine.StartAsync(directory))
        {
            Anomaly anomaly = (await engine.Pipeline.FindAnomalyAsync("default", id, CancellationToken.None))!;
            anomaly.ShouldSatisfyAllConditions(a => a.Status.ShouldBe(AnomalyStatus.Resolved), a => a.Note.ShouldBe("fixed"), a => a.EndMs.ShouldBe(Noon));
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_second_engine_on_the_same_directory_is_refused()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        await Should.ThrowAsync<DataDirectoryInUseException>(() => TestEngine.StartAsync(engine.Directory));
    }

    /// <summary>Sends nine batches of three series, restarting and checkpointing after the ones named.</summary>
    private static async Task<(string Digest, List<string> Export)> RunAsync(int[] restarts, int[] checkpoints, int shards = 2)
    {
        string directory = Directory.CreateTempSubdirectory("oddity-test-").FullName;
        TestEngine engine = await TestEngine.StartAsync(directory, options => options with { Shards = shards });
        for (int batch = 0; batch < 9; batch++)
        {
            foreach (int series in new[] { 0, 1, 2 })
            {
                await engine.SendAsync($"m{series}", Enumerable.Range(batch * 200, 200).Select(i => (Noon + (i * 1000L), Value(series, i))));
            }

            if (checkpoints.Contains(batch)) await engine.Pipeline.CheckpointAsync(CancellationToken.None);
            if (!restarts.Contains(batch)) continue;
            await engine.DisposeAsync();
            engine = await TestEngine.StartAsync(directory, options => options with { Shards = shards });
        }

        List<string> export = await engine.ExportAsync();
        string digest = (await engine.Pipeline.DigestAsync(CancellationToken.None)).Sha256;
        await engine.DisposeAsync();
        Directory.Delete(directory, recursive: true);
        return (digest, export);
    }

    private static double Value(int series, int i) => (i % (97 + series)) == 96 ? 500 + i : 50 + (i * 7919 % 13);
}
