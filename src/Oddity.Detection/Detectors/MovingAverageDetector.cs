using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// An absolute distance from the mean of the last few samples, whatever their times.
/// <code>
/// odd if |value − mean of the last window samples| > threshold
/// </code>
/// Weakness: the threshold is in the series' unit, so one configuration fits one kind of series; after a step it is odd for about a window.
/// Amortised O(1); 32 bytes a row in the window.
/// </summary>
internal sealed class MovingAverageDetector : Detector
{
    public const string Id = "moving_average";

    private readonly double _threshold;
    private readonly int _rows;
    private readonly SlidingMoments _window;
    private readonly LearntTail _shown = new();
    private DecayedScale _errors = new(0.01);

    public MovingAverageDetector(DetectorParameters? parameters = null)
    {
        parameters ??= DetectorParameters.None;
        // Samples in the mean. Defaults of both: the system whose place this takes.
        _rows = parameters.Count("window", 5, 1, 100_000);
        // Distance from the mean, in the series' unit.
        _threshold = parameters.Number("threshold", 20, 0, 1e150);
        _window = new(_rows);
    }

    public override Score Observe(in Sample sample)
    {
        double value = Band.Hold(sample.Value);
        if (_window.Count < _rows)
        {
            _window.Add(0, value);
            return Score.WarmUp(value);
        }

        double mean = _window.Moments().Mean;
        double off = value - mean;
        Band band = Band.UpTo(mean, Math.Max(_threshold, Band.LeastChange(mean, 0)));
        var score = new Score
        {
            Value = _shown.Hold(_errors.Score(off, mean), Math.Abs(off)),
            Expected = mean,
            Lower = band.Lower,
            Upper = band.Upper,
            Anomalous = band.Excludes(value),
            Statistic = off,
            Term = "distance from the moving average",
        };
        _errors.Learn(off);
        _shown.Learn(Math.Abs(off));
        _window.Add(0, value);
        return score;
    }

    public override void Save(StateWriter writer)
    {
        _errors.Save(writer);
        _shown.Save(writer);
        _window.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        _errors.Load(reader);
        _shown.Load(reader);
        _window.Load(reader);
    }
}
