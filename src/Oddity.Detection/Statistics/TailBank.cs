using System.Runtime.CompilerServices;

namespace Oddity.Detection.Statistics;

/// <summary>
/// How surprising a signed deviation is among the deviations its channel has seen: −log10 of the one-sided tail probability. Each channel keeps,
/// for each sign, a decayed histogram of 32 buckets of small integers, four a power of two (the exponent and two mantissa bits of the double, so
/// finding the bucket is a shift). Inside the data the tail is counted; beyond the third largest deviation it goes on as a generalised Pareto tail
/// (shape <see cref="Shape"/>), so that short histories do not saturate. Scale-free: nothing has to be normalised first.
/// O(1) to learn, O(32) to ask and only in the upper twentieth; 64 counts and two small records a channel; allocates nothing after construction.
/// </summary>
internal sealed class TailBank
{
    private const int Buckets = 32;
    private const int Middle = 16;
    private const int MantissaShift = 50;

    /// <summary>Counts are halved when a channel's total reaches this, so that they fit 16 bits.</summary>
    private const int Limit = 60_000;

    /// <summary>ξ of the Pareto tail: heavier than exponential (0), lighter than infinite variance (0.5); between what metrics show.</summary>
    private const double Shape = 0.3;

    private readonly Channel[] _channels;
    private int _unit = Limit / 8000;

    /// <param name="channels">Number of independent histories.</param>
    public TailBank(int channels) => _channels = new Channel[channels];

    /// <summary>Deviations remembered from now on, 1 to 60,000: the effective memory is between half of it and it. What was learnt keeps its weight.</summary>
    public int Memory
    {
        get => Limit / _unit;
        set => _unit = Math.Clamp(Limit / Math.Max(1, value), 1, Limit / 100);
    }

    /// <summary>Asks for all of it ahead of its use.</summary>
    public void Fetch() => Ahead.Fetch<Channel>(_channels);

    /// <summary>Deviations in the channel's memory.</summary>
    public int Seen(int channel) => _channels[channel].Total / _unit;

    /// <summary>−log10 P(a deviation of this sign at least this large), 0 in the inner part of the distribution. Finite for finite input.</summary>
    public double Surprise(int channel, double deviation)
    {
        double size = Math.Abs(deviation);
        if (!(size > 0)) return 0;
        int own = (channel * 2) + (deviation < 0 ? 1 : 0);
        int other = own ^ 1;
        // A side never seen borrows the other's scale: symmetry is the best guess there is.
        int at = SideOf(own).Tail >= 4 * _unit || SideOf(own).Tail >= SideOf(other).Tail ? own : other;
        ref readonly Side side = ref SideOf(at);
        if (!side.Known) return 0;
        int raw = Bucket(size);
        int k = raw - side.Anchor;
        if (k < side.Upper) return 0;

        double n = _channels[channel].Total + _unit;
        ReadOnlySpan<ushort> counts = CountsOf(at);
        int enough = 3 * _unit;
        int above = 0, last = side.Upper;
        double start = Edge(side.Anchor + side.Upper), excess = 0;
        int lastAbove = side.Tail;
        double inside = -1;
        for (int j = Buckets - 1; j >= side.Upper; j--)
        {
            int count = counts[j];
            if (j == k && k < Buckets - 1)
            {
                double low = Edge(side.Anchor + j), high = Edge(side.Anchor + j + 1);
                inside = above + (count * (high - size) / (high - low));
            }

            above += count;
            excess += count * ((Edge(side.Anchor + j) * 1.1) - start);
            if (above >= enough && last == side.Upper && j > side.Upper)
            {
                last = j;
                lastAbove = above;
            }
        }

        if (own == at && inside >= enough) return Elementary.Log10(n / inside);
        double tail = Math.Max(side.Tail, _unit);
        double spread = Math.Max(excess / tail * (1 - Shape), 0.25 * start) * (1 + (2 / Math.Sqrt(tail / _unit)));
        if (own != at)
        {
            // Borrowed: the probability of this side is what was seen of it, half an observation at least.
            double seen = Math.Max(SideOf(own).Tail, 0.5 * _unit);
            return Elementary.Log10(n / seen) + Beyond(size - start, spread);
        }

        double from = Edge(side.Anchor + last);
        return Elementary.Log10(n / Math.Max(lastAbove, 0.5 * _unit)) + Beyond(size - from, spread + (Shape * (from - start)));
    }

