using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// Two ways a series can be too still. <em>Constant series broken</em>: a level that held for a run of samples, and then another value, where changes are rare.
/// <em>Stuck value</em>: a series that varied and now repeats one value for longer than it ever did.
/// <code>
/// broken:  p = (changes + 1) / (samples + 1); of a series that never changed, what Student.ScoreOfBrokenConstant says
/// stuck:   p(run) = share of samples so deep in a run, learnt (LearntTail); odd also only from least_factor · the longest run on
/// </code>
/// A stuck value is taken for the new usual once the run is as long as all that was known before it. Equal is: no further apart than 10⁻⁹ of the value.
/// What keeps a stuck value silent is any other value, which no band can say: the band is the side of the level where the usual values are.
/// Weakness: a series that rests (no errors at night) is stuck until the first night was seen. O(1), about 0.1 µs; 350 bytes.
/// </summary>
internal sealed class FlatlineDetector : Detector
{
    public const string Id = "flatline";

    /// <summary>A run's every sample is learnt, at its depth; changes and samples are halved together when so many were seen.</summary>
    private const double Memory = 40_000;

    /// <summary>Changes the usual value is the mean of, exponentially.</summary>
    private const double Recent = 100;

    private const int Points = 16;
    private const int MostEach = 1_000;

    private readonly double _threshold;
    private readonly double _factor;
    private readonly double _minDeviation;
    private readonly int _minRun;
    private readonly int _minChanges;
    private readonly LearntTail _depths = new();
    private double _level;
    private double _usual;
    private double _changes;
    private double _samples;
    private double _longest;
    private long _run;

    public FlatlineDetector(DetectorParameters? parameters = null)
    {
        parameters ??= DetectorParameters.None;
        // The score from which on either is odd: 0.4 is one in ten thousand samples.
        _threshold = parameters.Number("threshold", 0.4, 0.1, 1);
        // Least run that can be broken or stuck, in samples.
        _minRun = parameters.Count("min_run", 10, 3, 1_000_000);
        // So many times the longest run so far is never stuck.
        _factor = parameters.Number("least_factor", 3, 1, 1e6);
        // Changes a series must have shown before it can be stuck.
        _minChanges = parameters.Count("min_changes", 20, 1, 1_000_000);
        // Least difference that counts as a change, in the series' unit.
        _minDeviation = parameters.Number("min_deviation", 0, 0, 1e150);
    }

    public override Score Observe(in Sample sample)
    {
        double value = Band.Hold(sample.Value);
        Score score = _run == 0 ? Score.WarmUp(value) : Judge(value);
        Learn(value);
        return score;
    }

    public override void Save(StateWriter writer)
    {
        writer.Double(_level);
        writer.Double(_usual);
        writer.Double(_changes);
        writer.Double(_samples);
        writer.Double(_longest);
        writer.Int64(_run);
        _depths.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        (_level, _usual, _changes) = (reader.Double(), reader.Double(), reader.Double());
        (_samples, _longest, _run) = (reader.Double(), reader.Double(), reader.Int64());
        _depths.Load(reader);
        bool possible = Math.Abs(_level) <= Band.Largest && Math.Abs(_usual) <= Band.Largest && _samples is >= 0 and <= Memory && _changes >= 0
            && _changes <= _samples && _longest is >= 0 and <= long.MaxValue && _run >= 0;
        if (!possible) throw new InvalidDataException("A run that cannot be.");
    }

    private Score Judge(double value)
    {
        Band level = Band.UpTo(_level, Band.LeastChange(_level, _minDeviation));
        return level.Excludes(value) ? Break(value, level) : Stay(value, level);
    }

    private Score Break(double value, Band level)
    {
        bool held = _run >= _minRun;
        double score = held ? BreakScore() : 0;
        bool odd = held && score >= _threshold;
        return Told(value, _level, score, odd ? level : Band.Everything, odd, "constant series broken", value - _level);
    }

    private Score Stay(double value, Band level)
    {
        double run = _run + 1, known = _depths.Count;
        bool usual = _changes < _minChanges || run < _minRun || run < _factor * _longest || run > known;
        double score = usual ? 0 : Score.FromTailProbability(_depths.Tail(run));
        bool odd = score >= _threshold;
        Band band = !odd ? _run >= _minRun && BreakScore() >= _threshold ? level : Band.Everything
            : value > _usual || double.IsInfinity(level.Upper) ? Band.Open(double.NegativeInfinity, Math.BitDecrement(level.Lower))
            : Band.Open(Math.BitIncrement(level.Upper), double.PositiveInfinity);
        return Told(value, odd ? _usual : _level, score, band, odd, odd ? "stuck value" : "run of one value", run);
    }

    private double BreakScore() => _changes == 0 ? Student.ScoreOfBrokenConstant((int)_samples) : Score.FromTailProbability((_changes + 1) / (_samples + 1));

    private Score Told(double value, double expected, double score, Band band, bool odd, string term, double figure) => new()
    {
        Value = score,
        Expected = expected,
        Lower = band.Lower,
        Upper = band.Upper,
        Anomalous = odd,
        WarmingUp = _samples < _minRun,
        Statistic = figure,
        Term = term,
    };

    private void Learn(double value)
    {
        bool changed = _run > 0 && Band.UpTo(_level, Band.LeastChange(_level, _minDeviation)).Excludes(value);
        if (++_samples >= Memory) (_samples, _changes, _longest) = (_samples / 2, _changes / 2, Math.Max(1, _longest * 0.75));
        if (_run == 0) _usual = value;
        if (changed)
        {
            _changes++;
            _usual += (value - _usual) / Math.Min(_changes + 1, Recent);
            if (_run > _longest) LearnEndOf(_run);
        }

        if (_run == 0 || changed) (_level, _run) = (value, 0);
        _run++;
        if (_run <= _longest) _depths.Learn(_run);
    }

    /// <summary>What a run had beyond all runs before it is learnt when it has ended, at some of its depths for all: a stuck value would teach that it is usual.</summary>
    private void LearnEndOf(double run)
    {
        double beyond = run - _longest;
        int points = (int)Math.Min(beyond, Points), each = (int)Math.Min(beyond / points, MostEach);
        for (int i = 0; i < points; i++) _depths.Learn(_longest + ((i + 0.5) * beyond / points) + 0.5, each);
        _longest = run;
    }
}
