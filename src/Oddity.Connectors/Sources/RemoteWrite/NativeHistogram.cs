namespace Oddity.Connectors.Sources.RemoteWrite;

/// <summary>
/// Reads a native histogram of remote write, 1.0 and 2.0, where the message is the same: counts of buckets whose bounds grow by 2^(2^−schema), or custom
/// bounds, sent as spans of neighbours and differences. Made to be used again for the next one.
/// </summary>
internal sealed class NativeHistogram
{
    /// <summary>More than any sender keeps (Prometheus' own limit is 160 a side by default); bounds what a few bytes can ask for.</summary>
    private const int MostBuckets = 10_000;

    private const int CustomBounds = -53;

    private readonly Side _negative = new();
    private readonly Side _positive = new();
    private readonly List<double> _bounds = [];
    private int _schema;
    private double _zeroCount;

    /// <summary>Suffixes of the series that a histogram becomes.</summary>
    public static IReadOnlyList<string> Suffixes { get; } = ["_count", "_sum", ":p50", ":p95", ":p99"];

    public long TimeMs { get; private set; }

    public double Count { get; private set; }

    public double Sum { get; private set; }

    /// <summary>Reads one; false if the bytes are none.</summary>
    public bool TryRead(ReadOnlySpan<byte> message)
    {
        Clear();
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field, reader.Type)
            {
                case (1, 0): Count = reader.Varint(); break;
                case (2, 1): Count = reader.Double(); break;
                case (3, 1): Sum = reader.Double(); break;
                case (4, 0): _schema = ZigZag((uint)reader.Varint()); break;
                case (6, 0): _zeroCount = reader.Varint(); break;
                case (7, 1): _zeroCount = reader.Double(); break;
                case (8, 2): if (!_negative.AddSpan(reader.Bytes())) return false; break;
                case (9, 0 or 2): if (!_negative.AddDeltas(ref reader)) return false; break;
                case (10, 1 or 2): if (!AddDoubles(ref reader, _negative.Counts)) return false; break;
                case (11, 2): if (!_positive.AddSpan(reader.Bytes())) return false; break;
                case (12, 0 or 2): if (!_positive.AddDeltas(ref reader)) return false; break;
                case (13, 1 or 2): if (!AddDoubles(ref reader, _positive.Counts)) return false; break;
                case (15, 0): TimeMs = (long)reader.Varint(); break;
                case (16, 1 or 2): if (!AddDoubles(ref reader, _bounds)) return false; break;
                default: reader.Skip(); break;
            }
        }

        return !reader.Failed;
    }

    /// <summary>What is wrong with it; null if nothing is.</summary>
    public string? Mistake()
    {
        if (_schema is not (>= -4 and <= 8) and not CustomBounds) return "The histogram's schema is neither -4 to 8 nor -53.";
        if (!(Count >= 0) || !(_zeroCount >= 0)) return "The histogram's counts are negative or not finite.";
        if (!_negative.IsFine || !_positive.IsFine) return "The histogram's spans and counts do not fit, or a count is negative or not finite.";
        if (_schema != CustomBounds) return _bounds.Count > 0 ? "A histogram has custom bounds and a schema of its own." : null;
        for (int i = 0; i < _bounds.Count; i++)
        {
            if (!double.IsFinite(_bounds[i]) || (i > 0 && _bounds[i] <= _bounds[i - 1])) return "The histogram's bounds are not finite or do not grow.";
        }

        return _negative.Counts.Count > 0 || _positive.Last > _bounds.Count ? "A histogram with custom bounds has buckets without a bound." : null;
    }

    /// <summary>The value below which the share <paramref name="q"/> lies, straight through a bucket along its exponent; null where nothing was counted.</summary>
    public double? Quantile(double q)
    {
        double total = _zeroCount + _negative.Total + _positive.Total;
        if (!(total > 0)) return null;
        double rank = q * total, below = 0, value = 0;
        for (int i = _negative.Counts.Count - 1; i >= 0; i--)
        {
            double count = _negative.Counts[i];
            if (count > 0 && below + count >= rank) return -Bound(_negative.Indexes[i] - Share(rank, below, count));
            below += count;
        }

        if (_zeroCount > 0 && below + _zeroCount >= rank) return 0;
        below += _zeroCount;
        for (int i = 0; i < _positive.Counts.Count; i++)
        {
            double count = _positive.Counts[i];
            if (count <= 0) continue;
            value = _schema == CustomBounds ? Custom(_positive.Indexes[i], Share(rank, below, count)) : Bound(_positive.Indexes[i] - 1 + Share(rank, below, count));
            if (below + count >= rank) return value;
            below += count;
        }

        return value;
    }

    private static double Share(double rank, double below, double count) => Math.Clamp((rank - below) / count, 0, 1);

    /// <summary>Upper bound of the bucket with that index; between two whole ones along the exponent.</summary>
    private double Bound(double index) => Math.Min(double.MaxValue, Math.Pow(2, index * Math.ScaleB(1, -_schema)));

    private double Custom(int index, double share)
    {
        if (_bounds.Count == 0) return 0;
        if (index >= _bounds.Count) return _bounds[^1];
        double lower = index > 0 ? _bounds[index - 1] : Math.Min(0, _bounds[0]);
        return lower + ((_bounds[index] - lower) * share);
    }

    private void Clear()
    {
        _negative.Clear();
        _positive.Clear();
        _bounds.Clear();
        (TimeMs, Count, Sum, _schema, _zeroCount) = (0, 0, 0, 0, 0);
    }

    private static bool AddDoubles(ref ProtoReader reader, List<double> into)
    {
        if (reader.Type == ProtoReader.TypeFixed64)
        {
            into.Add(reader.Double());
            return !reader.Failed && into.Count <= MostBuckets;
        }

        ReadOnlySpan<byte> packed = reader.Bytes();
        if (reader.Failed || packed.Length % 8 != 0 || into.Count + (packed.Length / 8) > MostBuckets) return false;
        for (; packed.Length > 0; packed = packed[8..]) into.Add(System.Buffers.Binary.BinaryPrimitives.ReadDoubleLittleEndian(packed));
        return true;
    }

    private static int ZigZag(uint value) => (int)(value >> 1) ^ -(int)(value & 1);

    /// <summary>The buckets on one side of zero.</summary>
    private sealed class Side
    {
        private long _nextIndex;
        private long _lastCount;
        private bool _broken;

        public List<int> Indexes { get; } = [];

        public List<double> Counts { get; } = [];

        public int Last => Indexes.Count == 0 ? 0 : Indexes[^1];

        public double Total
        {
            get
            {
                double total = 0;
                foreach (double count in Counts) total += count;
                return total;
            }
        }

        public bool IsFine => !_broken && Indexes.Count == Counts.Count && Counts.TrueForAll(count => count >= 0 && double.IsFinite(count));

        public void Clear()
        {
            Indexes.Clear();
            Counts.Clear();
            (_nextIndex, _lastCount, _broken) = (0, 0, false);
        }

        /// <summary>Adds the indexes of neighbours: how far after the last one, and how many.</summary>
        public bool AddSpan(ReadOnlySpan<byte> message)
        {
            var reader = new ProtoReader(message);
            int offset = 0;
            ulong length = 0;
            while (reader.Next())
            {
                if (reader.Is(1, ProtoReader.TypeVarint)) offset = ZigZag((uint)reader.Varint());
                else if (reader.Is(2, ProtoReader.TypeVarint)) length = reader.Varint();
                else reader.Skip();
            }

            if (reader.Failed || length > MostBuckets || Indexes.Count + (int)length > MostBuckets) return false;
            if (offset < 0 && Indexes.Count > 0) _broken = true; // Backwards: buckets would stand twice.
            _nextIndex += offset;
            for (; length > 0; length--) Indexes.Add((int)Math.Clamp(_nextIndex++, -1 << 20, 1 << 20));
            return true;
        }

        /// <summary>Adds counts, each as the difference to the one before.</summary>
        public bool AddDeltas(ref ProtoReader reader)
        {
            if (reader.Type == ProtoReader.TypeVarint) return Add(reader.Varint()) && !reader.Failed;
            var packed = new ProtoReader(reader.Bytes());
            while (!packed.Failed && packed.At < packed.Length)
            {
                if (!Add(packed.Varint())) return false;
            }

            return !packed.Failed && !reader.Failed;
        }

        private bool Add(ulong delta)
        {
            _lastCount = unchecked(_lastCount + ((long)(delta >> 1) ^ -(long)(delta & 1)));
            Counts.Add(_lastCount);
            return Counts.Count <= MostBuckets;
        }
    }
}
