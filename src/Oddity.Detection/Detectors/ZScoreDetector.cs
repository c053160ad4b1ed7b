using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// How many standard deviations a value is from the mean of the last <c>window_seconds</c>: z = (x − mean) / s, odd at |z| ≥ <c>threshold</c>, once there are
/// <c>min_count</c> samples. A window of equal values has s = 0; then any other value is odd, "constant series broken", with <c>min_deviation</c> as guard.
/// O(1) amortised. Weak where a series has trend, seasons or heavy tails: every one of those looks odd.
/// </summary>
internal sealed class ZScoreDetector : Detector
{
    public const string Id = "zscore";

    /// <summary>Rows a window holds at most: at 10 a second still seven minutes.</summary>
    private const int Capacity = 4096;

    /// <summary>Values beyond are held there so that no square overflows.</summary>
    private const double Largest = 1e150;

    private readonly double _threshold;
    private readonly int _minCount;
    private readonly double _minDeviation;
    private readonly bool _includeCurrent;
    private readonly MomentWindow _window = new(Capacity);
    private EventClock _clock;

    public ZScoreDetector(DetectorParameters parameters)
    {
        _clock = new((long)(parameters.Number("window_seconds", 300, 0.001, 1e12) * 1000));
        _threshold = parameters.Number("threshold", 3, 0.1, 1e6);
        _minCount = parameters.Count("min_count", 5, 2, Capacity);
        _minDeviation = parameters.Number("min_deviation", 0, 0);

        // Compatibility only: with the sample in its own window |z| cannot exceed (n − 1) / √n.
        _includeCurrent = parameters.Flag("include_current", false);
    }

    public override Score Observe(in Sample sample)
    {
        double value = Math.Clamp(sample.Value, -Largest, Largest);
        if (_clock.Advance(sample.TimeMs)) _window.Clear();
        _window.RemoveUpTo(_clock.EdgeMs);
        if (_includeCurrent) _window.Add(_clock.NowMs, value);
        Score score = Judge(value);
        if (!_includeCurrent) _window.Add(_clock.NowMs, value);
        return score;
    }

    public override void Save(StateWriter writer)
    {
        _clock.Save(writer);
        _window.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        _clock.Load(reader);
        _window.Load(reader);
    }

    private Score Judge(double value)
    {
        int n = _window.Count;
        if (n == 0) return Nothing(value);
        double mean = _window.Mean;
        double deviation = Math.Sqrt(_window.Variance);
        bool warm = n >= _minCount;
        if (deviation <= 1e-12 * Math.Abs(mean)) return Constant.Judge(value, mean, n, warm, _minDeviation);
        double z = (value - mean) / deviation;
        double reach = Math.Max(_threshold * deviation, _minDeviation);
        return new()
        {
            Value = GaussTail.Score(z, n),
            Expected = mean,
            Lower = mean - reach,
            Upper = mean + reach,
            Anomalous = warm && Math.Abs(value - mean) >= reach,
            WarmingUp = !warm,
            Statistic = z,
            Term = "z-score",
        };
    }

    private static Score Nothing(double value) => new()
    {
        Value = 0,
        Expected = value,
        Lower = double.NegativeInfinity,
        Upper = double.PositiveInfinity,
        Anomalous = false,
        WarmingUp = true,
        Term = "z-score",
    };
}
