namespace Oddity.Detection.Statistics;

/// <summary>
/// The most probable coefficients and slopes of a <see cref="Prophet"/> model for a given variance of the noise, from sums of products alone. Everything but the slopes has
/// a normal prior and is eliminated by one factorisation; what remains is a small problem in the slopes.
/// </summary>
internal sealed class ProphetSolver
{
    private readonly ProphetSums _sums;
    private readonly int[] _own;
    private readonly int _count;
    private readonly int _ramps;
    private readonly double[] _ridge;
    private readonly double _offset;
    private readonly double[] _factor;
    private readonly double[] _rampRows;
    private readonly double[] _right;
    private readonly double[] _h;
    private readonly double[] _f;
    private readonly double[] _theta;
    private readonly SlopeChanges _changes;

    /// <param name="sums">The sums.</param>
    /// <param name="coefficientPrior">Deviation of the prior of seasons and holidays.</param>
    /// <param name="trendPrior">Of slope and offset.</param>
    /// <param name="offset">What was taken from the scaled values before they were summed: the prior of the offset is about what is left plus this.</param>
    public ProphetSolver(ProphetSums sums, double coefficientPrior, double trendPrior, double offset)
    {
        (_sums, _offset, _ramps) = (sums, offset, sums.Changepoints);
        _own = [.. Enumerable.Range(0, sums.Features).Where(feature => feature != ProphetFeatures.Value)];
        _count = _own.Length;
        _ridge = [.. _own.Select(feature => feature < ProphetFeatures.Fixed ? 1 / (trendPrior * trendPrior) : 1 / (coefficientPrior * coefficientPrior))];
        (_factor, _rampRows, _right, _theta) = (new double[_count * _count], new double[_ramps * _count], new double[_count], new double[_count]);
        (_h, _f, _changes) = (new double[_ramps * _ramps], new double[_ramps], new(_ramps));
    }

    /// <summary>Solves, starting from the slopes as they are; returns the sum of squares that is left.</summary>
    public double Solve(double variance, double slopeScale, Span<double> coefficients, Span<double> slopes)
    {
        for (int a = 0; a < _count; a++)
        {
            for (int b = 0; b <= a; b++) _factor[(a * _count) + b] = _sums.Product(_own[a], _own[b]);
            _factor[(a * _count) + a] += variance * _ridge[a];
            _right[a] = _sums.Product(_own[a], ProphetFeatures.Value) - (_own[a] == ProphetFeatures.One ? variance * _ridge[a] * _offset : 0);
        }

        Cholesky.Factor(_factor, _count);
        Cholesky.Forward(_factor, _count, _right);
        for (int j = 0; j < _ramps; j++)
        {
            Span<double> row = _rampRows.AsSpan(j * _count, _count);
            for (int a = 0; a < _count; a++) row[a] = _sums.Ramp(j, _own[a]);
            Cholesky.Forward(_factor, _count, row);
            _f[j] = _sums.Ramp(j, ProphetFeatures.Value) - Dot(row, _right);
            for (int i = 0; i <= j; i++) _h[(j * _ramps) + i] = _h[(i * _ramps) + j] = _sums.Ramps(i, j) - Dot(row, _rampRows.AsSpan(i * _count, _count));
        }

        _changes.Solve(_h, _f, variance / slopeScale, slopes);
        for (int a = 0; a < _count; a++) _theta[a] = _right[a];
        for (int j = 0; j < _ramps; j++)
            for (int a = 0; a < _count; a++) _theta[a] -= slopes[j] * _rampRows[(j * _count) + a];
        for (int a = _count - 1; a >= 0; a--)
        {
            _theta[a] /= _factor[(a * _count) + a];
            for (int b = 0; b < a; b++) _theta[b] -= _factor[(a * _count) + b] * _theta[a];
        }

        for (int a = 0; a < _count; a++) coefficients[_own[a]] = _theta[a];
        return Rest(coefficients, slopes);
    }

    /// <summary>Σ (value − fit)² as a quadratic form.</summary>
    private double Rest(ReadOnlySpan<double> coefficients, ReadOnlySpan<double> slopes)
    {
        double rest = _sums.Square;
        for (int a = 0; a < _count; a++)
        {
            double inner = -2 * _sums.Product(_own[a], ProphetFeatures.Value);
            for (int b = 0; b < _count; b++) inner += _sums.Product(_own[a], _own[b]) * coefficients[_own[b]];
            for (int j = 0; j < _ramps; j++) inner += 2 * _sums.Ramp(j, _own[a]) * slopes[j];
            rest += inner * coefficients[_own[a]];
        }

        for (int j = 0; j < _ramps; j++)
        {
            if (slopes[j] == 0) continue;
            double inner = -2 * _sums.Ramp(j, ProphetFeatures.Value);
            for (int i = 0; i < _ramps; i++) inner += _sums.Ramps(i, j) * slopes[i];
            rest += inner * slopes[j];
        }

        return rest;
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
