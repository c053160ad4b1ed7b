using System.Buffers.Binary;

namespace Oddity.Connectors.Sources.Otlp;

/// <summary>
/// The buckets of one histogram point, with bounds that were sent or that follow from an exponent, in order of value; made to be used again for the next
/// point. Quantiles go straight through a bucket (along the exponent in exponential ones), which is what a bucket can tell.
/// </summary>
internal sealed class OtlpHistogram
{
    private readonly List<double> _bounds = [];
    private readonly List<double> _counts = [];
    private readonly List<double> _negative = [];
    private int _offset, _negativeOffset;
    private double _zeroes, _zeroThreshold;

    /// <summary>Scale of an exponential histogram: a bucket ends at 2^(2^−scale) times where it began. Null for explicit bounds.</summary>
    public int? Scale { get; set; }

    public void Clear()
    {
        _bounds.Clear();
        _counts.Clear();
        _negative.Clear();
        (Scale, _offset, _negativeOffset, _zeroes, _zeroThreshold) = (null, 0, 0, 0, 0);
    }

    /// <summary>Adds explicit bounds: doubles, packed or one.</summary>
    public void AddBounds(ReadOnlySpan<byte> packed)
    {
        for (; packed.Length >= 8; packed = packed[8..]) _bounds.Add(BinaryPrimitives.ReadDoubleLittleEndian(packed));
        if (!packed.IsEmpty) throw new InvalidDataException("Bounds that end too early.");
    }

    public void AddBound(double bound) => _bounds.Add(bound);

    /// <summary>Adds counts of explicit buckets.</summary>
    public void AddCounts(ReadOnlySpan<byte> packed)
    {
        for (; packed.Length >= 8; packed = packed[8..]) _counts.Add(BinaryPrimitives.ReadUInt64LittleEndian(packed));
        if (!packed.IsEmpty) throw new InvalidDataException("Counts that end too early.");
    }

    public void AddCount(ulong count) => _counts.Add(count);

    public void SetZero(ulong count) => _zeroes = count;

    public void SetZeroThreshold(double threshold) => _zeroThreshold = threshold;

    /// <summary>Reads one side of an exponential histogram.</summary>
    public void ReadSide(ReadOnlySpan<byte> message, bool negative)
    {
        List<double> counts = negative ? _negative : _counts;
        int offset = 0;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Is(1, ProtoReader.TypeVarint)) offset = ZigZag(reader.Varint());
            else if (reader.Is(2, ProtoReader.TypeVarint)) counts.Add(reader.Varint());
            else if (reader.Is(2, ProtoReader.TypeBytes))
            {
                var packed = new ProtoReader(reader.Bytes());
                while (!packed.Failed && packed.At < packed.Length) counts.Add(packed.Varint());
                packed.End();
            }
            else reader.Skip();
        }

        reader.End();

        if (negative) _negativeOffset = offset;
        else _offset = offset;
    }

    public static int ZigZag(ulong value) => (int)((uint)value >> 1) ^ -(int)(value & 1);

    /// <summary>What is wrong with it; null if nothing is.</summary>
    public string? Mistake()
    {
        if (Scale is { } scale) return scale is < -11 or > 20 ? "an exponential histogram's scale lies from -11 to 20" : null;
        if (_counts.Count != 0 && _counts.Count != _bounds.Count + 1) return "a histogram has one bucket more than bounds";
        for (int i = 0; i < _bounds.Count; i++)
        {
            if (!double.IsFinite(_bounds[i]) || (i > 0 && _bounds[i] <= _bounds[i - 1])) return "a histogram's bounds are finite and grow";
        }

        return null;
    }

    /// <summary>The value below which the share <paramref name="q"/> lies; null where there are no buckets or nothing is in them.</summary>
    public double? Quantile(double q) => Scale is { } scale ? Exponential(q, Math.ScaleB(1, -scale)) : Explicit(q);

    private double? Explicit(double q)
    {
        double total = Sum(_counts), below = 0;
        if (total == 0 || _bounds.Count == 0) return null;
        double rank = q * total;
        for (int i = 0; i < _bounds.Count; i++)
        {
            if (_counts[i] > 0 && below + _counts[i] >= rank)
            {
                double lower = i > 0 ? _bounds[i - 1] : Math.Min(0, _bounds[0]);
                return lower + ((_bounds[i] - lower) * (rank - below) / _counts[i]);
            }

            below += _counts[i];
        }

        return _bounds[^1]; // In the last bucket, which has no end.
    }

    private double? Exponential(double q, double exponent)
    {
        double total = Sum(_negative) + _zeroes + Sum(_counts);
        if (total == 0) return null;
        double rank = q * total, below = 0;
        for (int i = _negative.Count - 1; i >= 0; i--)
        {
            if (_negative[i] > 0 && below + _negative[i] >= rank)
                return -Power((_negativeOffset + i + 1 - ((rank - below) / _negative[i])) * exponent);
            below += _negative[i];
        }

        if (_zeroes > 0 && below + _zeroes >= rank) return 0;
        below += _zeroes;
        for (int i = 0; i < _counts.Count; i++)
        {
            if (_counts[i] > 0 && (below + _counts[i] >= rank || i == _counts.Count - 1))
                return Math.Max(_zeroThreshold, Power((_offset + i + Math.Min(1, (rank - below) / _counts[i])) * exponent));
            below += _counts[i];
        }

        return null;
    }

    private static double Power(double exponent) => Math.Min(double.MaxValue, Math.Pow(2, exponent));

    private static double Sum(List<double> counts)
    {
        double sum = 0;
        foreach (double count in counts) sum += count;
        return sum;
    }
}
