using System.Diagnostics;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

/// <summary>A small file system of its own that fills up. Root on Linux can mount one; elsewhere these are skipped.</summary>
public sealed class DiskFullTests : IDisposable
{
    private const long Noon = 1_700_000_000_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("oddity-test-").FullName;
    private readonly bool _mounted;

    public DiskFullTests()
    {
        _mounted = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && Run("mount", "-t", "tmpfs", "-o", "size=8m", "oddity-test", _directory);
        Assert.SkipUnless(_mounted, "needs root on Linux to mount a tmpfs");
    }

    private string Filler => Path.Combine(_directory, "filler");

    public void Dispose()
    {
        if (_mounted) Run("umount", "--lazy", _directory).ShouldBeTrue();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_full_disk_refuses_reads_go_on_and_when_there_is_room_again_so_does_the_rest()
    {
        List<string> export;
        string digest;
        int stored = 0;
        await using (TestEngine engine = await TestEngine.StartAsync(_directory))
        {
            (await SendAsync(engine, stored++)).Outcome.ShouldBe(IngestOutcome.Stored);
            Fill();
            Task<IngestResult>[] together = [.. Enumerable.Range(0, 400).Select(_ => engine.SendAsync("filler", Enumerable.Repeat((Noon, 1.0), 400)))];
            IngestOutcome[] outcomes = [.. (await Task.WhenAll(together)).Select(result => result.Outcome)];
            outcomes.ShouldContain(IngestOutcome.DiskFull);
            outcomes.ShouldAllBe(outcome => outcome == IngestOutcome.DiskFull || outcome == IngestOutcome.Stored);
            engine.Pipeline.Failure.IsCompleted.ShouldBeFalse();
            (await CountAsync(engine, "m")).ShouldBe(11);
            await Should.ThrowAsync<Exception>(() => engine.Pipeline.CheckpointAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken));

            File.Delete(Filler);
            IngestOptions once = new(Backfill: true, IdempotencyKey: "once");
            (await engine.SendAsync("m", Odd(stored++), once)).Outcome.ShouldBe(IngestOutcome.Stored);
            (await engine.SendAsync("m", Odd(1), once)).Outcome.ShouldBe(IngestOutcome.Stored);
            await engine.Pipeline.SettleAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            (await CountAsync(engine, "m")).ShouldBe(22);
            (await CountAsync(engine, "filler")).ShouldBe(400 * outcomes.Count(outcome => outcome == IngestOutcome.Stored));
            (export, digest) = (await engine.ExportAsync(), (await engine.Pipeline.DigestAsync(CancellationToken.None)).Sha256);
        }

        await using TestEngine again = await TestEngine.StartAsync(_directory);
        (await again.ExportAsync()).ShouldBe(export);
        (await again.Pipeline.DigestAsync(CancellationToken.None)).Sha256.ShouldBe(digest);
    }

    [Fact]
    public async Task Stopping_with_a_full_disk_ends_and_the_anomalies_are_found_again()
    {
        await using (TestEngine engine = await TestEngine.StartAsync(_directory))
        {
            await SendAsync(engine, 0);
            await engine.Pipeline.SettleAsync(CancellationToken.None);
            using var hold = new ManualResetEventSlim();
            Task blocked = engine.Pipeline.Database.WriteAsync(_ => hold.Wait(CancellationToken.None));
            Task<IngestResult> last = SendAsync(engine, 1);
            Task full = engine.Pipeline.Database.WriteAsync<object?>(_ => null, _ => Fill());
            hold.Set();
            await blocked;
            await full;
            (await last).Outcome.ShouldBe(IngestOutcome.Stored);
            while ((await engine.SendAsync("filler", Enumerable.Repeat((Noon, 1.0), 400))).Outcome == IngestOutcome.Stored)
            {
            }

            await engine.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        }

        File.Delete(Filler);
        await using TestEngine again = await TestEngine.StartAsync(_directory);
        (await CountAsync(again, "m")).ShouldBe(22);
        (await again.ExportAsync()).Count.ShouldBe(2);
    }

    private static Task<IngestResult> SendAsync(TestEngine engine, int round) => engine.SendAsync("m", Odd(round));

    /// <summary>One anomaly, after three healthy samples that end the one before.</summary>
    private static IEnumerable<(long, double)> Odd(int round) => [.. Enumerable.Repeat((Noon + (round * 1_000_000L), 50.0), 10), (Noon + (round * 1_000_000L), 200.0)];

    private static async Task<int> CountAsync(TestEngine engine, string metric) =>
        (await engine.Pipeline.ReadSamplesAsync(SeriesKey.Create("default", metric), 0, long.MaxValue, int.MaxValue, CancellationToken.None)).Length;

    private void Fill()
    {
        using FileStream file = File.Create(Filler);
        byte[] block = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
        }
    }

    private static bool Run(string command, params string[] arguments)
    {
        using Process process = Process.Start(command, arguments);
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
