using FsCheck;
using FsCheck.Fluent;
using Oddity.Engine.Alerting;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

/// <summary>
/// The power goes right after any write, of the log or of the store: whatever was acknowledged is there, nothing is there twice, every anomaly has its alert
/// once; and when the clients send on, the end is that of a run that nothing happened to.
/// </summary>
public sealed class CrashPointTests : IDisposable
{
    private const int Batches = 12;
    private const long Noon = 1_700_000_000_000;

    private static readonly string[] Metrics = ["a", "b", "c"];
    private readonly string _directory = Directory.CreateTempSubdirectory("oddity-test-").FullName;

    private int _folders;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task After_a_crash_at_any_write_the_end_is_the_same()
    {
        Outcome undisturbed = await RunAsync(crashAt: int.MaxValue, checkpointEvery: 3, deleteAt: 7);
        undisturbed.Export.Count.ShouldBeGreaterThan(5);
        undisturbed.Alerts.Count.ShouldBe(undisturbed.Export.Count);
        Gen<(int CrashAt, int CheckpointEvery)> gen = Gen.Choose(1, 40).SelectMany(crash => Gen.Choose(1, 6).Select(every => (crash, every)));
        Prop.ForAll(gen.ToArbitrary(), async point =>
        {
            Outcome crashed = await RunAsync(point.CrashAt, point.CheckpointEvery, deleteAt: 7);
            crashed.Lost.ShouldBe(0);
            crashed.Export.ShouldBe(undisturbed.Export);
            crashed.Digest.ShouldBe(undisturbed.Digest);
            crashed.Alerts.ShouldBe(undisturbed.Alerts);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25).WithReplay(3, 5));
    }

    /// <summary>Sends all batches; at the write with that number the directory is copied as a crash would leave it, and everything goes on there.</summary>
    private async Task<Outcome> RunAsync(int crashAt, int checkpointEvery, int deleteAt)
    {
        string folder = NewFolder(), crashed = NewFolder();
        int writes = 0, acknowledged = 0, atCrash = -1, lost = 0;
        var pipelines = new Lock();
        TestEngine engine = await StartAsync(folder);
        void Written()
        {
            lock (pipelines)
            {
                if (++writes != crashAt) return;
                atCrash = Volatile.Read(ref acknowledged);
                TestEngine.Copy(folder, crashed);
            }
        }

        engine.Pipeline.Log.BeforeSync = Written;
        engine.Pipeline.Database.Committed = Written;
        for (int batch = 0; batch < Batches; batch++)
        {
            await StepAsync(engine, batch, checkpointEvery, deleteAt);
            Volatile.Write(ref acknowledged, batch + 1);
            lock (pipelines)
            {
                if (atCrash >= 0) break;
            }
        }

        if (atCrash >= 0)
        {
            await engine.DisposeAsync();
            engine = await StartAsync(crashed);
            lost = await LostAsync(engine, atCrash, deleteAt);
            for (int batch = 0; batch < Batches; batch++)
            {
                // A deletion is repeated only where it had not been acknowledged: else it would take what was sent since.
                await StepAsync(engine, batch, checkpointEvery, atCrash > deleteAt ? -1 : deleteAt);
            }
        }

        await engine.Pipeline.SettleAsync(CancellationToken.None);
        var outcome = new Outcome(
            (await engine.Pipeline.DigestAsync(CancellationToken.None)).Sha256, await engine.ExportAsync(), engine.Pipeline.Database.Read(connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText = "SELECT anomaly || ' ' || channel FROM outbox ORDER BY 1";
                var alerts = new List<string>();
                using var row = command.ExecuteReader();
                while (row.Read()) alerts.Add(row.GetString(0));
                return alerts;
            }),
            lost);
        await engine.DisposeAsync();
        return outcome;
    }

    private static async Task StepAsync(TestEngine engine, int batch, int checkpointEvery, int deleteAt)
    {
        // Deleting comes before the batch that follows it, and takes what was sent until then of a series that nothing is sent to any more.
        if (batch == deleteAt) await engine.Pipeline.DeleteSeriesAsync(SeriesKey.Create("default", "gone"), CancellationToken.None);
        var sent = new IngestBatch("default");
        for (int i = 0; i < 90; i++)
        {
            sent.NextRecord();
            sent.Add(SeriesKey.Create("default", Metrics[i % Metrics.Length]), Time(batch, i), Value(batch, i));
            if (batch == 0) sent.Add(SeriesKey.Create("default", "gone"), Time(batch, i), 1);
        }

        (await engine.Pipeline.IngestAsync(sent, new(Backfill: true, IdempotencyKey: $"{batch}"), CancellationToken.None)).Outcome.ShouldBe(IngestOutcome.Stored);
        await engine.Pipeline.SettleAsync(CancellationToken.None);
        if (batch % checkpointEvery == checkpointEvery - 1) await engine.Pipeline.CheckpointAsync(CancellationToken.None);
    }

    /// <summary>Samples of acknowledged batches that are missing, out of order or there twice; of a deleted series those that are still there.</summary>
    private static async Task<int> LostAsync(TestEngine engine, int acknowledged, int deleteAt)
    {
        await engine.Pipeline.SettleAsync(CancellationToken.None);
        int lost = 0;
        for (int metric = 0; metric < Metrics.Length; metric++)
        {
            var read = await engine.Pipeline.ReadSamplesAsync(SeriesKey.Create("default", Metrics[metric]), long.MinValue, long.MaxValue, int.MaxValue, CancellationToken.None);
            int whole = read.Length / 30;
            if (whole < acknowledged || whole * 30 != read.Length) lost += 1 + Math.Abs((acknowledged * 30) - read.Length);
            for (int n = 0; n < read.Length; n++)
            {
                (int batch, int i) = (n / 30, ((n % 30) * 3) + metric);
                if (read[n].TimeMs != Time(batch, i) || read[n].Value != Value(batch, i)) lost++;
            }
        }

        if (acknowledged > deleteAt && engine.Pipeline.FindSeries(SeriesKey.Create("default", "gone")) is not null) lost++;
        return lost;
    }

    private static Task<TestEngine> StartAsync(string folder) => TestEngine.StartAsync(
        folder, options => options with { Alerting = new() { DefaultChannels = ["down"], MaxAge = TimeSpan.FromDays(36_500) } }, [new Down()]);

    private static long Time(int batch, int i) => Noon + (((batch * 90L) + i) * 1000);

    private static double Value(int batch, int i) => i is 60 or 61 or 62 && batch % 2 == 1 ? 700 + batch : 50 + (((batch * 90) + i) * 7919 % 13);

    private string NewFolder() => Path.Combine(_directory, $"{Interlocked.Increment(ref _folders)}");

    private sealed record Outcome(string Digest, List<string> Export, List<string> Alerts, int Lost);

    /// <summary>Takes nothing, so that every alert stays where it can be counted.</summary>
    private sealed class Down : IChannel
    {
        public string Name => "down";

        public Task<Delivery> SendAsync(Alert alert, CancellationToken cancel) => Task.FromResult(new Delivery(false, true, "down"));
    }
}
