using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// The change per second since the previous sample, up and down apart: rarer than it ever was, or beyond a limit somebody set.
/// <code>
/// rate = (value − previous) / seconds between        odd if p(|rate| or more, in that direction) &lt; 10^(−10·threshold)   or |rate| > max_per_second
/// </code>
/// p is a <see cref="LearntTail"/> of each direction. Two samples nearer together than half the usual interval count as that far apart, else noise would be
/// divided by
/// next to nothing. A sample that is late or shares its time has no rate.
/// Weakness: slow drifts have ordinary rates; after a spike the way back is as fast. O(1), about 0.2 µs; 1 KB.
/// </summary>
internal sealed class RateOfChangeDetector : Detector
{
    public const string Id = "rate_of_change";

    private readonly double _limit;
    private readonly double _p;
    private readonly int _minCount;
    private readonly double _minDeviation;
    private readonly LearntTail _rises = new();
    private readonly LearntTail _falls = new();
    private AdaptiveCadence _cadence;
    private EventGap _gap = new();
    private double _previous;

    public RateOfChangeDetector(DetectorParameters? parameters = null)
    {
        parameters ??= DetectorParameters.None;
        // The score from which on a learnt rate is odd: 0.5 is one in a hundred thousand.
        _p = Elementary.Pow(10, -10 * parameters.Number("threshold", 0.5, 0.1, 1));
        // Change per second that is odd whatever was learnt, in the series' unit; not set by default.
        _limit = parameters.Number("max_per_second", double.PositiveInfinity, 0, 1e150);
        _minCount = parameters.Count("min_count", 30, 2, 1_000_000);
        // Least change that counts, in the series' unit.
        _minDeviation = parameters.Number("min_deviation", 0, 0, 1e150);
    }

    public override Score Observe(in Sample sample)
    {
        double value = Band.Hold(sample.Value), gap = _gap.Take(sample.TimeMs);
        if (gap < 0) return Score.WarmUp(value);
        Score score = Score.WarmUp(value);
        if (gap > 0)
        {
            double seconds = Math.Max(gap, _cadence.IntervalMs / 2) / 1000, change = value - _previous;
            score = Judge(value, seconds);
            (change >= 0 ? _rises : _falls).Learn(Math.Abs(change / seconds));
        }

        _cadence.Learn(sample.TimeMs);
        _previous = value; // Of several at one time the last is gone on from.
        return score;
    }

    public override void Save(StateWriter writer)
    {
        writer.Double(_previous);
        _gap.Save(writer);
        _cadence.Save(writer);
        _rises.Save(writer);
        _falls.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        _previous = reader.Double();
        _gap.Load(reader);
        _cadence.Load(reader);
        _rises.Load(reader);
        _falls.Load(reader);
        if (!(Math.Abs(_previous) <= Band.Largest) || !(_cadence.IntervalMs is >= 0 and <= 2e19)) throw new InvalidDataException("A change that cannot be.");
    }

    private Score Judge(double value, double seconds)
    {
        double rate = (value - _previous) / seconds, all = _rises.Count + _falls.Count + 2;
        LearntTail side = rate >= 0 ? _rises : _falls;
        double share = 2 * (side.Count + 1) / all; // Both directions together must not be rarer than they are.
        bool learnt = all - 2 >= _minCount, constant = learnt && _rises.OnlyZeros && _falls.OnlyZeros;
        var band = Band.Open(_previous - Reach(_falls, all, seconds, learnt), _previous + Reach(_rises, all, seconds, learnt));
        bool odd = band.Excludes(value), limit = Math.Abs(rate) > _limit;
        return new Score
        {
            Value = constant && odd ? Student.ScoreOfBrokenConstant((int)all)
                : learnt ? Score.FromTailProbability(share * side.Tail(Math.Abs(rate))) : limit && odd ? 0.6 : 0,
            Expected = _previous,
            Lower = band.Lower,
            Upper = band.Upper,
            Anomalous = odd,
            WarmingUp = !learnt && !odd,
            Statistic = rate,
            Term = limit ? "change per second beyond the limit" : constant ? "constant series broken" : "change per second",
        };
    }

    /// <summary>The change in one direction that is not yet odd.</summary>
    private double Reach(LearntTail side, double all, double seconds, bool learnt)
    {
        double rate = !learnt ? double.PositiveInfinity : side.Reaches(_p * all / (2 * (side.Count + 1)));
        return Math.Max(Math.Min(rate, _limit) * seconds, Band.LeastChange(_previous, _minDeviation));
    }
}
