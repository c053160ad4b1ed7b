namespace Oddity.Detection.Statistics;

/// <summary>
/// How rare a figure of zero or more is, by how often the same series reached it: a histogram in eight steps an octave, and beyond the largest figure seen a
/// generalised Pareto tail. What a detector's own formula assumes of the series (normal noise, independent samples) does not matter to it.
/// <code>
/// p(x) = (figures ≥ x + 1) / (figures + 1)         beyond the largest, m:  p(m) · (1 + ξ·(x − m)/σ)^(−1/ξ),  ξ = 0.2
/// </code>
/// σ is what an exponential tail from the upper twentieth to the largest would have. Remembers 20,000 to 40,000 figures, older ones half, a quarter as much.
/// Weakness: below one in a few ten thousand it extrapolates. To learn O(1), 3 ns; to ask O(steps above x), 5 to 50 ns; 300 bytes.
/// </summary>
internal sealed class LearntTail
{
    private const int Steps = 128;
    private const int Memory = 20_000;

    /// <summary>Heavier than an exponential tail (0), lighter than Student's t of three degrees (0.33): metrics lie between.</summary>
    private const double Shape = 0.2;

    /// <summary>The largest that are looked at for the tail's scale, as a share of all.</summary>
    private const double Upper = 0.05;

    /// <summary>Fewer figures can hardly tell one in a thousand and do not gainsay a formula.</summary>
    private const int LeastRanks = 600;

    /// <summary>Scores below this are as good as any: one sample in ten has them.</summary>
    private const double Ordinary = 0.1;

    /// <summary>Bits below the exponent and the three leading bits of a double's fraction: what is left of them numbers the steps of all doubles.</summary>
    private const int Below = 49;

    /// <summary>Number of the step that infinity is in.</summary>
    private const int Infinite = 2047 << 3;

    /// <summary>The first is for 0 and all below the range, the last for all above it.</summary>
    private readonly ushort[] _counts = new ushort[Steps];

    /// <summary>Number, among the steps of all doubles, of the one that is counted first; 0 before there is any.</summary>
    private int _first;

    /// <summary>The last that holds any.</summary>
    private int _top;

    /// <summary>Figures that are remembered.</summary>
    public int Count { get; private set; }

    /// <summary>True while all figures are 0, or as good as 0 beside those seen before: then nothing can be said of one.</summary>
    public bool OnlyZeros => _top == 0;

    /// <summary>The share of figures as large or larger, above 0, at most 1.</summary>
    public double Tail(double x)
    {
        if (!(x > 0)) return 1;
        if (_top == 0) return 1.0 / (Count + 1);
        double end = Edge(_top + 1);
        if (x >= end) return Elementary.Pow(1 + (Shape * Math.Min((x - end) / Scale(end), 1e60)), -1 / Shape) * (Above() + 1) / (Count + 1);
        int step = Step(x), above = 0;
        if (step == 0) return 1;
        for (int i = _top; i > step; i--) above += _counts[i];
        double edge = Edge(step + 1), share = Math.Clamp((edge - x) / (edge - Edge(step)), 0, 1);
        return (above + (share * _counts[step]) + 1) / (Count + 1);
    }

    /// <summary>The figure whose tail is p, the inverse of <see cref="Tail"/>; 0 where larger ones are more frequent or nothing above 0 was seen.</summary>
    public double Reaches(double p)
    {
        if (_top == 0) return 0;
        double wanted = (p * (Count + 1)) - 1, above = 0, end = Edge(_top + 1), beyond = Above();
        if (wanted < beyond) return end + (Scale(end) * ((Elementary.Pow((wanted + 1) / (beyond + 1), -Shape) - 1) / Shape));
        for (int i = _top; i > 0; above += _counts[i--])
        {
            if (above + _counts[i] < wanted) continue;
            double edge = Edge(i + 1);
            return edge - ((edge - Edge(i)) * ((wanted - above) / Math.Max(1, (int)_counts[i])));
        }

        return 0;
    }

    /// <summary>
    /// A formula's score, held to what the series itself has shown once there is enough of that: a formula that takes heavy tails, whole numbers or a season
    /// for
    /// normal noise says "never" of what happens every day.
    /// </summary>
    public double Hold(double score, double x) => score < Ordinary || Count < LeastRanks ? score : Math.Min(score, Score.FromTailProbability(Tail(x)));

