using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// The left matrix profile: odd is a stretch of samples whose shape is like no stretch before it (<see cref="LeftProfile"/>). Level and size do not count, the
/// course does: a beat left out, a wave that stays flat, a wrong order of usual values.
/// <code>
/// figure = (1 − r)⁴, r the correlation with the most similar stretch        score = −log10 p(figure) / 10, p learnt (LearntTail)
/// </code>
/// Expected is how it went on after the most similar stretch of the samples before; the band is what ninety-nine of a hundred samples were off by. Judges shapes,
/// so it may vote inside its band. Weakness: noise has no shape, and on it this sees little but spikes; a level that moves as a whole looks as before;
/// a disturbance stays in the window. Source: Yeh et al., "Matrix Profile I", ICDM 2016; left profiles: Zhu et al., "Matrix Profile VII", ICDM 2017.
/// About 2 µs a sample and 115 KB a series with 4,096 samples of history.
/// </summary>
internal sealed class MatrixProfileDetector : Detector
{
    public const string Id = "matrix_profile";

    /// <summary>Figures known before any is judged.</summary>
    private const int LeastRanks = 50;

    private readonly LeftProfile _profile;
    private readonly LearntTail _errors = new();
    private readonly int _window;
    private readonly double _threshold;
    private readonly int _minCount;
    private LearntTail _tail = new();

    /// <summary>Stretches that figures were compared with when the tail began.</summary>
    private int _tailFrom;

    public MatrixProfileDetector(DetectorParameters? parameters = null)
    {
        parameters ??= DetectorParameters.None;
        // Samples in a stretch.
        _window = parameters.Count("window", 32, 8, LeftProfile.LongestWindow);
        // Samples that are remembered; four stretches at least.
        _profile = new(_window, parameters.Count("history", 4096, 64, 65_536));
        // The score from which on a stretch is odd: 0.4 is one in ten thousand.
        _threshold = parameters.Number("threshold", 0.4, 0.1, 1);
        // Samples before figures are learnt.
        _minCount = parameters.Count("min_count", 256, 16, 100_000);
    }

    public override Score Observe(in Sample sample)
    {
        double value = Band.Hold(sample.Value), expected = _profile.Next, unlike = _profile.Take(value);
        if (_profile.Seen <= Math.Max(_minCount, 3 * _window)) return Score.WarmUp(value);
        // Among twice as many stretches there is a more similar one: what was learnt of fewer does not hold.
        if (_profile.Others >= 2 * _tailFrom || (_profile.IsFull && _profile.Others > _tailFrom)) (_tail, _tailFrom) = (new(), _profile.Others);
        // Stretches of one series are alike within a factor of two; the fourth power spreads that over the tail's steps.
        double figure = unlike * unlike * unlike * unlike;
        Score score = _tail.Count < LeastRanks ? Score.WarmUp(value) : Judge(value, expected, unlike, figure);
        _tail.Learn(figure);
        _errors.Learn(Math.Abs(value - expected));
        return score;
    }

    public override void Save(StateWriter writer)
    {
        _profile.Save(writer);
        _tail.Save(writer);
        _errors.Save(writer);
        writer.Int32(_tailFrom);
    }

    public override void Load(StateReader reader)
    {
        _profile.Load(reader);
        _tail.Load(reader);
        _errors.Load(reader);
        _tailFrom = reader.Int32();
        if (_tailFrom < 0) throw new InvalidDataException("A count below zero.");
    }

    private Score Judge(double value, double expected, double unlike, double figure)
    {
        double score = figure > 0 ? Score.FromTailProbability(_tail.Tail(figure)) : 0;
        Band band = Band.UpTo(expected, Math.Max(_errors.Reaches(0.01), Band.LeastChange(expected, 0)));
        return new Score
        {
            Value = score,
            Expected = expected,
            Lower = Math.Min(band.Lower, Band.Largest),
            Upper = Math.Max(band.Upper, -Band.Largest),
            Anomalous = score >= _threshold,
            Statistic = Math.Sqrt(2 * _window * unlike),
            Term = "distance of the last samples' shape to the most similar before",
        };
    }
}
