using Oddity.Engine.Anomalies;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

/// <summary>A deleted series is gone, from the log on; what is sent after it begins anew; a replay arrives at the same.</summary>
public sealed class DeletionTests : IDisposable
{
    private const long Noon = 1_700_000_000_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("oddity-test-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task It_is_gone_its_anomalies_stay_and_a_replay_is_the_same(bool checkpointBefore, bool checkpointAfter)
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        await engine.SendAsync("m", [.. Samples(0, 1200), (Noon + 1_200_000, 9_000)]);
        await engine.SendAsync("other", Samples(0, 100));
        await engine.Pipeline.SettleAsync(Cancel);
        Anomaly open = (await ListAsync(engine)).ShouldHaveSingleItem();
        open.EndMs.ShouldBeNull();
        if (checkpointBefore) await engine.Pipeline.CheckpointAsync(Cancel);

        (await engine.Pipeline.DeleteSeriesAsync(Key("m"), Cancel)).ShouldBeTrue();
        (await engine.Pipeline.DeleteSeriesAsync(Key("m"), Cancel)).ShouldBeFalse();
        engine.Pipeline.FindSeries(Key("m")).ShouldBeNull();
        engine.Pipeline.ListSeries("default", null, null, 10).ShouldHaveSingleItem().Key.Text.ShouldBe("other");
        engine.Pipeline.CountSeries("default").ShouldBe(1);
        if (checkpointAfter) await engine.Pipeline.CheckpointAsync(Cancel);
        await engine.SendAsync("m", Samples(5_000, 20));
        await engine.Pipeline.SettleAsync(Cancel);

        (string digest, List<string> export) = await ResultAsync(engine);
        export.ShouldHaveSingleItem().ShouldContain(open.Id);
        (await ListAsync(engine)).ShouldHaveSingleItem().EndMs.ShouldBe(Noon + 1_200_000);
        (await ReadAsync(engine)).Length.ShouldBe(20);
        TestEngine.Copy(engine.Directory, _directory);

        await using TestEngine after = await TestEngine.StartAsync(_directory, options => options with { Shards = 5 });
        (await ResultAsync(after)).ShouldSatisfyAllConditions(result => result.Digest.ShouldBe(digest), result => result.Export.ShouldBe(export));
        (await ReadAsync(after)).Length.ShouldBe(20);
        engine.Pipeline.CountSeries("default").ShouldBe(2);
        await after.Pipeline.CheckpointAsync(Cancel);
        after.Pipeline.Database.Read(connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT (SELECT COUNT(*) FROM chunks) * 100 + (SELECT COUNT(*) FROM series)";
            return (long)command.ExecuteScalar()!;
        }).ShouldBe(2);
    }

    /// <summary>Requests that had found the series before it was deleted, and get their place in the log after that, begin a new one.</summary>
    [Fact]
    public async Task What_was_under_way_is_not_lost_and_a_replay_is_the_same()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        await engine.SendAsync("m", Samples(0, 50));
        await engine.Pipeline.SettleAsync(Cancel);
        using var hold = new ManualResetEventSlim();
        engine.Pipeline.Log.BeforeSync = () => hold.Wait(Cancel);
        Task<IngestResult> first = engine.SendAsync("x", Samples(0, 1));
        while (engine.Pipeline.Log.Waiting > 0) await Task.Yield();
        Task<bool> deleting = engine.Pipeline.DeleteSeriesAsync(Key("m"), Cancel);
        Task<IngestResult>[] sent = [.. Enumerable.Range(1, 5).Select(i => engine.SendAsync("m", Samples(i * 1000, 10)))];
        hold.Set();
        await Task.WhenAll([first, .. sent]);
        (await deleting).ShouldBeTrue();
        await engine.Pipeline.SettleAsync(Cancel);

        (await ReadAsync(engine)).Length.ShouldBe(50);
        (await ReadAsync(engine))[0].TimeMs.ShouldBe(Noon + 1_000_000);
        (string digest, List<string> export) = await ResultAsync(engine);
        TestEngine.Copy(engine.Directory, _directory);
        await using TestEngine after = await TestEngine.StartAsync(_directory);
        (await ResultAsync(after)).ShouldSatisfyAllConditions(result => result.Digest.ShouldBe(digest), result => result.Export.ShouldBe(export));
        (await ReadAsync(after)).ShouldBe(await ReadAsync(engine));
    }

    [Fact]
    public async Task A_source_that_knows_the_series_by_its_wire_name_begins_a_new_one()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        for (int run = 0; run < 3; run++)
        {
            for (int i = 0; i < 2; i++)
            {
                Batch batch = engine.Pipeline.BeginBatch("default", "p", new(Backfill: true));
                if (!batch.Select("wire"u8)) batch.Begin("wire"u8, Key("m")).ShouldBeNull();
                batch.Add(Noon + i, run);
                (await engine.Pipeline.CommitAsync(batch, Cancel)).Accepted.ShouldBe(1);
            }

            await engine.Pipeline.SettleAsync(Cancel);
            (await ReadAsync(engine)).Select(sample => sample.Value).ShouldBe([run, run]);
            (await engine.Pipeline.DeleteSeriesAsync(Key("m"), Cancel)).ShouldBeTrue();
        }
    }

    private static IEnumerable<(long, double)> Samples(int from, int count) => Enumerable.Range(from, count).Select(i => (Noon + (i * 1000L), 50.0 + (i * 7 % 11)));

    private static SeriesKey Key(string name) => SeriesKey.Create("default", name);

    private static Task<Oddity.Detection.Sample[]> ReadAsync(TestEngine engine) =>
        engine.Pipeline.ReadSamplesAsync(Key("m"), long.MinValue, long.MaxValue, int.MaxValue, Cancel);

    private static async Task<IReadOnlyList<Anomaly>> ListAsync(TestEngine engine) =>
        (await engine.Pipeline.ListAnomaliesAsync(new() { Tenant = "default", Limit = 1000 }, Cancel)).Items;

    private static async Task<(string Digest, List<string> Export)> ResultAsync(TestEngine engine)
    {
        List<string> export = await engine.ExportAsync();
        return ((await engine.Pipeline.DigestAsync(Cancel)).Sha256, export);
    }
}
