using System.IO.Compression;
using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

/// <summary>
/// A data directory that an earlier release left behind, killed in mid-flight, opens in this one with everything in it, and goes on to the same results as one
/// that this release made itself. `bench/golden.sh` makes the file for a release; what is in it is made up here.
/// </summary>
public sealed class GoldenDirectoryTests : IDisposable
{
    private const long Noon = 1_700_000_000_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("oddity-test-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    public static TheoryData<string> Releases() =>
        new(Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "Golden")).GetFiles("*.zip").Select(file => file.Name).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task A_directory_of_an_earlier_release_opens_and_goes_on_as_one_of_this_one(string release)
    {
        ZipFile.ExtractToDirectory(Path.Combine(AppContext.BaseDirectory, "Golden", release), _directory);
        await using TestEngine golden = await StartAsync(_directory);
        await using TestEngine own = await StartAsync(null);
        await FillAsync(own);

        await SameAsync(golden, own);
        foreach (TestEngine engine in new[] { golden, own }) await SendAsync(engine, 10, 4);
        await SameAsync(golden, own);
    }

    /// <summary>Run by bench/golden.sh, which names the file; otherwise there is nothing to do.</summary>
    [Fact]
    public async Task Makes_the_file_where_it_is_asked_to()
    {
        if (Environment.GetEnvironmentVariable("ODDITY_GOLDEN_FILE") is not { } file) return;
        await using (TestEngine engine = await StartAsync(null))
        {
            await FillAsync(engine);
            TestEngine.Copy(engine.Directory, _directory);
        }

        foreach (string segment in Directory.GetFiles(Path.Combine(_directory, "log"))) WithoutTail(segment);
        File.Delete(file);
        ZipFile.CreateFromDirectory(_directory, file, CompressionLevel.SmallestSize, includeBaseDirectory: false);
    }

    private static Task<TestEngine> StartAsync(string? folder) => TestEngine.StartAsync(folder, options => options with { Watch = new() { Detector = "zscore" } });

    /// <summary>Ten batches, a checkpoint in between, a deletion on each side of it; the last batches are in the log alone.</summary>
    private static async Task FillAsync(TestEngine engine)
    {
        await SendAsync(engine, 0, 3);
        await engine.Pipeline.DeleteSeriesAsync(Key("gone0"), Cancel);
        await SendAsync(engine, 3, 3);
        await engine.Pipeline.CheckpointAsync(Cancel);
        await engine.Pipeline.DeleteSeriesAsync(Key("gone1"), Cancel);
        await SendAsync(engine, 6, 4);
    }

    private static async Task SendAsync(TestEngine engine, int first, int count)
    {
        for (int batch = first; batch < first + count; batch++)
        {
            int from = batch * 200;
            await engine.SendAsync("m", Enumerable.Range(from, 200).Select(i => (Noon + (i * 1000L), i % 350 == 340 ? 900.0 + i : 50 + (i * 7919 % 13))), new(Backfill: true, IdempotencyKey: $"golden{batch}"));
            await engine.SendAsync("slow", Enumerable.Range(from / 50, 4).Select(i => (Noon + (i * 60_000L), i * 0.25)));
            if (batch < 2) await engine.SendAsync($"gone{batch}", [(Noon, 1.0)]);
        }

        await engine.Pipeline.SettleAsync(Cancel);
    }

    private static async Task SameAsync(TestEngine golden, TestEngine own)
    {
        await golden.Pipeline.SettleAsync(Cancel);
        (await golden.ExportAsync()).ShouldBe(await own.ExportAsync());
        (await golden.ExportAsync()).Count.ShouldBeGreaterThan(3);
        foreach (string metric in new[] { "m", "slow" })
        {
            (await golden.Pipeline.ReadSamplesAsync(Key(metric), long.MinValue, long.MaxValue, int.MaxValue, Cancel))
                .ShouldBe(await own.Pipeline.ReadSamplesAsync(Key(metric), long.MinValue, long.MaxValue, int.MaxValue, Cancel));
        }

        golden.Pipeline.ListSeries("default", null, null, 10).Select(series => series.Key.Text).ShouldBe(["m", "slow"]);
        (await golden.Pipeline.DigestAsync(Cancel)).Sha256.ShouldBe((await own.Pipeline.DigestAsync(Cancel)).Sha256);
    }

    private static void WithoutTail(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..((bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 8) & -8)]);
    }

    private static SeriesKey Key(string name) => SeriesKey.Create("default", name);
}
