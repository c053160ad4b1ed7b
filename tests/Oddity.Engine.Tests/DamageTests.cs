using System.Data.Common;
using Oddity.Detection;
using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

/// <summary>
/// Data directories with damage: whatever bytes are torn off or flipped, opening ends, in a working engine or a refusal that says why, and no answer
/// is wrong: what is read is what was sent, though some of it may be missing.
/// </summary>
public sealed class DamageTests : IDisposable
{
    private const long Start = 1_700_000_000_000;
    private const int Batches = 1_500;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-damage-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_tail_torn_anywhere_in_the_last_three_records_costs_only_what_was_torn()
    {
        string before = At("before"), after = At("after");
        await using (TestEngine engine = await TestEngine.StartAsync(At("data")))
        {
            for (int batch = 0; batch < 5; batch++) await SendAsync(engine, batch);
            Copy(engine.Directory, before);
            for (int batch = 5; batch < 8; batch++) await SendAsync(engine, batch);
            Copy(engine.Directory, after);
        }

        foreach (string file in Files(after))
        {
            byte[] whole = File.ReadAllBytes(Path.Combine(after, file));
            byte[] old = File.Exists(Path.Combine(before, file)) ? File.ReadAllBytes(Path.Combine(before, file)) : [];
            int[] changed = [.. Enumerable.Range(0, whole.Length).Where(i => i >= old.Length || old[i] != whole[i])];
            if (changed.Length == 0) continue;

            // Every byte of a log of our own; pages of another's file in steps.
            int step = Math.Max(1, (changed[^1] - changed[0]) / 1_500);
            for (int cut = changed[0]; cut <= changed[^1]; cut += step)
            {
                byte[] torn = [.. whole];
                for (int i = cut; i <= changed[^1]; i++) torn[i] = i < old.Length ? old[i] : (byte)0;
                int rows = await RowsAsync(after, file, torn);
                rows.ShouldBeGreaterThanOrEqualTo(5, $"{file} torn at {cut}");
            }

            (await RowsAsync(after, file, whole)).ShouldBe(8);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_hundred_flipped_bits_give_no_wrong_answer_and_no_endless_start(bool closed)
    {
        string whole = At("whole");
        await using (TestEngine engine = await TestEngine.StartAsync(At("data")))
        {
            for (int batch = 0; batch < Batches - 30; batch++) await SendAsync(engine, batch);
            await engine.Pipeline.CheckpointAsync(Cancel);
            for (int batch = Batches - 30; batch < Batches; batch++) await SendAsync(engine, batch);
            if (!closed) Copy(engine.Directory, whole);
        }

        if (closed) Copy(At("data"), whole);

        var random = new Random(1);
        string[] files = [.. Files(whole).Where(file => new FileInfo(Path.Combine(whole, file)).Length > 0)];
        Dictionary<string, byte[]> contents = files.ToDictionary(file => file, file => File.ReadAllBytes(Path.Combine(whole, file)));
        Dictionary<string, int[]> used = contents.ToDictionary(file => file.Key, file => Enumerable.Range(0, file.Value.Length).Where(i => file.Value[i] != 0).ToArray());
        List<(string File, int Rows)> results = [];
        for (int flip = 0; flip < 200; flip++)
        {
            string file = files[random.Next(files.Length)];
            byte[] damaged = [.. contents[file]];
            int at = used[file].Length > 0 && flip % 4 != 0 ? used[file][random.Next(used[file].Length)] : random.Next(damaged.Length);
            damaged[at] ^= (byte)(1 << random.Next(8));
            results.Add((file, await RowsAsync(whole, file, damaged, $"bit flipped at {at} of {file}")));
        }

        // Neither is refusal the way out of everything, nor does a bit of the log cost more than its own record.
        results.Where(result => result.File.EndsWith(".seg", StringComparison.Ordinal)).ShouldAllBe(result => result.Rows >= Batches - 1);
        results.Count(result => result.Rows >= 0).ShouldBeGreaterThan(100);
    }

    /// <summary>Opens a copy of a folder with one file changed and reads what is there: without a remark the first samples without a gap; −1 if it was refused.</summary>
    private async Task<int> RowsAsync(string folder, string file, byte[] content, string? what = null)
    {
        string damaged = At("damaged");
        Copy(folder, damaged);
        await File.WriteAllBytesAsync(Path.Combine(damaged, file), content, Cancel);
        try
        {
            await using TestEngine engine = await TestEngine.StartAsync(damaged).WaitAsync(s_patience, Cancel);
            Sample[] samples = await engine.Pipeline.ReadSamplesAsync(SeriesKey.Create("default", "m"), 0, long.MaxValue, int.MaxValue, Cancel).WaitAsync(s_patience, Cancel);
            samples.ShouldAllBe(sample => sample.Value == Value((sample.TimeMs - Start) / 1_000), what);
            samples.Select(sample => sample.TimeMs).ShouldBeUnique(what);
            if (what is null) samples.Select(sample => (sample.TimeMs - Start) / 1_000).ShouldBe(Enumerable.Range(0, samples.Length).Select(row => (long)row));
            return samples.Length;
        }
        catch (Exception refusal) when (refusal is IOException or InvalidDataException or DbException)
        {
            refusal.Message.ShouldNotBeNullOrWhiteSpace();
            return -1;
        }
        finally
        {
            Directory.Delete(damaged, recursive: true);
        }
    }

    private static async Task SendAsync(TestEngine engine, int batch) =>
        (await engine.SendAsync("m", [(Start + (batch * 1_000L), Value(batch))])).Accepted.ShouldBe(1);

    private static double Value(long row) => 50 + (row * 7_919 % 13) + (row / 1_000_003.0);

    private string At(string name) => Path.Combine(_folder, name);

    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(folder, file))
        // SQLite makes its index of the write-ahead log anew; the lock file holds nothing.
        .Where(file => !file.EndsWith("-shm", StringComparison.Ordinal) && !file.EndsWith("lock", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            if (file.EndsWith("-shm", StringComparison.Ordinal) || file.EndsWith("lock", StringComparison.Ordinal)) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}
