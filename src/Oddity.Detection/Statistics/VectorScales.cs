namespace Oddity.Detection.Statistics;

/// <summary>
/// Mean, spread and range of each value of a row, and how much of it is usually left unexplained by the others. What is learnt of a row is held within
/// <see cref="Reach"/> deviations, so that no single row blinds it; a new level is still learnt, a little faster with each row. O(d) a row.
/// </summary>
/// <param name="dimensions">Values in each row.</param>
/// <param name="leastResidual">Least usual residual, in deviations: what the others explain almost wholly would else be odd for a trifle.</param>
internal sealed class VectorScales(int dimensions, double leastResidual)
{
    /// <summary>Deviations at which a standardised value is held: how far beyond does not matter any more.</summary>
    public const double Furthest = 20;

    /// <summary>Deviations up to which a row is learnt as it is.</summary>
    private const double Reach = 15;

    /// <summary>Rows at the beginning that are learnt as they are.</summary>
    private const int Open = 200;

    /// <summary>Rows remembered: six weeks at one a minute.</summary>
    private const double Memory = 60_000;

    /// <summary>Share of the range below which no deviation is taken to be: a value that hardly ever moves is not odd whenever it does.</summary>
    private const double ShareOfRange = 0.02;

    private readonly double[] _means = new double[dimensions];
    private readonly double[] _variances = new double[dimensions];
    private readonly double[] _lows = new double[dimensions];
    private readonly double[] _highs = new double[dimensions];
    private readonly double[] _residuals = new double[dimensions];

    public long Seen { get; private set; }

    public double Mean(int d) => _means[d];

    /// <summary>One standard deviation of that value; 0 where it never varied.</summary>
    public double Deviation(int d)
    {
        double deviation = Math.Max(Math.Sqrt(_variances[d]), ShareOfRange * (_highs[d] - _lows[d]));
        return deviation >= Band.LeastChange(_means[d], 0) ? deviation : 0;
    }

    /// <summary>How large the residual of that value usually is, in its deviations.</summary>
    public double UsualResidual(int d) => Math.Max(Math.Sqrt(_residuals[d]), leastResidual);

    /// <summary>
    /// The row in deviations from the means, each within ±<see cref="Furthest"/>. A value that never varied and now differs is as far as can be.
    /// </summary>
    public void Standardise(ReadOnlySpan<double> values, Span<double> standard)
    {
        if (Seen == 0)
        {
            standard.Clear();
            return;
        }

        for (int d = 0; d < standard.Length; d++)
        {
            double off = Band.Hold(values[d]) - _means[d], deviation = Deviation(d);
            standard[d] = deviation > 0 ? Math.Clamp(off / deviation, -Furthest, Furthest)
                : Math.Abs(off) <= Band.LeastChange(_means[d], 0) ? 0 : Math.Sign(off) * Furthest;
        }
    }

    /// <summary>Holds what a row is taken to have been for learning.</summary>
    public void Temper(Span<double> standard)
    {
        if (Seen <= Open) return;
        for (int d = 0; d < standard.Length; d++) standard[d] = Math.Clamp(standard[d], -Reach, Reach);
    }

    /// <param name="values">The row.</param>
    /// <param name="residual">What of it, standardised, the subspace does not explain.</param>
    public void Learn(ReadOnlySpan<double> values, ReadOnlySpan<double> residual)
    {
        double share = Math.Max(1 / Memory, 1.0 / (Seen + 1));
        // What a young subspace left unexplained is forgotten sooner.
        double learnt = Math.Max(1 / Memory, Math.Min(1, 4.0 / (Seen + 1)));
        for (int d = 0; d < _means.Length; d++)
        {
            double value = Band.Hold(values[d]), usual = Reach * UsualResidual(d), left = residual[d];
            double deviation = Deviation(d);
            if (Seen > Open)
            {
                if (deviation > 0) value = Math.Clamp(value, _means[d] - (Reach * deviation), _means[d] + (Reach * deviation));
                left = Math.Clamp(left, -usual, usual);
            }

            if (Seen == 0) _means[d] = _lows[d] = _highs[d] = value;
            double off = value - _means[d];
            _variances[d] = (1 - share) * (_variances[d] + (share * off * off));
            _means[d] += share * off;
            _residuals[d] += learnt * ((left * left) - _residuals[d]);
            // The range forgets too.
            _lows[d] = Math.Min(_lows[d] + ((_means[d] - _lows[d]) / Memory), value);
            _highs[d] = Math.Max(_highs[d] + ((_means[d] - _highs[d]) / Memory), value);
        }

        if (Seen < int.MaxValue) Seen++;
    }

    public void Save(StateWriter writer)
    {
        writer.Int64(Seen);
        foreach (double[] part in (double[][])[_means, _variances, _lows, _highs, _residuals]) writer.Doubles(part);
    }

    public void Load(StateReader reader)
    {
        Seen = reader.Int64();
        foreach (double[] part in (double[][])[_means, _variances, _lows, _highs, _residuals]) reader.Doubles(part);
        bool possible = Seen is >= 0 and <= int.MaxValue
            && Array.TrueForAll(_means, Fits) && Array.TrueForAll(_lows, Fits) && Array.TrueForAll(_highs, Fits)
            && Array.TrueForAll(_variances, value => value is >= 0 and <= 1e302) && Array.TrueForAll(_residuals, value => value is >= 0 and <= 1e9);
        for (int d = 0; d < dimensions; d++) possible &= _lows[d] <= _highs[d];
        if (!possible) throw new InvalidDataException("Scales that cannot be.");
    }

    private static bool Fits(double value) => Math.Abs(value) <= Band.Largest * 1.01;
}
