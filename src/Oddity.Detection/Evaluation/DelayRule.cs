namespace Oddity.Detection.Evaluation;

/// <summary>
/// Delay-F1, the rule of the AIOps challenge of 2018: a labelled segment counts as found with all its rows if one of its first rows is flagged, and as
/// missed with all its rows otherwise; each flagged row outside of segments is wrong.
/// </summary>
public static class DelayRule
{
    /// <summary>Rows after the first one within which a segment must be found.</summary>
    public const int Delay = 7;

    /// <summary>F1 of the shipped decisions over all series, 0..1.</summary>
    public static double Shipped(IEnumerable<JudgedSeries> series)
    {
        long found = 0, missed = 0, wrong = 0;
        foreach (JudgedSeries one in series)
        {
            foreach (Segment segment in one.Segments)
            {
                if (one.Flags.AsSpan(segment.First, Start(segment)).Contains(true)) found += segment.Length;
                else missed += segment.Length;
            }

            for (int i = 0; i < one.Flags.Length; i++)
            {
                if (one.Flags[i] && !one.Labels[i]) wrong++;
            }
        }

        return 2.0 * found / Math.Max((2 * found) + missed + wrong, 1);
    }

    /// <summary>The best F1 that one threshold for all series reaches. O(rows · log rows).</summary>
    public static BestThreshold Best(IReadOnlyList<JudgedSeries> series)
    {
        (double Score, long Rows)[] segments =
            [.. series.SelectMany(one => one.Segments.Select(segment => (Highest(one.Alarms.AsSpan(segment.First, Start(segment))), (long)segment.Length)))];
        double[] outside = [.. series.SelectMany(one => one.Alarms.Where((_, row) => !one.Labels[row]))];
        Array.Sort(outside);
        Array.Sort(segments, (a, b) => b.Score.CompareTo(a.Score));
        long all = segments.Sum(segment => segment.Rows), found = 0;
        int below = outside.Length;
        var best = new BestThreshold(0, double.PositiveInfinity);
        for (int i = 0; i < segments.Length; i++)
        {
            double threshold = segments[i].Score;
            found += segments[i].Rows;
            if (i + 1 < segments.Length && segments[i + 1].Score == threshold) continue;
            while (below > 0 && outside[below - 1] >= threshold) below--;
            double f1 = 2.0 * found / (found + (outside.Length - below) + all);
            if (f1 > best.Figure) best = new(f1, threshold);
        }

        return best;
    }

    private static int Start(Segment segment) => Math.Min(segment.Length, Delay + 1);

    private static double Highest(ReadOnlySpan<double> scores)
    {
        double highest = double.NegativeInfinity;
        foreach (double score in scores) highest = Math.Max(highest, score);
        return highest;
    }
}
