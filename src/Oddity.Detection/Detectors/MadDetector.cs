using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// Robust z-score: distance from the median in units of the median absolute deviation, which up to half of the rows may spoil without effect.
/// <code>
/// z = (value − median) / (1.4826 · MAD)        odd if |z| > threshold
/// </code>
/// 1.4826 makes it the standard deviation on normal data. If more than half of the rows are equal the MAD is 0, and 1.2533 times the mean absolute deviation
/// from the median takes its place (Iglewicz and Hoaglin, 1993, also the threshold 3.5).
/// Weakness: a series with two levels has a tiny or a huge MAD. O(n) a sample with a very small factor; 24 bytes a row in the window.
/// </summary>
internal sealed class MadDetector : Detector
{
    public const string Id = "mad";

    private const double ToSigma = 1.4826022185056018;
    private const double MeanToSigma = 1.2533141373155003;

    /// <summary>A MAD of n rows is as uncertain as a standard deviation of this share of them.</summary>
    private const double Efficiency = 0.37;

    private readonly double _threshold;
    private readonly double _minDeviation;
    private readonly int _minCount;
    private readonly SortedWindow _window;
    private readonly LearntTail _shown = new();
    private WindowClock _clock;

    public MadDetector(DetectorParameters? parameters = null)
    {
        parameters ??= DetectorParameters.None;
        _threshold = parameters.Number("threshold", 3.5, 0.01, 1e6);
        _clock = new((long)(parameters.Number("window_seconds", 300, 0.001, 1e12) * 1000));
        _minCount = parameters.Count("min_count", 10, 3, 100_000);
        // Least distance from the median that counts, in the series' unit.
        _minDeviation = parameters.Number("min_deviation", 0, 0, 1e150);
        // Bound of the memory. For a window by count, set this and a very long window_seconds.
        _window = new(parameters.Count("max_rows", 2_000, 3, 100_000));
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
        double median = _window.Quantile(0.5);
        double sigma = Sigma(median);
        bool constant = sigma == 0;
        Band band = Band.UpTo(median, Math.Max(_threshold * sigma, Band.LeastChange(median, _minDeviation)));
        bool odd = band.Excludes(value);
        double z = constant ? 0 : Student.Ratio(value - median, sigma);
        double score = constant ? 0 : _shown.Hold(Student.Score(z, Math.Max(1, Efficiency * _window.Count)), Math.Abs(z));
        if (!constant) _shown.Learn(Math.Abs(z));
        return new Score
        {
            Value = !constant ? score : odd ? Student.ScoreOfBrokenConstant(_window.Count) : 0,
            Expected = median,
            Lower = band.Lower,
            Upper = band.Upper,
            Anomalous = odd,
            Statistic = constant ? value - median : z,
            Term = constant ? "constant series broken" : "robust z-score",
        };
    }

    private double Sigma(double median)
    {
        double mad = MedianDistance(_window.Sorted, median);
        if (mad > 0) return ToSigma * mad;
        double sum = 0;
        foreach (double row in _window.Sorted) sum += Math.Abs(row - median) / _window.Count;
        return MeanToSigma * sum;
    }

    /// <summary>
    /// The (n+1)/2-th smallest distance from the middle, the lower median: the shortest interval of so many sorted rows around the middle has it as its longer
    /// arm, found by bisection over where that interval begins.
    /// </summary>
    internal static double MedianDistance(ReadOnlySpan<double> sorted, double middle)
    {
        int rows = (sorted.Length + 1) / 2;
        int low = 0, high = sorted.Length - rows;
        while (low < high)
        {
            int start = (low + high) >>> 1;
            if (middle - sorted[start] > sorted[start + rows] - middle) low = start + 1;
            else high = start;
        }

        return Math.Max(middle - sorted[low], sorted[low + rows - 1] - middle);
    }
}
