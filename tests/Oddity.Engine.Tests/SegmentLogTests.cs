using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

/// <summary>The log's files under harm: what was whole is there, what was not costs only itself, and a start always succeeds.</summary>
public sealed class SegmentLogTests : IDisposable
{
    private const long Noon = 1_700_000_000_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("oddity-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_cut_at_any_byte_of_the_last_records_costs_only_those_it_cut()
    {
        string origin = await WriteAsync(batches: 6);
        string file = Directory.GetFiles(Path.Combine(origin, "log")).Single();
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        int end = Array.FindLastIndex(bytes, one => one != 0) + 1;
        int size = (end + 7) / 8 * 8 / 6;
        for (int cut = end - (3 * size); cut < end; cut += 3)
        {
            byte[] torn = [.. bytes.AsSpan(0, cut), .. new byte[bytes.Length - cut]];
            (long samples, _) = await ReopenAsync(origin, file, torn);
            samples.ShouldBeInRange(20, 50, $"cut at {cut}");
            samples.ShouldBe(samples / 10 * 10);
        }
    }

    [Fact]
    public async Task A_file_that_ends_early_is_read_to_its_end()
    {
        string origin = await WriteAsync(batches: 3);
        string file = Directory.GetFiles(Path.Combine(origin, "log")).Single();
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        (await ReopenAsync(origin, file, bytes[..(Array.FindLastIndex(bytes, one => one != 0) + 1)])).Samples.ShouldBeInRange(20, 30);
        (await ReopenAsync(origin, file, [])).Samples.ShouldBe(0);
    }

    [Fact]
    public async Task Damage_in_the_middle_is_kept_aside_and_later_records_live_on()
    {
        string origin = await WriteAsync(batches: 6);
        string file = Directory.GetFiles(Path.Combine(origin, "log")).Single();
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        int end = Array.FindLastIndex(bytes, one => one != 0) + 1;
        for (int i = 0; i < 8; i++) bytes[(end / 2) + i] ^= 4; // More than what fills up a record, which nobody misses.
        (long samples, string folder) = await ReopenAsync(origin, file, bytes);
        samples.ShouldBe(50);
        Directory.GetFiles(Path.Combine(folder, "log", "damaged")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Flipped_bits_anywhere_never_invent_samples_and_never_keep_it_from_starting()
    {
        string origin = await WriteAsync(batches: 6);
        string file = Directory.GetFiles(Path.Combine(origin, "log")).Single();
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        int end = Array.FindLastIndex(bytes, one => one != 0) + 1;
        var random = new Random(11);
        for (int i = 0; i < 40; i++)
        {
            byte[] bent = [.. bytes];
            for (int flips = random.Next(1, 4); flips > 0; flips--) bent[random.Next(end)] ^= (byte)(1 << random.Next(8));
            (await ReopenAsync(origin, file, bent)).Samples.ShouldBeInRange(0, 60);
        }
    }

    [Fact]
    public async Task Files_are_used_again_and_what_they_held_does_not_come_back()
    {
        await using (TestEngine engine = await TestEngine.StartAsync(_directory))
        {
            for (int round = 0; round < 12; round++)
            {
                for (int i = 0; i < 4; i++)
                {
                    (await engine.SendAsync("m", Enumerable.Range(0, 20_000).Select(n => (Noon + (round * 100_000L) + n, (double)n)))).Outcome.ShouldBe(IngestOutcome.Stored);
                }

                await engine.Pipeline.CheckpointAsync(CancellationToken.None);
            }

            Directory.GetFiles(Path.Combine(_directory, "log"), "*.seg").Length.ShouldBeLessThan(6);
            await engine.SendAsync("m", [(Noon + 2_000_000, 1)]);
            await engine.Pipeline.SettleAsync(CancellationToken.None);
            string copy = Directory.CreateTempSubdirectory("oddity-test-").FullName;
            TestEngine.Copy(_directory, copy);
            await using (TestEngine again = await TestEngine.StartAsync(copy)) again.Pipeline.FindSeries(Key)!.SampleCount.ShouldBe((12 * 80_000) + 1);
            Directory.Delete(copy, recursive: true);
        }
    }

    [Fact]
    public async Task An_answer_comes_after_the_sync()
    {
        await using TestEngine engine = await TestEngine.StartAsync(_directory);
        using var hold = new ManualResetEventSlim();
        using var begun = new SemaphoreSlim(0);
        engine.Pipeline.Log.BeforeSync = () =>
        {
            begun.Release();
            hold.Wait(CancellationToken.None);
        };
        Task<IngestResult> sent = engine.SendAsync("m", [(Noon, 1)]);
        await begun.WaitAsync(TestContext.Current.CancellationToken);
        sent.IsCompleted.ShouldBeFalse();
        engine.Pipeline.FindSeries(Key).ShouldBeNull();
        hold.Set();
        (await sent).Outcome.ShouldBe(IngestOutcome.Stored);
    }

    [Fact]
    public async Task A_failed_sync_ends_it_and_nothing_more_is_acknowledged()
    {
        TestEngine engine = await TestEngine.StartAsync(_directory);
        (await engine.SendAsync("m", [(Noon, 1)])).Outcome.ShouldBe(IngestOutcome.Stored);
        engine.Pipeline.Log.BeforeSync = () => throw new IOException("the disk is gone");
        (await engine.SendAsync("m", [(Noon + 1, 1)])).Outcome.ShouldBe(IngestOutcome.Overloaded);
        await Should.ThrowAsync<IOException>(() => engine.Pipeline.Failure.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        (await engine.SendAsync("m", [(Noon + 2, 1)])).Outcome.ShouldBe(IngestOutcome.Overloaded);
        await engine.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    private static SeriesKey Key => SeriesKey.Create(SeriesKey.DefaultTenant, "m");

    /// <summary>Ten samples a batch, no checkpoint after them; the folder as a kill would leave it.</summary>
    private async Task<string> WriteAsync(int batches)
    {
        await using TestEngine engine = await TestEngine.StartAsync(Path.Combine(_directory, "first"));
        await engine.SendAsync("m", [(Noon, 0)]);
        await engine.Pipeline.CheckpointAsync(CancellationToken.None);
        string before = Path.Combine(_directory, "before");
        await engine.DisposeAsync();
        await using TestEngine second = await TestEngine.StartAsync(Path.Combine(_directory, "first"));
        for (int i = 0; i < batches; i++) await second.SendAsync("m", Enumerable.Range(0, 10).Select(n => (Noon + 1 + (i * 10) + n, 5.0 + n)));
        await second.Pipeline.SettleAsync(CancellationToken.None);
        TestEngine.Copy(Path.Combine(_directory, "first"), before);
        return before;
    }

    /// <summary>Samples of the series, without the first, after a start on the folder with these bytes in the log's file; twice, as a loop of starts would.</summary>
    private async Task<(long Samples, string Folder)> ReopenAsync(string origin, string file, byte[] bytes)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_directory, Path.GetRandomFileName())).FullName;
        TestEngine.Copy(origin, folder);
        await File.WriteAllBytesAsync(Path.Combine(folder, "log", Path.GetFileName(file)), bytes, TestContext.Current.CancellationToken);
        long samples;
        await using (Pipeline pipeline = Open(folder))
        {
            await pipeline.Recovered;
            samples = pipeline.FindSeries(Key)!.SampleCount - 1;
        }

        await using Pipeline again = Open(folder);
        await again.Recovered;
        (again.FindSeries(Key)!.SampleCount - 1).ShouldBe(samples);
        return (samples, folder);
    }

    private static Pipeline Open(string folder) =>
        Pipeline.Open(new() { DataDirectory = folder, CheckpointInterval = TimeSpan.FromHours(1), Watch = new() { Detector = "none" } }, [], TimeProvider.System, NullLoggerFactory.Instance);
}
