namespace Oddity.Detection.Statistics;

/// <summary>
/// Whether a series has a season of so many slots: correlation with itself a season earlier, after its line was taken out and what is more than three robust deviations
/// from the median was held there. O(n).
/// </summary>
internal static class SeasonFinder
{
    /// <summary>Share of the variance that comes again after a season, from which on it is believed.</summary>
    private const double Enough = 0.3;

    public static bool Has(ReadOnlySpan<double> values, int period)
    {
        int n = values.Length;
        if (period < 2 || n < 2 * period) return false;
        double[] rest = Held(values);
        double both = 0, early = 0, late = 0, earlyMean = 0, lateMean = 0;
        for (int i = period; i < n; i++) (earlyMean, lateMean) = (earlyMean + (rest[i - period] / (n - period)), lateMean + (rest[i] / (n - period)));
        for (int i = period; i < n; i++)
        {
            double a = rest[i - period] - earlyMean, b = rest[i] - lateMean;
            (both, early, late) = (both + (a * b), early + (a * a), late + (b * b));
        }

        return both > 0 && both * both >= Enough * Enough * early * late;
    }

    /// <summary>Deviations from a straight line, in robust deviations, within ±3.</summary>
    private static double[] Held(ReadOnlySpan<double> values)
    {
        int n = values.Length;
        double mean = 0, slope = 0, middle = (n - 1) / 2.0, square = (n - 1.0) * n * (n + 1.0) / 12;
        foreach (double value in values) mean += value / n;
        for (int i = 0; i < n; i++) slope += (i - middle) / square * (values[i] - mean);
        double[] rest = new double[n];
        for (int i = 0; i < n; i++) rest[i] = values[i] - mean - (slope * (i - middle));
        double[] work = [.. rest];
        double median = Selection.Take(work, n / 2);
        for (int i = 0; i < n; i++) work[i] = Math.Abs(rest[i] - median);
        double deviation = 1.4826 * Selection.Take(work, n / 2);
        if (deviation == 0) deviation = Selection.Greatest(work) / 3;
        for (int i = 0; i < n; i++) rest[i] = deviation > 0 ? Math.Clamp((rest[i] - median) / deviation, -3, 3) : 0;
        return rest;
    }
}
