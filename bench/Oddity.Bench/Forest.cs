using System.Globalization;
using Oddity.Detection.Statistics;

namespace Oddity.Bench;

/// <summary>Isolation forests of 100 trees of 256 rows from 10,000: to make one, and to score one row.</summary>
internal static class Forest
{
    private const int Rows = 10_000;
    private const int Trees = 100;
    private const int Sample = 256;

    public static int Print()
    {
        double[] line = [.. Values(1).Take(Sample).Order()];
        Tell("forest fit, 1 column (folded, newest 256 rows)", Timing.BestMs(() => _ = new IsolationLine(line, Trees, 1)));
        var table = new IsolationLine(line, Trees, 1);
        double[] asked = Values(1);
        Tell("forest score, 1 column, 1000 rows", Timing.BestMs(() => Sum(1000, i => table.Score(asked[i]))));
        foreach (int columns in (int[])[3, 10])
        {
            double[] rows = Values(columns);
            Tell($"forest fit, {columns} columns", Timing.BestMs(() => _ = new IsolationTrees(rows, columns, Trees, Sample, 1)));
            var trees = new IsolationTrees(rows, columns, Trees, Sample, 1);
            Tell($"forest score, {columns} columns, 1000 rows", Timing.BestMs(() => Sum(1000, i => trees.Score(rows.AsSpan(i * columns, columns)))));
        }

        return 0;
    }

    private static void Tell(string name, double ms) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {ms:0.0000} ms"));

    private static double Sum(int count, Func<int, double> score)
    {
        double sum = 0;
        for (int i = 0; i < count; i++) sum += score(i);
        return sum;
    }

    /// <summary>Sums of three uniform numbers from 0 to 1, a linear congruential generator that bench/peers.py has too.</summary>
    private static double[] Values(int columns)
    {
        uint state = 1;
        double[] values = new double[Rows * columns];
        for (int i = 0; i < values.Length; i++)
        {
            for (int k = 0; k < 3; k++)
            {
                state = (state * 1664525) + 1013904223;
                values[i] += state / 4294967296.0;
            }
        }

        return values;
    }
}
