using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// The ways in which <see cref="AdaptiveDetector"/> looks at a series: each channel is a signed deviation of the sample, or of a short stretch that
/// ends with it, from what one simple prediction expected. O(1) a sample: windows are ten values at most and summed afresh, so nothing drifts.
/// </summary>
internal sealed class AdaptiveChannels
{
    public const int Count = 11;
    public const int Fast = 0, Change = 1, Middle = 2, Ratio = 3, Season = 4, SeasonWhile = 5, Unexplained = 6, UnexplainedWhile = 7, Drift = 8, Variability = 9, Density = 10;

    private const int Window = 10;
    private static readonly int[] DaysBack = [1, 2, 3, 7, 14];

    private readonly SeasonMemory _season = new();
    private Ten _recent; // The newest first.
    private Ten _offSeason; // At its number modulo ten.
    private Means _means;
    private double _compressed; // From Look to Learn: not state.
    private long _seen;
    private long _seasonal;

    /// <summary>What each channel says, in the words of an explanation; the index is the channel.</summary>
    public static IReadOnlyList<string> Terms { get; } =
    [
        "far from the last few samples", "sudden change", "recent samples far from the mean", "many times larger or smaller", "unlike the same time of day",
        "unlike the same time of day for a while", "fits neither recent nor earlier days", "fits neither recent nor earlier days for a while",
        "drifting level", "unusual variability", "unusually many odd samples",
    ];

    /// <summary>
    /// What each channel counts in the sum, and the surprise (−log10 p) up to which it counts nothing. Found together on the labelled series by
    /// annealing and rounded; docs/quality.md has what they give on series they were not chosen on.
    /// </summary>
    public static readonly double[] Weights = [1, 0.5, 0.75, 1, 0.75, 0.75, 1, 0.25, 1, 0.25, 1];

    /// <inheritdoc cref="Weights"/>
    public static readonly double[] Offsets = [2.5, 1.5, 1.5, 1.5, 3, 1.5, 1.5, 1.5, 1.5, 2, 2];

    /// <summary>What was predicted before the sample: from the last few, from the same time of day, and that corrected by how today runs; NaN for none.</summary>
    public (double Fast, double Season, double Today) Predictions { get; private set; }

    /// <summary>Asks for what a sample of that time will need, ahead of its use.</summary>
    public void Fetch(long timeMs)
    {
        _season.LookFrom(timeMs);
        foreach (int ago in DaysBack) _season.Fetch(ago);
    }

    /// <summary>Says how the sample looks, by channel, given the samples before it: NaN where a channel has nothing to say of it. After <see cref="Fetch"/>.</summary>
    public void Look(double value, Span<double> deviations)
    {
        deviations.Fill(double.NaN);
        Predictions = (double.NaN, double.NaN, double.NaN);
        if (_seen == 0) return;
        deviations[Fast] = value - _means.Fast;
        deviations[Change] = value - At(1);
        _compressed = Compress(value);
        deviations[Ratio] = _compressed - _means.Ratio;
        deviations[Drift] = _means.Medium - _means.Slow;
        if (_seen >= 3) deviations[Middle] = MedianOfThree(value, At(1), At(2)) - _means.MiddleBefore;
        if (_seen >= Window) LookAtWindow(value, deviations);
        double season = LookBack(value, deviations);
        Predictions = (_means.Fast, season, _seasonal > 0 ? season + _means.Today : double.NaN);
        if (!double.IsNaN(season)) LookAtSeason(value - season, deviations);
    }

    /// <summary>Adds the channel that counts odd samples, from how surprising <see cref="Unexplained"/> was.</summary>
    public void LookAtDensity(double surprise, Span<double> deviations)
    {
        deviations[Density] = _means.Density;
        _means.Density += 0.05 * (Math.Min(surprise, 3) - _means.Density);
    }

    public void Learn(long timeMs, double value)
    {
        _means.Learn(value, _seen == 0 ? Compress(value) : _compressed, _seen);
        _season.Learn(timeMs, value);
        Span<double> recent = _recent;
        recent[..^1].CopyTo(recent[1..]);
        recent[0] = value;
        _seen++;
    }

    public void Save(StateWriter writer)
    {
        writer.Int64(_seen);
        writer.Int64(_seasonal);
        Span<double> recent = stackalloc double[Window];
        for (int i = 0; i < Window; i++) recent[Place(i)] = _recent[i];
        writer.Doubles(recent);
        writer.Doubles(_offSeason);
        _means.Save(writer);
        _season.Save(writer);
    }

    public void Load(StateReader reader)
    {
        _seen = reader.Int64();
        _seasonal = reader.Int64();
        if (_seen < 0 || _seasonal < 0) throw new InvalidDataException("A negative count.");
        Span<double> recent = stackalloc double[Window];
        reader.Doubles(recent);
        for (int i = 0; i < Window; i++) _recent[i] = recent[Place(i)];
        reader.Doubles(_offSeason);
        _means.Load(reader);
        _season.Load(reader);
    }

