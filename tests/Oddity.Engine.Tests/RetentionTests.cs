using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

/// <summary>Old history goes by age and, where there is a quota, by size; the newest samples, state and counts stay what they were.</summary>
public sealed class RetentionTests
{
    private const long Noon = 1_700_000_000_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_older_than_the_retention_goes_however_much_it_is_and_state_stays()
    {
        var time = new ManualClock(Noon);
        await using TestEngine engine = await TestEngine.StartAsync(change: options => options with { Retention = TimeSpan.FromDays(1) }, time: time);
        for (int series = 0; series < 3; series++) await FillAsync(engine, $"m{series}", Noon, chunks: 300);
        await engine.Pipeline.CheckpointAsync(Cancel);
        string digest = (await engine.Pipeline.DigestAsync(Cancel)).Sha256;
        time.NowMs = Noon + 86_400_000 + (200 * 512L * 1000);

        await engine.Pipeline.CleanAsync(Cancel);

        long first = (await ReadAsync(engine, "m0"))[0].TimeMs;
        first.ShouldBe(Noon + (200 * 512L * 1000));
        Count(engine).ShouldBe(300);
        (await engine.Pipeline.DigestAsync(Cancel)).Sha256.ShouldBe(digest);
        engine.Pipeline.FindSeries(Key("m0"))!.SampleCount.ShouldBe(300 * 512);
    }

    [Fact]
    public async Task Beyond_the_quota_the_oldest_go_first()
    {
        string directory = Directory.CreateTempSubdirectory("oddity-test-").FullName;
        Func<EngineOptions, EngineOptions> storing = options => options with { Watch = new() { Detector = "none", Limits = [] } };
        long used;
        await using (TestEngine filled = await TestEngine.StartAsync(directory, storing))
        {
            await FillAsync(filled, "old", Noon, chunks: 1_200);
            await FillAsync(filled, "new", Noon + 1_000_000_000, chunks: 1_200);
            await filled.Pipeline.CheckpointAsync(Cancel);
            used = filled.Pipeline.StoreBytes;
        }

        await using TestEngine engine = await TestEngine.StartAsync(directory, options => storing(options) with { MaxBytes = used * 8 / 10 });
        int before = Count(engine);

        await engine.Pipeline.CleanAsync(Cancel);

        engine.Pipeline.StoreBytes.ShouldBeLessThanOrEqualTo(used * 8 / 10);
        int left = Count(engine);
        left.ShouldBeLessThanOrEqualTo(before);
        left.ShouldBeLessThan(2_400);
        (await ReadAsync(engine, "new")).Length.ShouldBe(1_200 * 512);
        (await ReadAsync(engine, "old")).Length.ShouldBe((left - 1_200) * 512);
        await engine.Pipeline.CleanAsync(Cancel);
        Count(engine).ShouldBe(left);
        await engine.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private static async Task FillAsync(TestEngine engine, string metric, long fromMs, int chunks)
    {
        for (int from = 0; from < chunks; from += 100)
            await engine.SendAsync(metric, Enumerable.Range(from * 512, Math.Min(100, chunks - from) * 512).Select(i => (fromMs + (i * 1000L), (double)(i * 7919 % 1_013))));
        await engine.Pipeline.SettleAsync(Cancel);
    }

    private static int Count(TestEngine engine) => engine.Pipeline.Database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM chunks";
        return (int)(long)command.ExecuteScalar()!;
    });

    private static SeriesKey Key(string name) => SeriesKey.Create("default", name);

    private static Task<Oddity.Detection.Sample[]> ReadAsync(TestEngine engine, string name) =>
        engine.Pipeline.ReadSamplesAsync(Key(name), long.MinValue, long.MaxValue, int.MaxValue, Cancel);

    private sealed class ManualClock(long nowMs) : TimeProvider
    {
        public long NowMs { get; set; } = nowMs;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(NowMs);
    }
}