    /// <summary>The deviation of that sign (+1 or −1) at which <see cref="Surprise"/> reaches the level; +∞ while nothing is known.</summary>
    public double Reach(int channel, int sign, double level)
    {
        int own = (channel * 2) + (sign < 0 ? 1 : 0);
        int at = SideOf(own).Tail >= 4 * _unit || SideOf(own).Tail >= SideOf(own ^ 1).Tail ? own : own ^ 1;
        ref readonly Side side = ref SideOf(at);
        if (!side.Known) return double.PositiveInfinity;
        // Surprise grows with size: bisect over buckets, then inside one.
        double size = Edge(side.Anchor + side.Upper);
        double low = size, high = size;
        for (int i = 0; i < 12 && Surprise(channel, sign * high) < level; i++) (low, high) = (high, high * 2);
        for (int i = 0; i < 8; i++)
        {
            double middle = (low + high) / 2;
            if (Surprise(channel, sign * middle) < level) low = middle;
            else high = middle;
        }

        return high;
    }

    public void Learn(int channel, double deviation)
    {
        double size = Math.Abs(deviation);
        _channels[channel].Total += _unit;
        if (size > 0)
        {
            int at = (channel * 2) + (deviation < 0 ? 1 : 0);
            ref Side side = ref SideOf(at);
            int raw = Bucket(size);
            if (!side.Known) side = new Side { Known = true, Anchor = (short)(raw - Middle), Upper = Middle };
            Span<ushort> counts = CountsOf(at);
            // One value beyond the last bucket may be an accident; the third is part of the distribution and gets a bucket.
            int over = raw - side.Anchor - (Buckets - 1);
            if (over > 0 && counts[Buckets - 1] >= 2 * _unit) SlideUp(ref side, counts, over + 2);
            // Accidents hold all the buckets and what is common has none: begin anew around it, the accidents beyond.
            if (raw < side.Anchor && side.Tail < 3 * _unit && counts[0] >= 4 * _unit)
            {
                SlideDown(ref side, counts, Buckets - 1);
                (side.Anchor, side.Upper) = ((short)(raw - Middle), Buckets - 1);
            }

            int k = Math.Clamp(raw - side.Anchor, 0, Buckets - 1);
            counts[k] += (ushort)_unit;
            if (k >= side.Upper) side.Tail += _unit;
        }

        Settle(channel * 2, _channels[channel].Total);
        Settle((channel * 2) + 1, _channels[channel].Total);
        if (_channels[channel].Total >= Limit) Halve(channel);
    }

    public void Save(StateWriter writer)
    {
        writer.Int32(_unit);
        for (int i = 0; i < _channels.Length; i++)
        {
            writer.Int32(_channels[i].Total);
            for (int s = 2 * i; s <= (2 * i) + 1; s++)
            {
                writer.Bool(SideOf(s).Known);
                writer.Int32(SideOf(s).Anchor);
                writer.Int32(SideOf(s).Upper);
                writer.Int32(SideOf(s).Tail);
                for (int j = 0; j < Buckets; j++)
                {
                    ushort count = CountsOf(s)[j];
                    writer.Byte((byte)count);
                    writer.Byte((byte)(count >> 8));
                }
            }
        }
    }

    public void Load(StateReader reader)
    {
        _unit = Math.Clamp(reader.Int32(), 1, Limit);
        for (int i = 0; i < _channels.Length; i++)
        {
            _channels[i].Total = reader.Int32();
            for (int s = 2 * i; s <= (2 * i) + 1; s++)
            {
                (bool known, int anchor, int upper, int tail) = (reader.Bool(), reader.Int32(), reader.Int32(), reader.Int32());
                if (upper is < 0 or > Buckets || anchor is < -Buckets or > 8192) throw new InvalidDataException("A bucket that does not exist.");
                SideOf(s) = new Side { Known = known, Anchor = (short)anchor, Upper = (byte)upper, Tail = tail };
                for (int j = 0; j < Buckets; j++) CountsOf(s)[j] = (ushort)(reader.Byte() | (reader.Byte() << 8));
            }
        }
    }

