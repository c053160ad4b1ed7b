using System.Diagnostics;
using System.Globalization;
using Oddity.Detection;
using Oddity.Engine.Chunks;

namespace Oddity.Bench;

/// <summary>What a chunk of 512 samples takes: bytes, and processor time to write and to read, the best of seven rounds.</summary>
internal static class Codec
{
    private const int ChunkSize = 512;
    private const int Chunks = 400;

    public static int Print()
    {
        foreach ((string name, Func<Random, double, double> next) in Kinds())
        {
            Sample[][] chunks = [.. Enumerable.Range(0, Chunks).Select(i => Make(new(i), next, name.Contains("jitter", StringComparison.Ordinal)))];
            byte[][] packed = Array.ConvertAll(chunks, chunk => ChunkCodec.Encode(chunk));
            double write = Best(() => { foreach (Sample[] chunk in chunks) ChunkCodec.Encode(chunk); });
            double read = Best(() => { foreach (byte[] chunk in packed) ChunkCodec.Decode(chunk); });
            double bytes = packed.Sum(chunk => chunk.Length) / (double)(Chunks * ChunkSize);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-34} {bytes:0.000} bytes, {write:0.0} ns to write, {read:0.0} ns to read"));
        }

        return 0;
    }

    private static IEnumerable<(string Name, Func<Random, double, double> Next)> Kinds()
    {
        yield return ("constant", (_, value) => value);
        yield return ("counter", (random, value) => value + random.Next(211));
        yield return ("two decimals", (random, value) => Math.Round(value + random.NextDouble() - 0.5, 2));
        yield return ("walk of 32 bits", (random, value) => value + ((random.NextInt64(1L << 32) / 4294967296.0) - 0.5));
        yield return ("walk of all bits", (random, value) => value + random.NextDouble() - 0.5);
        yield return ("noise, two decimals, jitter of ms", (random, _) => Math.Round(random.NextDouble() * 100, 2));
        yield return ("bytes, idle half the time", (random, value) => random.Next(2) == 0 ? value : value + random.Next(1_000_000));
    }

    private static Sample[] Make(Random random, Func<Random, double, double> next, bool jitter)
    {
        var chunk = new Sample[ChunkSize];
        double value = 50 + random.Next(13);
        for (int i = 0; i < ChunkSize; i++) chunk[i] = new(1_760_000_000_000 + (i * 15_000L) + (jitter ? random.Next(20) : 0), value = next(random, value));
        return chunk;
    }

    private static double Best(Action work)
    {
        double best = double.MaxValue;
        for (int round = 0; round < 7; round++)
        {
            TimeSpan start = Process.GetCurrentProcess().TotalProcessorTime;
            for (int i = 0; i < 5; i++) work();
            best = Math.Min(best, (Process.GetCurrentProcess().TotalProcessorTime - start).TotalNanoseconds / (5.0 * Chunks * ChunkSize));
        }

        return best;
    }
}
