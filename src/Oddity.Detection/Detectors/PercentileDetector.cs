using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// Above the 99th or below the 1st percentile of the last minutes; no assumption about the shape of the distribution.
/// Weakness: by its own vote about 2 % of a healthy series is odd. Its <see cref="Score.Value"/> tells by how much a value exceeds what was seen, so a
/// policy threshold (0.4, say) makes it quiet.
/// O(n) a sample with a very small factor, see <see cref="SortedWindow"/>; 24 bytes a row in the window.
/// </summary>
internal sealed class PercentileDetector : Detector
{
    public const string Id = "percentile";

    private readonly double _low;
    private readonly double _high;
    private readonly double _minDeviation;
    private readonly int _minCount;
    private readonly SortedWindow _window;
    private readonly LearntTail _shown = new();
    private WindowClock _clock;

    public PercentileDetector(DetectorParameters? parameters = null)
    {
        parameters ??= DetectorParameters.None;
        _low = parameters.Number("low", 1, 0, 50) / 100;
        _high = parameters.Number("high", 99, 50, 100) / 100;
        _clock = new((long)(parameters.Number("window_seconds", 300, 0.001, 1e12) * 1000));
        // Fewer rows do not know their own hundredth.
        _minCount = parameters.Count("min_count", 20, 2, 100_000);
        // Least distance from the band's nearer end that counts, in the series' unit.
        _minDeviation = parameters.Number("min_deviation", 0, 0, 1e150);
        // Bound of the memory. For a window by count, set this and a very long window_seconds.
        _window = new(parameters.Count("max_rows", 2_000, 2, 100_000));
    }

    public override Score Observe(in Sample sample)
    {
        double value = Band.Hold(sample.Value);
        Arrival arrival = _clock.Take(sample.TimeMs);
        if (arrival == Arrival.StartsAnew) _window.Clear();
        _window.RemoveBefore(_clock.CutoffMs);
        Score score = _window.Count < _minCount ? Score.WarmUp(value) : Judge(value);
        if (arrival != Arrival.BeforeWindow) _window.Add(_clock.NowMs, value);
        return score;
    }

    public override void Save(StateWriter writer)
    {
        _clock.Save(writer);
        _window.Save(writer);
        _shown.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        _clock.Load(reader);
        _window.Load(reader);
        _shown.Load(reader);
    }

    private Score Judge(double value)
    {
        double low = _window.Quantile(_low), high = _window.Quantile(_high), middle = _window.Quantile(0.5);
        Band band = Band.Open(low - Band.LeastChange(low, _minDeviation), high + Band.LeastChange(high, _minDeviation));
        bool odd = band.Excludes(value);
        ReadOnlySpan<double> sorted = _window.Sorted;
        bool constant = sorted[0] == sorted[^1];
        double rank = constant ? 0 : Tail(value, middle), score = _shown.Replace(rank, rank); // The window is short: how often such a rank comes, it does not know.
        if (!constant) _shown.Learn(rank);
        return new Score
        {
            Value = !constant ? score : odd ? Student.ScoreOfBrokenConstant(sorted.Length) : 0,
            Expected = middle,
            Lower = band.Lower,
            Upper = band.Upper,
            Anomalous = odd,
            Statistic = 100.0 * _window.Below(value) / sorted.Length,
            Term = constant ? "constant series broken" : value < middle ? "below the low percentile" : "above the high percentile",
        };
    }

    /// <summary>
    /// Two-sided rank among the rows, half a row between neighbours; beyond the most extreme row it goes on as a generalised Pareto tail whose scale is what
    /// an exponential tail from the median to that row would have.
    /// </summary>
    private double Tail(double value, double middle)
    {
        const double shape = 0.3;
        ReadOnlySpan<double> sorted = _window.Sorted;
        int n = sorted.Length;
        int below = _window.Below(value);
        int above = n - below;
        double extreme = value > middle ? sorted[^1] : sorted[0];
        bool beyond = value > middle ? value > extreme : value < extreme;
        double p = Math.Min(1, 2 * (Math.Min(above, below) + 1.0) / (n + 1));
        if (!beyond) return Score.FromTailProbability(p);
        double scale = Math.Max(Math.Abs(extreme - middle) / Elementary.Log(n), Band.LeastChange(extreme, 0));
        double excess = Math.Min(Math.Abs(value - extreme) / scale, 1e300);
        return Score.FromTailProbability(p * Elementary.Pow(1 + (shape * excess), -1 / shape));
    }
}
