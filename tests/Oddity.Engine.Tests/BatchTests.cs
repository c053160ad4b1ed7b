using System.Text;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

/// <summary>Batches by wire names, and that neither shards nor the size of batches nor the way in change anything.</summary>
public class BatchTests
{
    private const long Noon = 1_700_000_000_000;
    private const int Rows = 3000;

    [Fact]
    public async Task Shards_and_the_size_of_batches_change_no_byte()
    {
        (string digest, List<string> export)? first = null;
        foreach ((int shards, int size) in new[] { (1, 1000), (2, 7), (8, 1), (8, 1000), (2, 1000) })
        {
            await using TestEngine engine = await TestEngine.StartAsync(change: options => options with { Shards = shards });
            for (int row = 0; row < Rows; row += size)
            {
                Batch batch = engine.Pipeline.BeginBatch(SeriesKey.DefaultTenant, "test", new(Backfill: true));
                for (int i = row; i < Math.Min(Rows, row + size); i++) Add(batch, $"m{i % 13}", Noon + (i * 1000L), i % 401 == 400 ? 900 : 50 + (i * 7919 % 11));
                (await engine.Pipeline.CommitAsync(batch, CancellationToken.None)).Outcome.ShouldBe(IngestOutcome.Stored);
            }

            (string, List<string>) now = ((await engine.Pipeline.DigestAsync(CancellationToken.None)).Sha256, await engine.ExportAsync());
            now.Item2.Count.ShouldBeGreaterThan(3);
            first ??= now;
            now.Item1.ShouldBe(first.Value.digest);
            now.Item2.ShouldBe(first.Value.export);
        }
    }

    [Fact]
    public async Task Two_requests_that_begin_the_same_series_at_once_begin_it_once()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        Batch[] batches = [.. Enumerable.Range(0, 8).Select(_ => engine.Pipeline.BeginBatch(SeriesKey.DefaultTenant, "test", new(Backfill: true)))];
        foreach (Batch batch in batches)
        {
            for (int i = 0; i < 20; i++) Add(batch, $"m{i}", Noon, 1);
        }

        await Task.WhenAll(batches.Select(batch => engine.Pipeline.CommitAsync(batch, CancellationToken.None).AsTask()));
        await engine.Pipeline.SettleAsync(CancellationToken.None);
        IReadOnlyList<SeriesInfo> all = engine.Pipeline.ListSeries(SeriesKey.DefaultTenant, null, null, 100);
        all.Count.ShouldBe(20);
        all.ShouldAllBe(series => series.SampleCount == 8);
    }

    [Fact]
    public async Task Past_the_limit_on_series_a_request_is_refused_whole_and_known_series_go_on()
    {
        await using TestEngine engine = await TestEngine.StartAsync(change: options => options with { MaxSeriesPerTenant = 2 });
        (await SendAsync(engine, "a", "b")).Outcome.ShouldBe(IngestOutcome.Stored);
        IngestResult refused = await SendAsync(engine, "a", "c");
        (refused.Outcome, refused.Limit, refused.RetryAfter is not null).ShouldBe((IngestOutcome.OverLimit, "series", true));
        (await SendAsync(engine, "a", "b")).Outcome.ShouldBe(IngestOutcome.Stored);
        await engine.Pipeline.SettleAsync(CancellationToken.None);
        engine.Pipeline.FindSeries(SeriesKey.Create(SeriesKey.DefaultTenant, "a"))!.SampleCount.ShouldBe(2);
        engine.Pipeline.CountSeries(SeriesKey.DefaultTenant).ShouldBe(2);
    }

    [Fact]
    public async Task Past_the_limit_on_rate_a_request_is_refused_and_other_tenants_are_not()
    {
        await using TestEngine engine = await TestEngine.StartAsync(change: options => options with { MaxSamplesPerSecond = 1 });
        IngestOutcome[] outcomes = new IngestOutcome[5];
        for (int i = 0; i < outcomes.Length; i++) outcomes[i] = (await SendAsync(engine, "a")).Outcome;
        outcomes.ShouldContain(IngestOutcome.OverLimit);
        Batch other = engine.Pipeline.BeginBatch("other", "test", new(Backfill: true));
        Add(other, "a", Noon, 1);
        (await engine.Pipeline.CommitAsync(other, CancellationToken.None)).Outcome.ShouldBe(IngestOutcome.Stored);
    }

    [Fact]
    public async Task A_key_is_known_after_a_checkpoint_and_after_a_replay()
    {
        string directory = Directory.CreateTempSubdirectory("oddity-test-").FullName;
        IngestOptions first = new(Backfill: true, IdempotencyKey: "first"), second = new(Backfill: true, IdempotencyKey: "second");
        string killed = directory + "-killed";
        await using (TestEngine engine = await TestEngine.StartAsync(directory))
        {
            await engine.SendAsync("m", [(Noon, 1)], first);
            await engine.Pipeline.CheckpointAsync(CancellationToken.None);
            await engine.SendAsync("m", [(Noon + 1, 1)], second);
            await engine.Pipeline.SettleAsync(CancellationToken.None);
            TestEngine.Copy(directory, killed);
        }

        await using (TestEngine again = await TestEngine.StartAsync(killed))
        {
            (await again.SendAsync("m", [(Noon, 1)], first)).Accepted.ShouldBe(1);
            (await again.SendAsync("m", [(Noon + 1, 1)], second)).Accepted.ShouldBe(1);
            await again.Pipeline.SettleAsync(CancellationToken.None);
            again.Pipeline.FindSeries(SeriesKey.Create(SeriesKey.DefaultTenant, "m"))!.SampleCount.ShouldBe(2);
        }

        Directory.Delete(directory, recursive: true);
        Directory.Delete(killed, recursive: true);
    }

    private static async Task<IngestResult> SendAsync(TestEngine engine, params string[] names)
    {
        Batch batch = engine.Pipeline.BeginBatch(SeriesKey.DefaultTenant, "test", new(Backfill: true));
        foreach (string name in names) Add(batch, name, Noon, 1);
        return await engine.Pipeline.CommitAsync(batch, CancellationToken.None);
    }

    private static void Add(Batch batch, string name, long timeMs, double value)
    {
        byte[] wire = Encoding.UTF8.GetBytes(name);
        if (!batch.Select(wire)) batch.Begin(wire, SeriesKey.Create(batch.Tenant, name)).ShouldBeNull();
        batch.Add(timeMs, value);
    }
}
