using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// A series that stopped: the time since its previous sample is rarer than it ever was, by its own learnt cadence, or beyond a limit somebody set.
/// <code>
/// odd if gap > max( least_factor · usual gap, gap whose learnt tail is 10^(−10·threshold) )   or gap > max_gap_seconds
/// </code>
/// A detector sees samples alone: <see cref="OverdueMs"/> tells whoever knows the time from when on the series is missing, <see cref="Overdue"/> how odd that is.
/// Values do not matter: it votes inside its (endless) band.
/// Weakness: a series that reports only on change has no cadence; a day's night is a gap until it was seen a few times. O(1), about 0.1 µs; 350 bytes.
/// </summary>
internal sealed class MissingDetector : Detector
{
    public const string Id = "missing";

    private readonly double _p;
    private readonly double _limitMs;
    private readonly double _factor;
    private readonly int _minCount;
    private readonly LearntTail _gaps = new();
    private EventGap _gap = new();
    private int _seen;

    public MissingDetector(DetectorParameters? parameters = null)
    {
        parameters ??= DetectorParameters.None;
        // The score from which on a gap is odd: 0.5 is one in a hundred thousand samples.
        _p = Elementary.Pow(10, -10 * parameters.Number("threshold", 0.5, 0.1, 1));
        // A gap that is odd whatever was learnt, from the second sample on; not set by default.
        _limitMs = 1000 * parameters.Number("max_gap_seconds", double.PositiveInfinity, 0.001, 1e12);
        // So many usual gaps are never odd: one or two lost samples are no outage.
        _factor = parameters.Number("least_factor", 3, 1, 1e6);
        _minCount = parameters.Count("min_count", 20, 2, 1_000_000);
    }

    /// <inheritdoc/>
    public override long? OverdueMs
    {
        get
        {
            double limit = LimitMs();
            return _seen == 0 || double.IsInfinity(limit) ? null : (long)Math.Min(_gap.NowMs + Math.Floor(limit) + 1, 9.2e18);
        }
    }

    /// <inheritdoc/>
    public override bool WaitsForSamples => true;

    /// <inheritdoc/>
    public override Score Overdue(long nowMs, double last) => Judge((double)nowMs - _gap.NowMs, last);

    public override Score Observe(in Sample sample)
    {
        double gap = _gap.Take(sample.TimeMs);
        Score score = Judge(gap, sample.Value);
        if (gap > 0) _gaps.Learn(gap);
        if (_seen < int.MaxValue) _seen++;
        return score;
    }

    public override void Save(StateWriter writer)
    {
        _gap.Save(writer);
        _gaps.Save(writer);
        writer.Int32(_seen);
    }

    public override void Load(StateReader reader)
    {
        _gap.Load(reader);
        _gaps.Load(reader);
        _seen = reader.Int32();
        if (_seen < 0) throw new InvalidDataException("A count below zero.");
    }

    private Score Judge(double gap, double value)
    {
        double limit = LimitMs();
        bool learnt = _gaps.Count >= _minCount, odd = _seen > 0 && gap > limit;
        return Score.WarmUp(Band.Hold(value)) with
        {
            // Up to the least factor a gap is ordinary by rule, whatever its rank.
            Value = gap > 0 && learnt && (odd || !(gap <= _factor * Usual())) ? Score.FromTailProbability(_gaps.Tail(gap)) : odd ? 0.6 : 0,
            Anomalous = odd,
            WarmingUp = !learnt && !odd,
            Statistic = Math.Max(gap, 0) / 1000,
            Term = odd && !(gap <= _limitMs) ? Score.NoSample + " beyond the limit" : Score.NoSample,
        };
    }

    private double LimitMs() => Math.Min(_limitMs, _gaps.Count < _minCount ? double.PositiveInfinity : Math.Max(_factor * Usual(), _gaps.Reaches(_p)));

    private double Usual() => _gaps.Reaches(0.5);
}
