namespace Oddity.Detection.Evaluation;

/// <summary>
/// The score of the Numenta Anomaly Benchmark 1.1: in each window the earliest flagged row counts, every flagged row outside costs, a window without one
/// costs; 100 is perfect, 0 is silence, and there is no lower end. One threshold for all series.
/// </summary>
public static class NabRule
{
    /// <summary>The score of the shipped decisions.</summary>
    public static double Shipped(NabProfile profile, IReadOnlyList<NabSeries> series)
    {
        double raw = 0;
        foreach (NabSeries one in series)
        {
            double[] best = new double[one.Windows.Count];
            Array.Fill(best, -profile.FalseNegative);
            for (int row = one.Probation; row < one.Worth.Length; row++)
            {
                if (!one.Judged.Flags[row]) continue;
                if (one.WindowOf[row] is >= 0 and var window) best[window] = Math.Max(best[window], one.Worth[row]);
                else raw += one.Worth[row] * profile.FalsePositive;
            }

            raw += best.Sum() + (profile.FalseNegative * (one.Windows.Count - one.Scorable));
        }

        return Normalise(profile, series, raw);
    }

    /// <summary>Rows flagged outside of windows by the shipped decisions, those on probation not counted.</summary>
    public static int RowsFlaggedOutside(IEnumerable<NabSeries> series) =>
        series.Sum(one => Enumerable.Range(one.Probation, one.Worth.Length - one.Probation).Count(row => one.Judged.Flags[row] && one.WindowOf[row] < 0));

    /// <summary>The best score that one threshold reaches. O(rows · log rows).</summary>
    public static BestThreshold Best(NabProfile profile, IReadOnlyList<NabSeries> series)
    {
        double[] scores = [.. series.SelectMany(one => one.Judged.Alarms.Skip(one.Probation))];
        (int Series, int Row)[] rows = [.. series.SelectMany((one, index) => Enumerable.Range(one.Probation, one.Worth.Length - one.Probation).Select(row => (index, row)))];
        Array.Sort(scores, rows);
        double[][] windows = [.. series.Select(one => Enumerable.Repeat(-profile.FalseNegative, one.Windows.Count).ToArray())];
        double raw = Silent(profile, series);
        (double Raw, double Threshold) best = (raw, double.PositiveInfinity);
        for (int i = scores.Length - 1; i >= 0; i--)
        {
            NabSeries one = series[rows[i].Series];
            double worth = one.Worth[rows[i].Row];
            if (one.WindowOf[rows[i].Row] is >= 0 and var window)
            {
                ref double found = ref windows[rows[i].Series][window];
                raw += Math.Max(worth - found, 0);
                found = Math.Max(found, worth);
            }
            else
            {
                raw += worth * profile.FalsePositive;
            }

            if ((i == 0 || scores[i - 1] != scores[i]) && raw > best.Raw) best = (raw, scores[i]);
        }

        return new(Normalise(profile, series, best.Raw), best.Threshold);
    }

    private static double Silent(NabProfile profile, IReadOnlyList<NabSeries> series) => -profile.FalseNegative * series.Sum(one => one.Scorable);

    /// <summary>0 for silence, 100 for the first row of every window and no other; 0 where there is no window.</summary>
    private static double Normalise(NabProfile profile, IReadOnlyList<NabSeries> series, double raw)
    {
        int windows = series.Sum(one => one.Windows.Count);
        double silent = Silent(profile, series);
        return windows == 0 ? 0 : 100 * (raw - silent) / (windows - silent);
    }
}
