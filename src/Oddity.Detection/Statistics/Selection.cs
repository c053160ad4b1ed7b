namespace Oddity.Detection.Statistics;

/// <summary>The k-th smallest value without sorting all (Hoare, 1961): O(n) in the mean, the middle of three as pivot.</summary>
internal static class Selection
{
    /// <summary>Reorders values so that none before place k is greater and none after it is smaller; returns the one at k.</summary>
    public static double Take(Span<double> values, int k)
    {
        int low = 0, high = values.Length - 1;
        while (low < high)
        {
            double pivot = Middle(values[low], values[(low + high) >>> 1], values[high]);
            int i = low, j = high;
            while (i <= j)
            {
                while (values[i] < pivot) i++;
                while (values[j] > pivot) j--;
                if (i > j) break;
                (values[i], values[j]) = (values[j], values[i]);
                i++;
                j--;
            }

            if (k <= j) high = j;
            else if (k >= i) low = i;
            else break;
        }

        return values[k];
    }

    public static double Greatest(ReadOnlySpan<double> values)
    {
        double greatest = double.NegativeInfinity;
        foreach (double value in values) greatest = value > greatest ? value : greatest;
        return greatest;
    }

    private static double Middle(double a, double b, double c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
