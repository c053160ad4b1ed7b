using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

/// <summary>Series of all that can come, made from a seed.</summary>
internal static class HostileSeries
{
    private static readonly double[] Values =
        [0, -0.0, 1, -1, 50, double.MaxValue, double.MinValue, double.Epsilon, -double.Epsilon, 1e-310, 1e-160, 1e150, -1e151, 1e300, 1e9, 1e12, 1e-9, 0.1];

    /// <summary>Stretches of constants, noise, extremes, denormals, spikes and ramps, with gaps, duplicates, late samples, samples a day apart and clocks that jump.</summary>
    public static Sample[] Make(int seed, int count)
    {
        var random = new Random(seed);
        var samples = new Sample[count];
        long time = Start;
        int left = 0, values = 0, times = 0;
        double level = 0, size = 1;
        for (int i = 0; i < count; i++)
        {
            if (left-- == 0) (left, values, times, level, size) = (random.Next(1, 120), random.Next(7), random.Next(8), Values[random.Next(Values.Length)], Math.Pow(10, random.Next(-12, 13)));
            time = times switch
            {
                0 => time,
                1 => Add(time, random.Next(2000)),
                2 => Add(time, 86_400_000),
                3 when random.Next(30) == 0 => Add(time, random.NextInt64(-400_000_000_000, 400_000_000_000)),
                4 when random.Next(50) == 0 => random.Next(2) == 0 ? long.MinValue + random.Next(5) : long.MaxValue - random.Next(5),
                5 => Start + (i * 1000L),
                _ => Add(time, 1000),
            };
            long late = times == 6 && random.Next(5) == 0 ? Add(time, -random.Next(1_000_000)) : time;
            samples[i] = new(late, Finite(values switch
            {
                0 => level,
                1 => level + (size * Gauss(random)),
                2 => Values[random.Next(Values.Length)],
                3 => random.Next(20) == 0 ? size * 1e6 : Gauss(random),
                4 => level + (i * size),
                5 => double.Epsilon * random.Next(4),
                _ => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
            }));
        }

        return samples;
    }

    private static double Finite(double value) => double.IsFinite(value) ? value : double.IsNaN(value) ? 0 : Math.CopySign(double.MaxValue, value);

    private static long Add(long time, long by) => (long)Int128.Clamp((Int128)time + by, long.MinValue, long.MaxValue);
}
