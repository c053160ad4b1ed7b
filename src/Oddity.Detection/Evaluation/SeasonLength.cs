namespace Oddity.Detection.Evaluation;

/// <summary>The length of a series' repeating pattern, used as the width of the buffers of <see cref="VolumeUnderSurface"/>.</summary>
public static class SeasonLength
{
    /// <summary>What is assumed where no pattern shows.</summary>
    public const int Default = 125;

    private const int Rows = 20_000, Lags = 400, First = 3, LongestPeak = 300;

    /// <summary>
    /// The lag, in rows, of the highest peak of the autocorrelation among 3..400 over the first 20,000 rows; 125 where there is none or it lies beyond 300.
    /// The rule is that of the TSB-AD benchmark. O(400 · 20,000).
    /// </summary>
    public static int Of(ReadOnlySpan<double> values)
    {
        double[] centred = values[..Math.Min(values.Length, Rows)].ToArray();
        double mean = centred.Length == 0 ? 0 : centred.Average();
        for (int i = 0; i < centred.Length; i++) centred[i] -= mean;
        double[] correlation = [.. Enumerable.Range(0, Math.Max(0, Math.Min(Lags, centred.Length - 1) + 1)).Select(lag => Sum(centred, lag))];
        if (correlation.Length == 0 || !(correlation[0] > 0)) return Default;
        int best = -1;
        for (int lag = First + 1; lag < correlation.Length - 1; lag++)
        {
            bool peak = correlation[lag] > correlation[lag - 1] && correlation[lag] > correlation[lag + 1];
            if (peak && (best < 0 || correlation[lag] > correlation[best])) best = lag;
        }

        return best - First is >= First and <= LongestPeak ? best : Default;
    }

    private static double Sum(double[] centred, int lag)
    {
        double sum = 0;
        for (int i = lag; i < centred.Length; i++) sum += centred[i] * centred[i - lag];
        return sum;
    }
}
