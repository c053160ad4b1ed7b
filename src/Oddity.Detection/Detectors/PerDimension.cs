using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// Watches several values measured together by one detector each. The rarest of d values is d times as likely to be rare as one alone, so the row's score
/// is the strongest dimension's less that chance (Bonferroni):
/// <code>
/// score = max_i(score_i) − log10(d) / 10         severity = mean of the three largest severity_i
/// </code>
/// The row is odd when a dimension's own vote says so and either its score withstands that correction or enough others vote with it. O(d) a row.
/// Weakness: values that are each ordinary and only together odd pass unseen.
/// </summary>
public sealed class PerDimension : VectorDetector
{
    /// <summary>How many of the largest severities make the row's: a disturbance of a machine shows in several figures, noise in one.</summary>
    private const int Top = 3;

    /// <summary>Share of the dimensions that make a row odd by voting together, two at least.</summary>
    private const double Quorum = 0.1;

    /// <summary>A corrected score at which one dimension alone suffices: one row in a hundred thousand.</summary>
    private const double Withstands = 0.5;

    private readonly Detector[] _detectors;
    private readonly Score[] _scores;
    private readonly double _chance;
    private readonly int _quorum;
    private int _leading;

    /// <param name="detectors">One for each dimension, at least one.</param>
    public PerDimension(IReadOnlyList<Detector> detectors)
    {
        ArgumentOutOfRangeException.ThrowIfZero(detectors.Count);
        _detectors = [.. detectors];
        _scores = new Score[_detectors.Length];
        _chance = Elementary.Log10(_detectors.Length) / 10;
        _quorum = Math.Max(2, (int)Math.Ceiling(Quorum * _detectors.Length));
    }

    public override int Dimensions => _detectors.Length;

    public override int Leading => _leading;

    public override Score Observe(long timeMs, ReadOnlySpan<double> values)
    {
        int votes = 0, leading = 0;
        Span<double> largest = stackalloc double[Top];
        largest.Clear();
        for (int i = 0; i < _detectors.Length; i++)
        {
            Score score = _scores[i] = _detectors[i].Observe(new(timeMs, values[i]));
            if (score.Anomalous) votes++;
            if (Leads(score, _scores[leading])) leading = i;
            Insert(largest, score.Severity);
        }

        _leading = leading;
        Score strongest = _scores[leading];
        if (_detectors.Length == 1) return strongest;
        double value = Math.Max(0, strongest.Value - _chance);
        return strongest with
        {
            Value = value,
            Severity = Mean(largest, Math.Min(Top, _detectors.Length)),
            Anomalous = strongest.Anomalous && (votes >= _quorum || value >= Withstands),
        };
    }

    public override void Save(StateWriter writer)
    {
        writer.Int32(_detectors.Length);
        writer.Int32(_leading);
        foreach (Detector detector in _detectors) detector.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        if (reader.Int32() != _detectors.Length) throw new InvalidDataException("Saved with other dimensions.");
        _leading = reader.Int32();
        if (_leading < 0 || _leading >= _detectors.Length) throw new InvalidDataException("A dimension that is not there.");
        foreach (Detector detector in _detectors) detector.Load(reader);
    }

    private static bool Leads(in Score score, in Score other) =>
        score.Anomalous == other.Anomalous ? score.Value > other.Value : score.Anomalous;

    private static void Insert(Span<double> largest, double value)
    {
        for (int i = 0; i < largest.Length; i++)
        {
            if (value > largest[i]) (largest[i], value) = (value, largest[i]);
        }
    }

    private static double Mean(Span<double> values, int count)
    {
        double sum = 0;
        for (int i = 0; i < count; i++) sum += values[i];
        return sum / count;
    }
}
