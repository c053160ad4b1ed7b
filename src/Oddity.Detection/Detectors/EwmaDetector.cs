using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// Standard deviations from an exponentially weighted mean: recent samples count most, old ones fade and are never dropped at once.
/// <code>
/// odd if |value − mean| > threshold · deviation
/// mean += alpha · off,   variance = (1 − alpha) · (variance + alpha · off²)
/// </code>
/// (West, 1979; alpha is 1/n while n samples are fewer than 1/alpha, so the start is the plain mean.) Counts samples, not seconds.
/// Weakness: a spike widens the band for several times 1/alpha samples. O(1), 350 bytes.
/// </summary>
internal sealed class EwmaDetector : Detector
{
    public const string Id = "ewma";

    private readonly double _alpha;
    private readonly double _threshold;
    private readonly double _minDeviation;
    private readonly int _minCount;
    private readonly LearntTail _shown = new();
    private double _mean;
    private double _variance;
    private int _seen;

    public EwmaDetector(DetectorParameters? parameters = null)
    {
        parameters ??= DetectorParameters.None;
        // Weight of the newest sample; 0.1 remembers about 20 samples.
        _alpha = parameters.Number("alpha", 0.1, 1e-6, 1);
        _threshold = parameters.Number("threshold", 3, 0.01, 1e6);
        _minCount = parameters.Count("min_count", 10, 2, 1_000_000);
        // Least distance from the mean that counts, in the series' unit.
        _minDeviation = parameters.Number("min_deviation", 0, 0, 1e150);
    }

    public override Score Observe(in Sample sample)
    {
        double value = Band.Hold(sample.Value);
        double off = value - _mean;
        Score score = _seen < _minCount ? Score.WarmUp(value) : Judge(value, off);
        if (_seen < int.MaxValue) _seen++;
        double share = Math.Max(_alpha, 1.0 / _seen);
        _variance = (1 - share) * (_variance + (share * off * off));
        _mean += share * off;
        return score;
    }

    public override void Save(StateWriter writer)
    {
        writer.Double(_mean);
        writer.Double(_variance);
        writer.Int32(_seen);
        _shown.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        _mean = reader.Double();
        _variance = reader.Double();
        _seen = reader.Int32();
        _shown.Load(reader);
        if (!(Math.Abs(_mean) <= Band.Largest) || !(_variance is >= 0 and <= double.MaxValue) || _seen < 0) throw new InvalidDataException("A mean that cannot be.");
    }

    private Score Judge(double value, double off)
    {
        double deviation = Math.Sqrt(_variance);
        bool constant = deviation == 0;
        Band band = Band.UpTo(_mean, Math.Max(_threshold * deviation, Band.LeastChange(_mean, _minDeviation)));
        bool odd = band.Excludes(value);
        double z = constant ? 0 : Student.Ratio(off, deviation);
        double effective = Math.Min(_seen, (2 - _alpha) / _alpha);
        double score = constant ? 0 : _shown.Hold(Student.Score(z, Math.Max(1, effective - 1)), Math.Abs(z));
        if (!constant) _shown.Learn(Math.Abs(z));
        return new Score
        {
            Value = !constant ? score : odd ? Student.ScoreOfBrokenConstant(_seen) : 0,
            Expected = _mean,
            Lower = band.Lower,
            Upper = band.Upper,
            Anomalous = odd,
            Statistic = constant ? off : z,
            Term = constant ? "constant series broken" : "distance from the exponential average",
        };
    }
}