    /// <summary>A formula's score until there is enough to replace it.</summary>
    public double Replace(double score, double x) => Count < LeastRanks ? score : Score.FromTailProbability(Tail(x));

    /// <param name="x">0 or more, finite.</param>
    /// <param name="times">How often it came, at most a thousand.</param>
    public void Learn(double x, int times = 1)
    {
        int step = x > 0 ? StepToLearn(x) : 0;
        _counts[step] += (ushort)times;
        if (step > _top) _top = step;
        Count += times;
        if (Count >= 2 * Memory) Halve();
    }

    public void Save(StateWriter writer)
    {
        writer.Int32(_first);
        writer.Byte((byte)_top);
        for (int i = 0; i <= _top; i++) writer.Int32(_counts[i]);
    }

    public void Load(StateReader reader)
    {
        (_first, _top, Count) = (reader.Int32(), reader.Byte(), 0);
        if (_first < 0 || _first > Infinite || _top >= Steps) throw new InvalidDataException("A histogram that cannot be.");
        Array.Clear(_counts);
        for (int i = 0; i <= _top; i++)
        {
            int count = reader.Int32();
            if (count < 0 || count >= (2 * Memory) - Count) throw new InvalidDataException("A histogram of too many.");
            _counts[i] = (ushort)count;
            Count += count;
        }

        if (_top > 0 && (_counts[_top] == 0 || _first == 0)) throw new InvalidDataException("A histogram that cannot be.");
    }

    /// <summary>The number of a figure's step among those of all doubles.</summary>
    private static int Number(double x) => (int)(BitConverter.DoubleToInt64Bits(x) >> Below);

    private int Step(double x) => Math.Clamp(Number(x) - _first + 1, 0, Steps - 1);

    /// <summary>The least figure of a step.</summary>
    private double Edge(int step) => BitConverter.Int64BitsToDouble((long)Math.Min(_first + step - 1, Infinite - 1) << Below);

    /// <summary>The range follows the figures: down when its upper half is empty, up when the last step holds too much to be a few outliers.</summary>
    private int StepToLearn(double x)
    {
        if (_first == 0) _first = Math.Max(1, Number(x) - (Steps / 2));
        int step = Step(x);
        if (step == 0 && _top <= Steps / 2) MoveTo(Math.Max(1, Number(x) - (Steps / 4)));
        else if (step == Steps - 1 && _counts[step] > 2 + (Count / 1024)) MoveTo(Math.Min(Number(x) - (Steps / 4 * 3), Infinite - Steps));
        else return step;
        return Step(x);
    }

    private void MoveTo(int first)
    {
        int by = first - _first;
        Span<ushort> before = stackalloc ushort[Steps];
        _counts.CopyTo(before);
        _counts.AsSpan(1).Clear();
        for (int i = 1; i < Steps; i++)
            if (before[i] > 0) _counts[Math.Clamp(i - by, 0, Steps - 1)] += before[i];
        (_first, _top) = (first, Steps - 1);
        while (_top > 0 && _counts[_top] == 0) _top--;
    }

    /// <summary>Halves all, handing what is left over to the next lower step: a single outlier fades, the share above a figure hardly changes.</summary>
    private void Halve()
    {
        (int over, int top, Count) = (0, 0, 0);
        for (int i = _top; i >= 0; i--)
        {
            int both = _counts[i] + over;
            over = both & 1;
            _counts[i] = (ushort)(both >> 1);
            Count += both >> 1;
            if (both > 1 && top == 0) top = i;
        }

        _top = top;
    }

    /// <summary>How many in the last step may be beyond its end.</summary>
    private int Above() => _top == Steps - 1 ? _counts[_top] : 0;

    /// <summary>The scale of the tail beyond its end; at least the last step's width, so that equal figures have one too.</summary>
    private double Scale(double end)
    {
        int count = 0, step = _top + 1;
        double enough = Math.Max(2, Upper * Count);
        while (step > 1 && count < enough) count += _counts[--step];
        return Math.Max((end - Edge(step)) / Math.Max(1, Elementary.Log(count)), end - Edge(_top));
    }
}
