namespace Oddity.Detection.Detectors;

/// <summary>
/// A limit somebody set: odd when greater than <c>above</c> or less than <c>below</c>, from the first sample on. Knows nothing of the series, which is its strength
/// and its weakness.
/// </summary>
internal sealed class ThresholdDetector : Detector
{
    public const string Id = "threshold";

    /// <summary>A broken limit is worth telling, whatever the series usually does.</summary>
    private const double BrokenScore = 0.6;

    private readonly double _above;
    private readonly double _below;

    public ThresholdDetector(DetectorParameters parameters)
    {
        _above = parameters.Number("above", double.PositiveInfinity);
        _below = parameters.Number("below", double.NegativeInfinity);
    }

    public override Score Observe(in Sample sample)
    {
        bool high = sample.Value > _above, low = sample.Value < _below;
        return new()
        {
            Value = high || low ? BrokenScore : 0,
            Expected = high ? _above : low ? _below : sample.Value,
            Lower = _below,
            Upper = _above,
            Anomalous = high || low,
            Statistic = high ? _above : low ? _below : 0,
            Term = high ? "above the limit" : low ? "below the limit" : "within the limits",
        };
    }

    public override void Save(StateWriter writer)
    {
    }

    public override void Load(StateReader reader)
    {
    }
}
