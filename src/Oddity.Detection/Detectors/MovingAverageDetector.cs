namespace Oddity.Detection.Detectors;

/// <summary>
/// Odd when a value is further than <c>threshold</c>, in the series' own unit, from the mean of the last <c>window</c> samples. Weakness: the threshold has to fit the
/// unit, and a level shift goes unseen after <c>window</c> samples. O(1): the window is small and summed anew each time, so no rounding builds up.
/// </summary>
internal sealed class MovingAverageDetector : Detector
{
    public const string Id = "moving_average";

    private readonly double _threshold;
    private readonly double[] _window;
    private int _count;
    private int _next;

    public MovingAverageDetector(DetectorParameters parameters)
    {
        _window = new double[parameters.Count("window", 5, 1, 1000)];
        _threshold = parameters.Number("threshold", 20, 0);
    }

    public override Score Observe(in Sample sample)
    {
        Score score = Judge(sample.Value);
        _window[_next] = sample.Value;
        _next = (_next + 1) % _window.Length;
        _count = Math.Min(_count + 1, _window.Length);
        return score;
    }

    public override void Save(StateWriter writer)
    {
        writer.Int32(_count);
        writer.Int32(_next);
        writer.Doubles(_window);
    }

    public override void Load(StateReader reader)
    {
        (_count, _next) = (reader.Int32(), reader.Int32());
        if (_count < 0 || _count > _window.Length || _next < 0 || _next >= _window.Length) throw new InvalidDataException("An impossible window.");
        reader.Doubles(_window);
    }

    private Score Judge(double value)
    {
        double mean = 0;
        for (int i = 0; i < _count; i++) mean += _window[i] / _count;
        if (_count == 0) mean = value;
        double change = value - mean;
        if (!double.IsFinite(change)) change = Math.CopySign(double.MaxValue, value);
        bool warm = _count == _window.Length;
        return new()
        {
            // There is no distribution to ask: the threshold is taken for one in a thousand.
            Value = Math.Min(1, 0.3 * Math.Min(Math.Abs(change) / Math.Max(_threshold, 1e-300), 10)),
            Expected = mean,
            Lower = Math.Max(mean - _threshold, double.MinValue),
            Upper = Math.Min(mean + _threshold, double.MaxValue),
            Anomalous = warm && Math.Abs(change) > _threshold,
            WarmingUp = !warm,
            Statistic = change,
            Term = "distance from the moving average",
        };
    }
}
