using Oddity.Detection;

namespace Oddity.Server.Api.Series;

/// <summary>Thins samples for a chart so that no peak or dip goes missing.</summary>
internal static class Downsampling
{
    /// <summary>Fewest points that can be asked for: first, last, and a minimum and maximum between them.</summary>
    public const int Fewest = 4;

    /// <summary>
    /// Cuts the time between the first and the last sample into equal buckets and keeps each bucket's minimum and maximum (the earliest where
    /// several are equal), besides the first and the last sample. O(n).
    /// </summary>
    /// <param name="samples">In time order.</param>
    /// <param name="maxPoints">Most to keep, <see cref="Fewest"/> or more.</param>
    /// <returns>Positions of the kept samples, rising; all of them where they are few enough.</returns>
    public static int[] Extremes(ReadOnlySpan<Sample> samples, int maxPoints)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPoints, Fewest);
        if (samples.Length <= maxPoints) return [.. Enumerable.Range(0, samples.Length)];
        int buckets = (maxPoints - 2) / 2;
        long start = samples[0].TimeMs;
        double width = Math.Max(1, ((double)samples[^1].TimeMs - start) / buckets);
        var kept = new List<int>(maxPoints) { 0 };
        int bucket = -1, min = 0, max = 0;
        for (int i = 1; i < samples.Length - 1; i++)
        {
            int own = Math.Min(buckets - 1, (int)((samples[i].TimeMs - (double)start) / width));
            if (own != bucket)
            {
                if (bucket >= 0) Keep(kept, min, max);
                (bucket, min, max) = (own, i, i);
            }
            else if (samples[i].Value < samples[min].Value) min = i;
            else if (samples[i].Value > samples[max].Value) max = i;
        }

        Keep(kept, min, max);
        kept.Add(samples.Length - 1);
        return [.. kept];
    }

    private static void Keep(List<int> kept, int min, int max)
    {
        kept.Add(Math.Min(min, max));
        if (min != max) kept.Add(Math.Max(min, max));
    }
}