    private ref Side SideOf(int at) => ref _channels[at >> 1].Sides[at & 1];

    private Span<ushort> CountsOf(int at) => ((Span<ushort>)_channels[at >> 1].Counts).Slice((at & 1) * Buckets, Buckets);

    private static double Beyond(double excess, double spread) =>
        excess <= 0 ? 0 : Elementary.Log10(1 + (Shape * Math.Min(excess / spread, 1e300))) / Shape;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Bucket(double size) => (int)(BitConverter.DoubleToInt64Bits(size) >> MantissaShift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Edge(int raw) => BitConverter.Int64BitsToDouble((long)Math.Clamp(raw, 1, 8187) << MantissaShift);

    /// <summary>Moves the tail's lower edge so that about a twentieth of all deviations is above it, and slides the buckets to keep it in their middle.</summary>
    private void Settle(int at, int total)
    {
        ref Side side = ref SideOf(at);
        if (!side.Known) return;
        Span<ushort> counts = CountsOf(at);
        int target = Math.Max(total / 20, 4 * _unit);
        while (side.Upper < Buckets - 1 && side.Tail - counts[side.Upper] >= target) side.Tail -= counts[side.Upper++];
        while (side.Upper > 1 && side.Tail < target) side.Tail += counts[--side.Upper];
        if (side.Upper > Middle + 6) SlideUp(ref side, counts, side.Upper - Middle);
        else if (side.Upper < Middle - 6 && (side.Upper > 1 || side.Tail < target)) SlideDown(ref side, counts, Math.Min(Middle - side.Upper, FreeAbove(counts)));
    }

    private static int FreeAbove(ReadOnlySpan<ushort> counts) => Buckets - 1 - counts.LastIndexOfAnyExcept((ushort)0);

    private static void SlideUp(ref Side side, Span<ushort> counts, int by)
    {
        int low = 0;
        for (int j = 0; j <= by && j < Buckets; j++) low += counts[j];
        for (int j = 1; j < Buckets; j++) counts[j] = j + by < Buckets ? counts[j + by] : (ushort)0;
        counts[0] = (ushort)Math.Min(low, ushort.MaxValue);
        side.Anchor += (short)by;
        side.Upper = (byte)Math.Max(1, side.Upper - by);
        side.Tail = 0;
        for (int j = side.Upper; j < Buckets; j++) side.Tail += counts[j];
    }

    private static void SlideDown(ref Side side, Span<ushort> counts, int by)
    {
        if (by <= 0) return;
        int high = 0;
        for (int j = Buckets - by; j < Buckets; j++) high += counts[j];
        for (int j = Buckets - 1; j > by; j--) counts[j] = counts[j - by];
        for (int j = 1; j <= by; j++) counts[j] = 0;
        counts[Buckets - 1] += (ushort)high;
        side.Anchor -= (short)by;
        side.Upper += (byte)by;
    }

    private void Halve(int channel)
    {
        int total = _channels[channel].Total;
        foreach (int at in (ReadOnlySpan<int>)[channel * 2, (channel * 2) + 1])
        {
            ref Side side = ref SideOf(at);
            Span<ushort> counts = CountsOf(at);
            side.Tail = 0;
            for (int j = 0; j < Buckets; j++)
            {
                counts[j] = (ushort)((counts[j] + 1) >> 1); // Rounded up: what happened once is not forgotten.
                if (j >= side.Upper) side.Tail += counts[j];
            }
        }

        _channels[channel].Total = total / 2;
    }

    /// <summary>What belongs to a channel, side by side: its sums, then the buckets of both signs.</summary>
    private struct Channel
    {
        public int Total;
        public Both Sides;
        public Histograms Counts;
    }

    [InlineArray(2)]
    private struct Both
    {
        private Side _first;
    }

    [InlineArray(2 * Buckets)]
    private struct Histograms
    {
        private ushort _first;
    }

    /// <summary>One sign of one channel: the first bucket's number, the first bucket of the tail, and the counts in the tail.</summary>
    private struct Side
    {
        public int Tail;
        public short Anchor;
        public byte Upper;
        public bool Known;
    }
}
