using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// Half-space trees over the value and its change since the last sample: how much of the last full window fell near this point (<see
/// cref="HalfSpaceTrees"/>). The
/// window that fills becomes the next reference, with its own scale. Figures have no meaning of their own; how often they were so large (<see
/// cref="LearntTail"/>) has.
/// <code>
/// figure = (1 + distance beyond the reference)² / (1 + mass)
/// score = −log10 p(figure) / 10        odd if ≥ threshold and the value, or the change to it, is beyond all of the reference
/// </code>
/// The masses alone cannot tell how far beyond the reference a point is; the distance, in widths of the reference, can.
/// Weakness: counts samples, not seconds; a new level is odd for up to two windows.
/// Source: Tan, Ting and Liu, IJCAI 2011; one figure and the distance more, cells instead of nodes. About 0.7 µs a sample, 22 KB a series.
/// </summary>
internal sealed class HalfSpaceTreesDetector : Detector
{
    public const string Id = "half_space_trees";

    private readonly HalfSpaceTrees _trees;
    private readonly LearntTail _tail = new();
    private readonly double _threshold;
    private readonly int _minCount;
    private readonly double[] _values;
    private readonly double[] _changes;
    private readonly double[] _fitted;
    private Band _valueRange;
    private Band _changeRange;
    private double _previous;
    private int _count;
    private bool _started;
    private bool _ready;

    public HalfSpaceTreesDetector(DetectorParameters? parameters = null, ulong seed = 1)
    {
        parameters ??= DetectorParameters.None;
        _trees = new(parameters.Count("trees", 25, 1, 200), seed);
        // Samples in a profile.
        int window = parameters.Count("window", 250, 50, HalfSpaceTrees.Most);
        // The score from which on a point is odd: 0.4 is one in ten thousand.
        _threshold = parameters.Number("threshold", 0.4, 0.1, 1);
        // Masses it must have seen.
        _minCount = parameters.Count("min_count", 100, 10, 100_000);
        (_values, _changes, _fitted) = (new double[window], new double[window], new double[2 * window]);
    }

    public override Score Observe(in Sample sample)
    {
        double value = Band.Hold(sample.Value), change = _started ? value - _previous : 0;
        Score score = Score.WarmUp(value);
        if (_ready)
        {
            double beyond = 1 + _trees.Beyond(value, change), figure = beyond * beyond / (1 + _trees.Mass(value, change));
            if (_tail.Count >= _minCount) score = Judge(value, figure);
            _tail.Learn(figure);
        }

        (_values[_count], _changes[_count], _previous, _started) = (value, change, value, true);
        if (++_count == _values.Length) Turn();
        return score;
    }

    public override void Save(StateWriter writer)
    {
        writer.Bool(_started);
        writer.Bool(_ready);
        writer.Double(_previous);
        writer.Doubles(_values.AsSpan(0, _count));
        writer.Doubles(_changes.AsSpan(0, _count));
        _tail.Save(writer);
        if (_ready) writer.Doubles(_fitted);
    }

    public override void Load(StateReader reader)
    {
        (_started, _ready, _previous) = (reader.Bool(), reader.Bool(), reader.Double());
        _count = Rows(reader, _values);
        bool possible = Rows(reader, _changes) == _count && _count < _values.Length && Math.Abs(_previous) <= Band.Largest;
        _tail.Load(reader);
        if (_ready) reader.Doubles(_fitted);
        foreach (double figure in _fitted) possible &= Math.Abs(figure) <= 2 * Band.Largest;
        if (!possible) throw new InvalidDataException("A window that cannot be.");
        if (_ready) Fit();
    }

    private static int Rows(StateReader reader, double[] rows)
    {
        int count = reader.Count(8);
        if (count > rows.Length) throw new InvalidDataException("More rows than the window holds.");
        for (int i = 0; i < count; i++)
        {
            rows[i] = reader.Double();
            if (!(Math.Abs(rows[i]) <= 2 * Band.Largest)) throw new InvalidDataException("A value that no window holds.");
        }

        return count;
    }

    /// <summary>The full window becomes the reference.</summary>
    private void Turn()
    {
        _values.CopyTo(_fitted, 0);
        _changes.CopyTo(_fitted, _values.Length);
        (_count, _ready) = (0, true);
        Fit();
    }

    private void Fit()
    {
        ReadOnlySpan<double> values = _fitted.AsSpan(0, _values.Length), changes = _fitted.AsSpan(_values.Length);
        _trees.Fit(values, changes);
        (_valueRange, _changeRange) = (Range(values), Range(changes));
    }

    private static Band Range(ReadOnlySpan<double> figures)
    {
        double least = figures[0], greatest = least;
        foreach (double figure in figures) (least, greatest) = (Math.Min(least, figure), Math.Max(greatest, figure));
        return new(least - Band.LeastChange(least, 0), greatest + Band.LeastChange(greatest, 0));
    }

    private Score Judge(double value, double figure)
    {
        // Where the two ranges do not meet, the last sample was far off: then the way back is not odd.
        Band byChange = new(_previous + _changeRange.Lower, _previous + _changeRange.Upper);
        var both = new Band(Math.Max(_valueRange.Lower, byChange.Lower), Math.Min(_valueRange.Upper, byChange.Upper));
        if (!(both.Lower <= both.Upper)) both = _valueRange;
        var band = Band.Open(both.Lower, both.Upper);
        double p = _tail.Tail(figure), score = Score.FromTailProbability(p);
        return new Score
        {
            Value = score,
            Expected = Math.Clamp(_previous, both.Lower, both.Upper),
            Lower = Math.Min(band.Lower, Band.Largest),
            Upper = Math.Max(band.Upper, -Band.Largest),
            Anomalous = score >= _threshold && band.Excludes(value),
            Statistic = figure,
            Term = _valueRange.Excludes(value) ? "few samples of the last window near this value" : "few samples of the last window near this change",
        };
    }
}
