using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// Fixed limits somebody set: odd above the one or below the other, from the first sample on. Knows no state.
/// Its <see cref="Score.Value"/> is no measured frequency: a value beyond a limit that somebody set is at least high (0.6), and rises with the excess.
/// </summary>
internal sealed class ThresholdDetector : Detector
{
    public const string Id = "threshold";

    private const double AtLimit = 0.6;

    private readonly Band _band;

    public ThresholdDetector(DetectorParameters? parameters = null)
    {
        parameters ??= DetectorParameters.None;
        // Neither is set by default. A value equal to a limit is within it.
        double above = parameters.Number("above", double.PositiveInfinity);
        double below = parameters.Number("below", double.NegativeInfinity);
        if (double.IsInfinity(above) && double.IsInfinity(below)) parameters.Mistake("above", "neither 'above' nor 'below' is set, so nothing is ever odd");
        if (below > above) parameters.Mistake("below", "is greater than 'above', so everything is odd");
        _band = new(below, above);
    }

    public override Score Observe(in Sample sample)
    {
        double value = sample.Value;
        bool above = value > _band.Upper, below = value < _band.Lower;
        double limit = above ? _band.Upper : below ? _band.Lower : value;
        return new Score
        {
            Value = above || below ? Excess(Math.Abs((value / 2) - (limit / 2)), Math.Abs(limit / 2)) : 0,
            Expected = limit,
            Lower = _band.Lower,
            Upper = _band.Upper,
            Anomalous = above || below,
            Statistic = limit,
            Term = above ? "above the limit" : below ? "below the limit" : "within the limits",
        };
    }

    public override void Save(StateWriter writer)
    {
    }

    public override void Load(StateReader reader)
    {
    }

    /// <summary>From 0.6 at the limit towards 1 far beyond it, 0.8 at twice the limit. A limit of 0 has no size; 1 takes its place.</summary>
    private static double Excess(double excess, double limit)
    {
        double size = limit > 0 ? limit : 0.5;
        return AtLimit + ((1 - AtLimit) / (1 + (size / excess)));
    }
}
