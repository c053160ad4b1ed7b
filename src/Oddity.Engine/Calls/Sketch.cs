namespace Oddity.Engine.Calls;

/// <summary>
/// Quantiles of numbers from 0 on, from counts in buckets that grow with the number: 64 for each power of two, so a quantile is off by less than 0.8 %.
/// Two sketches add up to that of all numbers, in any order, to the bit: buckets are cut from the number's own bits, no logarithm is taken.
/// </summary>
internal sealed class Sketch
{
    private const int SubBits = 6, LowestExponent = -10, HighestExponent = 52;

    private readonly Dictionary<int, long> _counts = [];

    public long Count { get; private set; }

    public double Min { get; private set; } = double.PositiveInfinity;

    public double Max { get; private set; }

    public void Add(double value)
    {
        int bucket = BucketOf(value);
        _counts[bucket] = _counts.GetValueOrDefault(bucket) + 1;
        Count++;
        Min = Math.Min(Min, value);
        Max = Math.Max(Max, value);
    }

    public void Add(Sketch other)
    {
        foreach ((int bucket, long count) in other._counts) _counts[bucket] = _counts.GetValueOrDefault(bucket) + count;
        Count += other.Count;
        Min = Math.Min(Min, other.Min);
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>The number that the share <paramref name="q"/> does not exceed; 0 without numbers.</summary>
    public double Quantile(double q)
    {
        if (Count == 0) return 0;
        long rank = Math.Max(1, (long)Math.Ceiling(q * Count)), below = 0;
        foreach (int bucket in _counts.Keys.Order())
        {
            below += _counts[bucket];
            if (below >= rank) return Math.Clamp(MiddleOf(bucket), Min, Max);
        }

        return Max;
    }

    public void Save(BinaryWriter to)
    {
        to.Write7BitEncodedInt(_counts.Count);
        if (_counts.Count == 0) return;
        to.Write(Min);
        to.Write(Max);
        int last = 0;
        foreach (int bucket in _counts.Keys.Order())
        {
            to.Write7BitEncodedInt(bucket - last);
            to.Write7BitEncodedInt64(_counts[bucket]);
            last = bucket;
        }
    }

    public static Sketch Load(BinaryReader from)
    {
        var sketch = new Sketch();
        int buckets = from.Read7BitEncodedInt();
        if (buckets == 0) return sketch;
        (sketch.Min, sketch.Max) = (from.ReadDouble(), from.ReadDouble());
        for (int bucket = 0; buckets > 0; buckets--)
        {
            bucket += from.Read7BitEncodedInt();
            long count = from.Read7BitEncodedInt64();
            sketch._counts[bucket] = count;
            sketch.Count += count;
        }

        return sketch;
    }

    private static int BucketOf(double value)
    {
        if (!(value >= Math.ScaleB(1, LowestExponent))) return 0;
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> 52) - 1023;
        if (exponent > HighestExponent) return ((HighestExponent - LowestExponent + 1) << SubBits) + 1;
        return ((exponent - LowestExponent) << SubBits) + (int)((bits >> (52 - SubBits)) & ((1 << SubBits) - 1)) + 1;
    }

    private static double MiddleOf(int bucket)
    {
        if (bucket == 0) return 0;
        int exponent = ((bucket - 1) >> SubBits) + LowestExponent, sub = (bucket - 1) & ((1 << SubBits) - 1);
        return Math.ScaleB(1 + ((sub + 0.5) / (1 << SubBits)), exponent);
    }
}
