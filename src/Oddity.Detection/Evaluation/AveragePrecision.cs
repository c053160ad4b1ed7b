namespace Oddity.Detection.Evaluation;

/// <summary>Area under the curve of precision over recall as average precision: Σ (recall step) · precision, rows of equal score taken together.</summary>
public static class AveragePrecision
{
    /// <summary>0..1; NaN without a labelled row. O(n log n).</summary>
    /// <param name="labels">The truth.</param>
    /// <param name="scores">Higher is odder; as many.</param>
    public static double Of(ReadOnlySpan<bool> labels, ReadOnlySpan<double> scores)
    {
        int positives = labels.Count(true);
        if (positives == 0) return double.NaN;
        double[] sorted = scores.ToArray();
        bool[] truth = labels.ToArray();
        Array.Sort(sorted, truth);
        double area = 0;
        int found = 0, counted = 0;
        for (int i = sorted.Length - 1; i >= 0; i--)
        {
            int before = found;
            while (true)
            {
                counted++;
                if (truth[i]) found++;
                if (i == 0 || sorted[i - 1] != sorted[i]) break;
                i--;
            }

            area += (found - before) / (double)positives * ((double)found / counted);
        }

        return area;
    }
}
