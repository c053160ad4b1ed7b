using FsCheck;
using FsCheck.Fluent;
using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

/// <summary>
/// Any order of batches, checkpoints, restarts and kills against the simplest model there is: lists of samples, and one engine that nothing ever
/// happened to. What was acknowledged is there, once and in order; anomalies and state are the same to the byte.
/// </summary>
public class ModelTests
{
    private const long Noon = 1_700_000_000_000;

    private enum Act
    {
        Send,
        SendTwice,
        Checkpoint,
        Restart,
        Kill,
    }

    [Fact]
    public void Whatever_happens_between_batches_changes_nothing()
    {
        Gen<Act> act = Gen.Frequency((6, Gen.Constant(Act.Send)), (1, Gen.Constant(Act.SendTwice)), (2, Gen.Constant(Act.Checkpoint)), (1, Gen.Constant(Act.Restart)), (2, Gen.Constant(Act.Kill)));
        Prop.ForAll(act.ArrayOf(14).ToArbitrary(), acts =>
        {
            (string digest, List<string> export, _) = RunAsync([.. acts.Where(act => act is Act.Send or Act.SendTwice)]).GetAwaiter().GetResult();
            (string sameDigest, List<string> sameExport, bool complete) = RunAsync(acts).GetAwaiter().GetResult();
            complete.ShouldBeTrue();
            sameExport.ShouldBe(export);
            sameDigest.ShouldBe(digest);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(12).WithReplay(7, 11));
    }

    private static async Task<(string Digest, List<string> Export, bool Complete)> RunAsync(Act[] acts)
    {
        string directory = NewDirectory();
        var model = new Dictionary<string, List<(long, double)>>();
        TestEngine engine = await TestEngine.StartAsync(directory);
        int batch = 0;
        bool complete = true;
        foreach (Act act in acts)
        {
            if (act == Act.Checkpoint) await engine.Pipeline.CheckpointAsync(CancellationToken.None);
            if (act is Act.Restart or Act.Kill)
            {
                string next = NewDirectory();
                await engine.Pipeline.SettleAsync(CancellationToken.None);
                if (act == Act.Kill) Copy(directory, next);
                await engine.DisposeAsync();
                if (act == Act.Restart) Copy(directory, next);
                Directory.Delete(directory, recursive: true);
                engine = await TestEngine.StartAsync(directory = next);
                complete &= await HoldsAsync(engine, model);
            }

            for (int times = act switch { Act.Send => 1, Act.SendTwice => 2, _ => 0 }; times > 0; times--)
            {
                string metric = $"m{batch % 3}";
                (long, double)[] samples = [.. Enumerable.Range(0, 170).Select(i => (Noon + (batch * 170_000L) + (i * 1000L), Value(batch, i)))];
                await engine.SendAsync(metric, samples, new(Backfill: true, IdempotencyKey: $"{batch}"));
                if (times > 1) continue;
                if (!model.TryGetValue(metric, out List<(long, double)>? all)) model.Add(metric, all = []);
                all.AddRange(samples);
                batch++;
            }
        }

        complete &= await HoldsAsync(engine, model);
        List<string> export = await engine.ExportAsync();
        string digest = (await engine.Pipeline.DigestAsync(CancellationToken.None)).Sha256;
        await engine.DisposeAsync();
        Directory.Delete(directory, recursive: true);
        return (digest, export, complete);
    }

    private static async Task<bool> HoldsAsync(TestEngine engine, Dictionary<string, List<(long, double)>> model)
    {
        await engine.Pipeline.SettleAsync(CancellationToken.None);
        foreach ((string metric, List<(long, double)> expected) in model)
        {
            var read = await engine.Pipeline.ReadSamplesAsync(SeriesKey.Create("default", metric), long.MinValue, long.MaxValue, int.MaxValue, CancellationToken.None);
            if (!read.Select(sample => (sample.TimeMs, sample.Value)).SequenceEqual(expected)) return false;
        }

        return true;
    }

    private static double Value(int batch, int i) => (i + batch) % 83 == 82 ? 500 + i : 50 + (i * 7919 % 13);

    private static string NewDirectory() => Directory.CreateTempSubdirectory("oddity-test-").FullName;

    private static void Copy(string from, string to)
    {
        TestEngine.Copy(from, to);
    }
}
