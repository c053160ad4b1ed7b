namespace Oddity.Detection.Statistics;

/// <summary>
/// From which isolation score on a row is rare: three deviations above the mean of the latest scores, but at least the prior and at most the rarest row the forest
/// knows, beyond which no score can tell rows apart. The prior, the (1 − contamination) quantile of the forest's own rows, keeps a calm stretch from making it
/// touchy; by itself it would call a tenth of everything rare.
/// </summary>
internal struct RollingThreshold
{
    private const double Deviations = 3;

    /// <summary>Remembers about 200 scores.</summary>
    private const double Share = 0.01;

    private double _mean;
    private double _variance;
    private int _seen;

    public readonly double Between(double prior, double most)
    {
        double rolling = _mean + (Deviations * Math.Sqrt(_variance));
        return Math.Clamp(rolling, prior, Math.Max(prior, most));
    }

    public void Learn(double score)
    {
        if (_seen < int.MaxValue) _seen++;
        double share = Math.Max(Share, 1.0 / _seen), off = score - _mean;
        _variance = (1 - share) * (_variance + (share * off * off));
        _mean += share * off;
    }

    public readonly void Save(StateWriter writer)
    {
        writer.Double(_mean);
        writer.Double(_variance);
        writer.Int32(_seen);
    }

    public void Load(StateReader reader)
    {
        (_mean, _variance, _seen) = (reader.Double(), reader.Double(), reader.Int32());
        if (_mean is not (>= 0 and <= 1) || _variance is not (>= 0 and <= 1) || _seen < 0) throw new InvalidDataException("Scores that cannot be.");
    }
}
