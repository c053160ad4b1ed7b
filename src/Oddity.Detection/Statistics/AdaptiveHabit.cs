namespace Oddity.Detection.Statistics;

/// <summary>
/// How used one is to a series raising its voice: counts, by size, the totals that would have raised an alarm, and answers how rare one of this size
/// or nearly so (seven tenths) has been. A series that does it hourly must do more to be noticed. 40 counts, quarter powers of two.
/// </summary>
internal sealed class AdaptiveHabit
{
    private const int Buckets = 40;
    private const double Least = 0.25;

    /// <summary>Samples after which all is halved, so that habits are forgotten.</summary>
    private const double Memory = 131_072;

    private readonly ushort[] _counts = new ushort[Buckets];
    private double _samples;

    /// <summary>log10 of samples for each total of this size, the present one included.</summary>
    public double Rarity(double total)
    {
        int times = 1;
        for (int i = Math.Max(0, Bucket(total) - 2); i < Buckets; i++) times += _counts[i];
        return Elementary.Log10((_samples + 1) / times);
    }

    /// <param name="total">The sample's total where it was above those before it, else 0.</param>
    public void Learn(double total)
    {
        if (total > 0 && _counts[Bucket(total)] < ushort.MaxValue) _counts[Bucket(total)]++;
        if (++_samples < Memory) return;
        _samples /= 2;
        for (int i = 0; i < Buckets; i++) _counts[i] = (ushort)((_counts[i] + 1) / 2);
    }

    public void Save(StateWriter writer)
    {
        writer.Double(_samples);
        foreach (ushort count in _counts) writer.Int32(count);
    }

    public void Load(StateReader reader)
    {
        _samples = reader.Double();
        for (int i = 0; i < Buckets; i++) _counts[i] = (ushort)Math.Clamp(reader.Int32(), 0, ushort.MaxValue);
    }

    private static int Bucket(double total) => Math.Clamp((int)(4 * Elementary.Log2(total / Least)), 0, Buckets - 1);
}
