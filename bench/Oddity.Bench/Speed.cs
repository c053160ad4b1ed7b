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
    private const int Measured = 600_000;

    /// <param name="detector">Its id.</param>
    /// <param name="series">How many are interleaved.</param>
    /// <param name="warm">Samples of each before the clock starts.</param>
    /// <param name="step">Seconds between two samples of a series.</param>
    public static int Print(string detector, int series = 10_000, int warm = 300, int step = 60)
    {
        DetectorEntry entry = DetectorCatalogue.Find(detector) ?? throw new ArgumentException($"No detector '{detector}'.");
        long before = GC.GetTotalMemory(true);
        Detector[] detectors = [.. Enumerable.Range(0, series).Select(i => entry.Create(DetectorParameters.None, (ulong)i))];
        var random = new Random(1);
        double[] noise = [.. Enumerable.Range(0, 65_536).Select(_ => random.NextDouble() + random.NextDouble() + random.NextDouble())];
        long row = 0;
        int rows = Math.Max(10, Measured / series);
        Run(detectors, noise, ref row, warm, step);
        double memory = (GC.GetTotalMemory(true) - before) / (double)series;
        double best = double.MaxValue;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 5; round++)
        {
            TimeSpan start = Process.GetCurrentProcess().TotalProcessorTime;
            Run(detectors, noise, ref row, rows, step);
            best = Math.Min(best, (Process.GetCurrentProcess().TotalProcessorTime - start).TotalNanoseconds / ((double)series * rows));
        }

        double perSample = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (5.0 * series * rows);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{detector}: {best:0} ns a sample, {perSample:0.00} bytes allocated a sample, {memory:0} bytes a series after {warm} samples"));
        return 0;
    }

    private static void Run(Detector[] detectors, double[] noise, ref long row, int rows, int step)
    {
        for (int i = 0; i < rows; i++, row++)
        {
            for (int s = 0; s < detectors.Length; s++)
                detectors[s].Observe(new Sample(1_760_000_000_000 + (row * step * 1000L), 50 + (10 * Math.Sin((row + s) / 229.0)) + noise[((row * 7919) + (s * 31)) & 65_535]));
        }
    }
}
