namespace Oddity.Detection.Evaluation;

/// <summary>
/// VUS-PR: the area under precision over recall, averaged over labels whose edges are softened by 0, 1, … <c>window</c> rows, so that a score a few rows
/// off is not worthless. Paparrizos et al., "Volume Under the Surface", VLDB 2022. 250 thresholds at equal ranks.
/// O(n log n + window · (rows labelled or near a label)).
/// </summary>
public static class VolumeUnderSurface
{
    private const int Thresholds = 250;

    /// <summary>0..1; NaN without a labelled row.</summary>
    /// <param name="labels">The truth.</param>
    /// <param name="scores">Higher is odder; as many.</param>
    /// <param name="window">Widest buffer, in rows; <see cref="SeasonLength"/> gives a fitting one.</param>
    public static double PrecisionRecall(ReadOnlySpan<bool> labels, ReadOnlySpan<double> scores, int window)
    {
        IReadOnlyList<Segment> segments = Segment.Of(labels);
        if (segments.Count == 0) return double.NaN;
        (byte[] buckets, int[] predicted) = Rank(scores);
        double[] hits = new double[Thresholds], soft = new double[Thresholds], existence = [];
        int positives = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            if (!labels[i]) continue;
            positives++;
            hits[buckets[i]]++;
        }

        Accumulate(hits);
        double[] weights = new double[labels.Length];
        double sum = 0;
        for (int width = 0; width <= window; width++)
        {
            if (width % 2 == 0) existence = Existence(segments, buckets, width / 2);
            Soften(segments, labels, buckets, width, weights, soft);
            sum += Area(hits, soft, existence, predicted, positives);
        }

        return sum / (window + 1);
    }

    /// <summary>Of each row the first threshold it reaches, highest first, and for each threshold the number of rows that reach it.</summary>
    private static (byte[] Buckets, int[] Predicted) Rank(ReadOnlySpan<double> scores)
    {
        double[] sorted = scores.ToArray();
        Array.Sort(sorted);
        int n = sorted.Length;
        double step = (n - 1) / (double)(Thresholds - 1);
        double[] negated = new double[Thresholds];
        for (int k = 0; k < Thresholds; k++) negated[k] = -sorted[n - 1 - (k == Thresholds - 1 ? n - 1 : (int)(k * step))];
        byte[] buckets = new byte[n];
        int[] predicted = new int[Thresholds];
        for (int i = 0; i < n; i++)
        {
            int bucket = LowerBound(negated, -scores[i]);
            buckets[i] = (byte)bucket;
            predicted[bucket]++;
        }

        for (int k = 1; k < Thresholds; k++) predicted[k] += predicted[k - 1];
        return (buckets, predicted);
    }

    private static int LowerBound(double[] ascending, double value)
    {
        int low = 0, high = ascending.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (ascending[middle] < value) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>Share of segments, each widened by this many rows and joined where they meet, of which some row reaches each threshold.</summary>
    private static double[] Existence(IReadOnlyList<Segment> segments, byte[] buckets, int half)
    {
        double[] share = new double[Thresholds];
        int joined = 0, first = Math.Max(segments[0].First - half, 0);
        for (int i = 0; i < segments.Count; i++)
        {
            int last = segments[i].Last + half;
            if (i + 1 < segments.Count && last >= segments[i + 1].First - half) continue;
            int bucket = byte.MaxValue;
            foreach (byte one in buckets.AsSpan(first..(Math.Min(last, buckets.Length - 1) + 1))) bucket = Math.Min(bucket, one);
            share[bucket]++;
            joined++;
            if (i + 1 < segments.Count) first = segments[i + 1].First - half;
        }

        Accumulate(share);
        for (int k = 0; k < Thresholds; k++) share[k] /= joined;
        return share;
    }

    /// <summary>The partial labels of rows beside segments, √(1 − distance / width), summed by threshold. Leaves the weights at zero.</summary>
    private static void Soften(IReadOnlyList<Segment> segments, ReadOnlySpan<bool> labels, byte[] buckets, int width, double[] weights, double[] soft)
    {
        Array.Clear(soft);
        int half = width / 2;
        foreach (Segment segment in segments)
        {
            for (int d = 1; d <= half && segment.Last + d < weights.Length; d++) weights[segment.Last + d] += Math.Sqrt(1 - (d / (double)width));
            for (int d = 1; d <= half && segment.First - d >= 0; d++) weights[segment.First - d] += Math.Sqrt(1 - (d / (double)width));
        }

        foreach (Segment segment in segments)
        {
            for (int d = 1; d <= half && segment.Last + d < weights.Length; d++) Take(segment.Last + d, labels, soft);
            for (int d = 1; d <= half && segment.First - d >= 0; d++) Take(segment.First - d, labels, soft);
        }

        Accumulate(soft);

        void Take(int row, ReadOnlySpan<bool> truth, double[] to)
        {
            if (!truth[row]) to[buckets[row]] += Math.Min(weights[row], 1);
            weights[row] = 0;
        }
    }

    private static double Area(double[] hits, double[] soft, double[] existence, int[] predicted, int positives)
    {
        double area = 0, before = 0;
        for (int k = 0; k < Thresholds; k++)
        {
            double found = hits[k] + soft[k];
            double recall = Math.Min(found / (positives + (soft[k] / 2)), 1) * existence[k];
            area += (recall - before) * (found / predicted[k]);
            before = recall;
        }

        return area;
    }

    private static void Accumulate(double[] counts)
    {
        for (int k = 1; k < counts.Length; k++) counts[k] += counts[k - 1];
    }
}
