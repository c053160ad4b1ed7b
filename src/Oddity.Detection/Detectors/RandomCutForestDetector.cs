using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// A robust random cut forest over the last eight samples together (<see cref="RandomCutTrees"/>): odd is a point that cuts part from the others early, by
/// its level, its step or its shape. The forest's score has no meaning of its own; how often the series reached it (<see cref="LearntTail"/>) has.
/// <code>
/// score = −log10 p(expected inverse depth) / 10        odd if ≥ threshold
/// </code>
/// Judges shapes, so it may vote for a value inside its band, the range of the values it holds. Weakness: a disturbance stays in the eight samples, and the
/// score
/// high, for as long; learns what lasts. Source: Guha, Mishra, Roy and Schrijvers, ICML 2016. About 17 µs a sample on a busy machine, 118 KB a series.
/// </summary>
internal sealed class RandomCutForestDetector : Detector
{
    public const string Id = "random_cut_forest";

    /// <summary>Points whose depth is known before any is judged.</summary>
    private const int LeastRanks = 50;

    private readonly RandomCutTrees _forest;
    private readonly LearntTail _tail = new();
    private readonly double _threshold;
    private readonly int _minCount;
    private double _anchor;
    private double _unit;

    public RandomCutForestDetector(DetectorParameters? parameters = null, ulong seed = 1)
    {
        parameters ??= DetectorParameters.None;
        _forest = new(parameters.Count("trees", 50, 1, 200), seed);
        // The score from which on a point is odd: 0.4 is one in ten thousand.
        _threshold = parameters.Number("threshold", 0.4, 0.1, 1);
        // Samples before depths are learnt; a full tree has 256.
        _minCount = parameters.Count("min_count", 256, 16, 100_000);
    }

    public override Score Observe(in Sample sample)
    {
        double value = Band.Hold(sample.Value);
        if (_forest.Seen == 0) _anchor = value;
        double off = value - _anchor;
        // A power of two, so that nothing is rounded: the size of the first difference there is.
        if (_unit == 0 && Math.Abs(off) > 1e-290) _unit = Math.ScaleB(1, -Math.ILogB(off));
        double inverseDepth = _forest.Take((float)(Math.Clamp(off * _unit, -RandomCutTrees.Largest, RandomCutTrees.Largest) + 0.0));
        // Between an ordinary point and the oddest there is only a factor of five; the fourth power spreads it over the tail's steps.
        double figure = inverseDepth * inverseDepth * inverseDepth * inverseDepth;
        // While trees are small every point is cut off early.
        if (_forest.Seen <= _minCount) return Score.WarmUp(value);
        Score score = _tail.Count < LeastRanks ? Score.WarmUp(value) : Judge(value, inverseDepth, figure);
        _tail.Learn(figure);
        return score;
    }

    public override void Save(StateWriter writer)
    {
        writer.Double(_anchor);
        writer.Double(_unit);
        _tail.Save(writer);
        _forest.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        (_anchor, _unit) = (reader.Double(), reader.Double());
        _tail.Load(reader);
        _forest.Load(reader);
        if (!(Math.Abs(_anchor) <= Band.Largest) || !(_unit is >= 0 and <= 1e300)) throw new InvalidDataException("A scale that cannot be.");
    }

    private Score Judge(double value, double inverseDepth, double figure)
    {
        (float least, float greatest, float beside) = _forest.Last;
        double score = _unit == 0 ? 0 : Score.FromTailProbability(_tail.Tail(figure));
        Band band = _unit == 0 ? new(value, value) : Band.Open(Back(least), Back(greatest));
        return new Score
        {
            Value = score,
            Expected = _unit == 0 ? value : Math.Clamp(Back(beside), -Band.Largest, Band.Largest),
            Lower = Math.Min(band.Lower, Band.Largest),
            Upper = Math.Max(band.Upper, -Band.Largest),
            Anomalous = score >= _threshold,
            Statistic = inverseDepth,
            Term = "how early random cuts part the last eight samples",
        };
    }

    private double Back(double place) => _anchor + (place / _unit);
}
