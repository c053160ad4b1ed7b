namespace Oddity.Detection.Evaluation;

/// <summary>
/// Event-F1: each labelled segment is one event, found if any of its rows is flagged. A false alarm is one notification: flagged rows outside of segments
/// that are at most ten rows apart are one run, and a run of n rows costs ⌈n / 10⌉, so that a detector that is always on is not rewarded.
/// </summary>
public static class EventRule
{
    /// <summary>Rows after which a run of flagged rows is notified again.</summary>
    private const int Renotify = 10;

    /// <summary>Thresholds tried: quantiles of the highest scores within the events.</summary>
    private const int Candidates = 60;

    /// <summary>Counts for the shipped decisions.</summary>
    public static EventCounts Shipped(JudgedSeries series) => Count(series, row => series.Flags[row]);

    /// <summary>The best event-F1 over up to 60 thresholds. O(60 · rows).</summary>
    public static BestThreshold Best(IReadOnlyList<JudgedSeries> series)
    {
        double[] highest = [.. series.SelectMany(one => one.Segments.Select(segment => Highest(one.Alarms, segment)))];
        var best = new BestThreshold(0, double.PositiveInfinity);
        if (highest.Length == 0) return best;
        Array.Sort(highest);
        foreach (double threshold in Enumerable.Range(0, Candidates).Select(i => Quantile(highest, i)).Distinct().Order())
        {
            EventCounts counts = default;
            foreach (JudgedSeries one in series) counts += Count(one, row => one.Alarms[row] >= threshold);
            if (counts.F1 > best.Figure) best = new(counts.F1, threshold);
        }

        return best;
    }

    private static EventCounts Count(JudgedSeries series, Func<int, bool> flagged)
    {
        int hit = 0, falseAlarms = 0, from = 0, first = -1, last = -1;
        foreach (Segment segment in series.Segments)
        {
            Outside(segment.First);
            if (Enumerable.Range(segment.First, segment.Length).Any(flagged)) hit++;
            from = segment.Last + 1;
        }

        Outside(series.Labels.Length);
        return new(hit, series.Segments.Count - hit, falseAlarms + Cost());

        // A run may reach across a short event.
        void Outside(int to)
        {
            for (int i = from; i < to; i++)
            {
                if (!flagged(i)) continue;
                if (first >= 0 && i - last > Renotify) (falseAlarms, first) = (falseAlarms + Cost(), -1);
                if (first < 0) first = i;
                last = i;
            }
        }

        int Cost() => first < 0 ? 0 : (last - first + Renotify) / Renotify;
    }

    private static double Highest(double[] scores, Segment segment) => scores.AsSpan(segment.First, segment.Length).ToArray().Max();

    /// <summary>The quantile i / 59 of sorted values, linear between neighbours; the arithmetic is that of numpy, to choose the same rows.</summary>
    private static double Quantile(double[] sorted, int i)
    {
        double position = (i == Candidates - 1 ? 1 : i * (1.0 / (Candidates - 1))) * (sorted.Length - 1);
        int below = (int)position;
        double share = position - below, low = sorted[below], high = sorted[Math.Min(below + 1, sorted.Length - 1)];
        return share >= 0.5 ? high - ((high - low) * (1 - share)) : low + ((high - low) * share);
    }
}
