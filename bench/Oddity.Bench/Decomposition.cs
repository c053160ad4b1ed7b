using System.Globalization;
using Oddity.Detection.Statistics;

namespace Oddity.Bench;

/// <summary>Time of a seasonal-trend decomposition, and its result for a comparison with others': 10,080 points, period 288.</summary>
internal static class Decomposition
{
    /// <summary>A week at a minute, or what is asked for: two waves, a trend, noise of a linear congruential generator that any language repeats.</summary>
    public static double[] Series(int points, int period)
    {
        double[] values = new double[points];
        uint state = 1;
        for (int i = 0; i < points; i++)
        {
            double noise = 0;
            for (int k = 0; k < 4; k++)
            {
                state = (state * 1_664_525) + 1_013_904_223;
                noise += (state / 4_294_967_296.0) - 0.5;
            }

            values[i] = 100 + (0.01 * i) + (20 * Math.Sin(i * Math.Tau / period)) + (7 * Math.Cos(3 * i * Math.Tau / period)) + (3 * noise) + (i % 997 == 500 ? 60 : 0);
        }

        return values;
    }

    public static int Print(string[] arguments)
    {
        double[] values = Series(10_080, 288);
        foreach ((string name, StlOptions options) in (ReadOnlySpan<(string, StlOptions)>)[
            ("stl jump 10 %, plain (2 inner)", new(288) { JumpShare = 0.1, Inner = 2 }),
            ("stl jump 10 %, robust (1 inner, 15 outer)", new(288) { JumpShare = 0.1, Inner = 1, Robust = true }),
            ("stl exact, plain (5 inner)", new(288)),
            ("stl exact, robust (2 inner, 15 outer)", new(288) { Robust = true }),
        ])
        {
            var stl = new Stl(options);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {Timing.BestMs(() => stl.Decompose(values)):0.000} ms"));
            if (arguments is [string folder, ..]) Write(Path.Combine(folder, $"{(options.Robust ? "robust" : "plain")}-{(options.JumpShare > 0 ? "jump" : "exact")}.csv"), stl);
        }

        return 0;
    }

    private static void Write(string path, Stl stl)
    {
        using var writer = new StreamWriter(path);
        for (int i = 0; i < stl.Trend.Length; i++) writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stl.Trend[i]:R},{stl.Season[i]:R},{stl.Weights[i]:R}"));
    }
}
