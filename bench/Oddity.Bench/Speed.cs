using System.Diagnostics;
using System.Globalization;
using Oddity.Detection;

namespace Oddity.Bench;

/// <summary>
/// Time of one sample with 10,000 series interleaved, so that nothing stays in the nearest cache: processor time of this process, the best of five
/// rounds, after a day of one-minute samples; and what the detectors take in memory.
/// </summary>
internal static class Speed
{
    private const int Series = 10_000;
    private const int Warm = 300;
    private const int Measured = 60;

    public static int Print(string detector)
    {
        DetectorEntry entry = DetectorCatalogue.Find(detector) ?? throw new ArgumentException($"No detector '{detector}'.");
        long before = GC.GetTotalMemory(true);
        Detector[] detectors = [.. Enumerable.Range(0, Series).Select(i => entry.Create(DetectorParameters.None, (ulong)i))];
        var random = new Random(1);
        double[] noise = [.. Enumerable.Range(0, 65_536).Select(_ => random.NextDouble() + random.NextDouble() + random.NextDouble())];
        long row = 0;
        Run(detectors, noise, ref row, Warm);
        double memory = (GC.GetTotalMemory(true) - before) / (double)Series;
        double best = double.MaxValue;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 5; round++)
        {
            TimeSpan start = Process.GetCurrentProcess().TotalProcessorTime;
            Run(detectors, noise, ref row, Measured);
            best = Math.Min(best, (Process.GetCurrentProcess().TotalProcessorTime - start).TotalNanoseconds / ((double)Series * Measured));
        }

        double perSample = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (5.0 * Series * Measured);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{detector}: {best:0} ns a sample, {perSample:0.00} bytes allocated a sample, {memory:0} bytes a series after {Warm} samples"));
        return 0;
    }

    private static void Run(Detector[] detectors, double[] noise, ref long row, int rows)
    {
        for (int i = 0; i < rows; i++, row++)
        {
            for (int s = 0; s < detectors.Length; s++)
                detectors[s].Observe(new Sample(1_760_000_000_000 + (row * 60_000), 50 + (10 * Math.Sin((row + s) / 229.0)) + noise[((row * 7919) + (s * 31)) & 65_535]));
        }
    }
}
