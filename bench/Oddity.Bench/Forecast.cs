using System.Globalization;
using Oddity.Detection.Statistics;

namespace Oddity.Bench;

/// <summary>Time of a prophet fit with day, week and 25 changepoints, and of its band for as many points, of samples 5 minutes apart.</summary>
internal static class Forecast
{
    public static int Print()
    {
        foreach (int points in (int[])[2_016, 10_080])
        {
            double[] values = Decomposition.Series(points, 288);
            long[] times = [.. Enumerable.Range(0, points).Select(i => 1_760_000_000_000 + (i * 300_000L))];
            var options = new ProphetOptions { Daily = 4, Weekly = 3 };
            var model = new Prophet(times, values, options);
            Show($"prophet fit, {points} points", Timing.BestMs(() => model = new Prophet(times, values, options)));
            long[] ahead = [.. times.Select(time => time + (points * 300_000L))];
            double[] expected = new double[points], lower = new double[points], upper = new double[points];
            Show($"prophet band, {points} points", Timing.BestMs(() => model.Intervals(ahead, 0.8, expected, lower, upper)));
        }

        return 0;
    }

    private static void Show(string name, double ms) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {ms:0.000} ms"));
}