    /// <summary>Where the state has the i-th newest value: at its number modulo ten.</summary>
    private int Place(int i) => (int)((((_seen - 1 - i) % Window) + Window) % Window);

    private static double MedianOfThree(double a, double b, double c) => Math.Max(Math.Min(b, c), Math.Min(Math.Max(b, c), a));

    private double At(int ago) => _recent[ago - 1];

    /// <summary>A logarithm that goes through zero: straight below a tenth of the usual size, so that halving and doubling weigh alike and dips are seen.</summary>
    private double Compress(double value)
    {
        double size = Math.Max(0.1 * (_seen == 0 ? Math.Abs(value) : _means.Size), 1e-3 * Math.Abs(value)); // After zeros alone everything is a thousand times larger.
        return size > 0 ? Elementary.Asinh(value / size) : 0;
    }

    private void LookAtWindow(double value, Span<double> deviations)
    {
        double mean = value;
        for (int ago = 1; ago < Window; ago++) mean += At(ago);
        mean /= Window;
        double squares = (value - mean) * (value - mean);
        for (int ago = 1; ago < Window; ago++) squares += (At(ago) - mean) * (At(ago) - mean);
        // The standard deviation's logarithm, so that halving and doubling are alike; its floor is what double precision can tell from zero. Held
        // to four e-folds: a window of equal values is stiller than usual, not infinitely so.
        double spread = 0.5 * Elementary.Log((squares / Window) + (1e-18 * mean * mean) + 1e-300);
        if (_seen > Window) deviations[Variability] = Math.Clamp(spread - _means.Spread, -4, 4);
        _means.Spread += Math.Max(0.003, 1.0 / (_seen - Window + 1)) * (spread - _means.Spread);
    }

    /// <summary>The median of earlier days at this time, or NaN; and the smallest deviation over all explanations: odd only if none fits.</summary>
    private double LookBack(double value, Span<double> deviations)
    {
        Span<double> days = stackalloc double[4];
        int have = 0;
        double smallest = value - _means.Middle;
        foreach (int ago in DaysBack)
        {
            if (!_season.TryGet(ago, out double then, out double least, out double greatest)) continue;
            if (ago < 14) days[have++] = then;
            double deviation = value > greatest ? value - greatest : value < least ? value - least : 0;
            if (Math.Abs(deviation) < Math.Abs(smallest)) smallest = deviation;
        }

        deviations[Unexplained] = smallest;
        _means.Unexplained += 0.2 * (smallest - _means.Unexplained);
        deviations[UnexplainedWhile] = _means.Unexplained;
        if (have == 0) return double.NaN;
        days = days[..have];
        for (int i = 1; i < have; i++)
            for (int j = i; j > 0 && days[j - 1] > days[j]; j--) (days[j - 1], days[j]) = (days[j], days[j - 1]);
        return have % 2 == 1 ? days[have / 2] : (days[have / 2] + days[(have / 2) - 1]) / 2;
    }

    private void LookAtSeason(double off, Span<double> deviations)
    {
        deviations[Season] = off;
        _offSeason[(int)(_seasonal % Window)] = off;
        _seasonal++;
        if (_seasonal >= Window)
        {
            double sum = 0;
            foreach (double earlier in _offSeason) sum += earlier;
            deviations[SeasonWhile] = sum / Window;
        }

        _means.Today += Math.Max(0.1, 1.0 / _seasonal) * (off - _means.Today);
    }

    [System.Runtime.CompilerServices.InlineArray(Window)]
    private struct Ten
    {
        private double _first;
    }

    /// <summary>The exponential averages; each starts as a plain mean, so that the first value does not stick.</summary>
    private struct Means
    {
        public double Fast, Middle, MiddleBefore, Medium, Slow, Ratio, Size, Unexplained, Spread, Today, Density;

        public void Learn(double value, double compressed, long seen)
        {
            double first = 1.0 / (seen + 1);
            MiddleBefore = seen == 0 ? value : Middle;
            Fast += Math.Max(0.3, first) * (value - Fast);
            Middle += Math.Max(0.1, first) * (value - Middle);
            Medium += Math.Max(0.05, first) * (value - Medium);
            Slow += Math.Max(0.005, first) * (value - Slow);
            Ratio += Math.Max(0.1, first) * (compressed - Ratio);
            Size += Math.Max(0.001, first) * (Math.Abs(value) - Size);
        }

        public readonly void Save(StateWriter writer) =>
            writer.Doubles([Fast, Middle, MiddleBefore, Medium, Slow, Ratio, Size, Unexplained, Spread, Today, Density]);

        public void Load(StateReader reader)
        {
            Span<double> all = stackalloc double[11];
            reader.Doubles(all);
            (Fast, Middle, MiddleBefore, Medium, Slow, Ratio) = (all[0], all[1], all[2], all[3], all[4], all[5]);
            (Size, Unexplained, Spread, Today, Density) = (all[6], all[7], all[8], all[9], all[10]);
        }
    }
}
