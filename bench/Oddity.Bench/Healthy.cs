using System.Globalization;
using Oddity.Detection;
using Oddity.Detection.Tests;

namespace Oddity.Bench;

/// <summary>Alarms a day on series that have nothing wrong with them: the first day, when everything is new, and the second.</summary>
internal static class Healthy
{
    private const long Start = 1_760_000_000_000;
    private const int Seeds = 3;
    private static readonly int[] Steps = [3, 15, 60];

    public static int Print(string detector)
    {
        DetectorEntry entry = DetectorCatalogue.Find(detector) ?? throw new ArgumentException($"No detector '{detector}'.");
        Console.WriteLine($"alarms a day on the first and second day, {Seeds} series each   3 s          15 s         60 s");
        foreach ((string name, AdaptiveHealthyShapes.Shape shape) in AdaptiveHealthyShapes.All)
        {
            IEnumerable<string> cells = Steps.Select(step => Cell(Count(entry, shape, step)));
            Console.WriteLine($"{name,-62} {string.Join("   ", cells)}");
        }

        return 0;
    }

    private static string Cell((double First, double Second) count) => string.Create(CultureInfo.InvariantCulture, $"{count.First,4:0.00} {count.Second,4:0.00}");

    private static (double First, double Second) Count(DetectorEntry entry, AdaptiveHealthyShapes.Shape shape, int step)
    {
        double first = 0, second = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            Detector detector = entry.Create(DetectorParameters.None, (ulong)seed);
            long time = 0;
            foreach (double value in shape(new Random(100 + seed), step).Take(2 * 86_400 / step))
            {
                if (detector.Observe(new Sample(Start + time, value)).Anomalous)
                {
                    if (time < 86_400_000) first++;
                    else second++;
                }

                time += step * 1000L;
            }
        }

        return (first / Seeds, second / Seeds);
    }
}
