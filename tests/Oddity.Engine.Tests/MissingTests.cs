using Oddity.Detection;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

/// <summary>A series that stops is told of while it is silent, at the same time in every replay.</summary>
public sealed class MissingTests : IDisposable
{
    private static readonly SeriesKey Beat = SeriesKey.Create("default", "heartbeat"), Other = SeriesKey.Create("default", "other");

    private readonly string _directory = Directory.CreateTempSubdirectory("oddity-test-").FullName;
    private readonly Clock _clock = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_series_that_stops_is_told_of_before_it_comes_back_and_once()
    {
        await using TestEngine engine = await StartAsync("a");
        await GoOnAsync(engine, 60, Beat, Other);
        await GoOnAsync(engine, 3, Other);
        (await ListAsync(engine)).ShouldBeEmpty();
        await GoOnAsync(engine, 30, Other);
        Anomaly anomaly = (await ListAsync(engine)).ShouldHaveSingleItem();
        anomaly.ShouldSatisfyAllConditions(
            a => a.Series.ShouldBe(Beat),
            a => a.Term.ShouldBe(Score.NoSample),
            a => a.EndMs.ShouldBeNull(),
            a => a.Statistic.ShouldBeInRange(20, 100),
            a => a.Explanation.ShouldStartWith("heartbeat had no sample for "));
        await GoOnAsync(engine, 20, Beat, Other);
        Anomaly over = (await ListAsync(engine)).ShouldHaveSingleItem();
        over.Id.ShouldBe(anomaly.Id);
        over.EndMs.ShouldNotBeNull();
        over.Statistic.ShouldBe(340);
    }

    [Fact]
    public async Task Where_nothing_comes_at_all_the_log_is_told_the_time()
    {
        await using TestEngine engine = await StartAsync("a");
        await GoOnAsync(engine, 60, Beat);
        for (int i = 0; i < 30; i++)
        {
            _clock.Advance();
            await engine.Pipeline.ListenAsync();
        }

        (await ListAsync(engine)).ShouldHaveSingleItem().Series.ShouldBe(Beat);
    }

    [Fact]
    public async Task A_stop_of_the_server_an_old_upload_and_a_series_that_was_said_to_end_are_no_silence()
    {
        await using (TestEngine engine = await StartAsync("a"))
        {
            await GoOnAsync(engine, 60, Beat, Other);
        }

        _clock.Advance(1_000);
        await using TestEngine again = await StartAsync("a");
        await GoOnAsync(again, 1, Other);
        await GoOnAsync(again, 10, Beat, Other);
        // The sample that ends the gap tells of it, as it always did; but nobody did while the server was down.
        foreach (Anomaly anomaly in await ListAsync(again)) anomaly.Statistic.ShouldBeGreaterThan(10_000);
        int before = (await ListAsync(again)).Count;
        await SendAsync(again, _clock.NowMs, BitConverter.UInt64BitsToDouble(Batch.StaleMarker), Beat);
        await again.SendAsync("heartbeat_of_old", [.. Enumerable.Range(0, 60).Select(i => (_clock.NowMs - 86_400_000 + (i * 10_000L), 1.0))]);
        await GoOnAsync(again, 30, Other);
        (await ListAsync(again)).Count.ShouldBe(before);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Killed_at_any_moment_and_with_other_shards_it_tells_the_same(int shards)
    {
        // Two runs of one story: one without interruption, and one killed and restarted again and again, with a checkpoint before some kills.
        (List<string> wanted, string digest) = await StoryAsync(await StartAsync("whole"), engine => Task.FromResult(engine));
        wanted.Count.ShouldBe(2);
        _clock.Reset();
        int kills = 0;
        string from = "part-0";
        (List<string> got, string other) = await StoryAsync(await StartAsync(from, shards), async engine =>
        {
            if (kills % 3 == 1) await engine.Pipeline.CheckpointAsync(CancellationToken.None);
            await engine.Pipeline.SettleAsync(CancellationToken.None);
            string to = $"part-{++kills}";
            TestEngine.Copy(Path.Combine(_directory, from), Path.Combine(_directory, to));
            await engine.DisposeAsync();
            from = to;
            return await StartAsync(to, shards);
        });
        kills.ShouldBe(12);
        got.ShouldBe(wanted);
        other.ShouldBe(digest);
    }

    private async Task<(List<string> Anomalies, string Digest)> StoryAsync(TestEngine engine, Func<TestEngine, Task<TestEngine>> between)
    {
        for (int part = 0; part < 12; part++)
        {
            await GoOnAsync(engine, 9, part is 5 or 6 or 10 or 11 ? [Other] : [Beat, Other]);
            engine = await between(engine);
        }

        await engine.Pipeline.SettleAsync(CancellationToken.None);
        (List<string>, string) told = (await engine.ExportAsync(), (await engine.Pipeline.DigestAsync(CancellationToken.None)).Sha256);
        await engine.DisposeAsync();
        return told;
    }

    private Task<TestEngine> StartAsync(string name, int shards = 2) => TestEngine.StartAsync(
        Directory.CreateDirectory(Path.Combine(_directory, name)).FullName,
        options => options with { Shards = shards, Watch = new() { Detector = "none", Rules = [new("heartbeat*", "missing", new Dictionary<string, string> { ["max_gap_seconds"] = "90" })] } },
        time: _clock);

    /// <summary>So many times ten seconds, and after each a sample of each series.</summary>
    private async Task GoOnAsync(TestEngine engine, int times, params SeriesKey[] series)
    {
        for (int i = 0; i < times; i++)
        {
            _clock.Advance();
            await SendAsync(engine, _clock.NowMs, 1, series);
        }
    }

    private static async Task SendAsync(TestEngine engine, long timeMs, double value, params SeriesKey[] series)
    {
        Batch batch = engine.Pipeline.BeginBatch("default", "test", IngestOptions.Live);
        foreach (SeriesKey key in series)
        {
            batch.Begin(System.Text.Encoding.UTF8.GetBytes(key.Text), key);
            batch.Add(timeMs, value);
        }

        (await engine.Pipeline.CommitAsync(batch, CancellationToken.None)).Rejected.ShouldBe(0);
    }

    private static async Task<IReadOnlyList<Anomaly>> ListAsync(TestEngine engine)
    {
        await engine.Pipeline.SettleAsync(CancellationToken.None);
        return (await engine.Pipeline.ListAnomaliesAsync(new() { Tenant = "default" }, CancellationToken.None)).Items;
    }

    private sealed class Clock : TimeProvider
    {
        private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        private DateTimeOffset _now = Begin;

        public long NowMs => _now.ToUnixTimeMilliseconds();

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(int times = 1) => _now += TimeSpan.FromSeconds(10 * times);

        public void Reset() => _now = Begin;
    }
}
