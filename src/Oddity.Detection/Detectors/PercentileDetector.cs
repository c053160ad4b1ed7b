using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// Odd below the <c>low</c>th or above the <c>high</c>th percentile of the last <c>window_seconds</c>, once there are <c>min_count</c> samples. Makes no assumption about the
/// distribution. Weakness: of a healthy series it flags about (100 − high + low) % by construction, so it votes rather than decides. O(log n) and a memory move.
/// </summary>
internal sealed class PercentileDetector : Detector
{
    public const string Id = "percentile";

    private const int Capacity = 1024;

    private readonly double _low;
    private readonly double _high;
    private readonly int _minCount;
    private readonly double _minDeviation;
    private readonly SortedWindow _window = new(Capacity);
    private EventClock _clock;

    public PercentileDetector(DetectorParameters parameters)
    {
        _clock = new((long)(parameters.Number("window_seconds", 300, 0.001, 1e12) * 1000));
        _low = parameters.Number("low", 1, 0, 50) / 100;
        _high = parameters.Number("high", 99, 50, 100) / 100;
        _minCount = parameters.Count("min_count", 20, 2, Capacity);
        _minDeviation = parameters.Number("min_deviation", 0, 0);
    }

    public override Score Observe(in Sample sample)
    {
        if (_clock.Advance(sample.TimeMs)) _window.Clear();
        _window.RemoveUpTo(_clock.EdgeMs);
        Score score = Judge(sample.Value);
        _window.Add(_clock.NowMs, sample.Value);
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
        if (n == 0) return new() { Value = 0, Expected = value, Lower = double.NegativeInfinity, Upper = double.PositiveInfinity, Anomalous = false, WarmingUp = true, Term = "within the percentiles" };
        double lower = _window.Quantile(_low) - _minDeviation;
        double upper = _window.Quantile(_high) + _minDeviation;
        int below = _window.CountBelow(value);
        double rarer = Math.Min(n - below, below) + 1;
        return new()
        {
            // As many as this or fewer lie beyond, on either side; nothing can be said beyond 1 in n.
            Value = Score.FromTailProbability(Math.Min(1, 2 * rarer / (n + 1))),
            Expected = _window.Quantile(0.5),
            Lower = lower,
            Upper = upper,
            Anomalous = n >= _minCount && (value < lower || value > upper),
            WarmingUp = n < _minCount,
            Statistic = 100.0 * below / n,
            Term = value > upper ? "above the high percentile" : value < lower ? "below the low percentile" : "within the percentiles",
        };
    }
}
