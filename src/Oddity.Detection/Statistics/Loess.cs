using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Oddity.Detection.Statistics;

/// <summary>
/// Loess over equally spaced points: at each a straight line or a mean is fitted to the points of a span around it, nearer ones counting more,
/// <code>
/// w(d) = (1 − |d/h|³)³,   smoothed(x) = Σ w·y/Σ w − m/c · (Σ w·d·y/Σ w − m · Σ w·y/Σ w),   m = Σ w·d/Σ w,   c = Σ w·d²/Σ w − m²
/// </code>
/// h is the distance to the farthest of the span (Cleveland, 1979; windows, ends and jumps as in the STL of Cleveland et al., 1990).
/// With a jump of j only every j-th point is fitted and straight lines lie between: O(n · span / j). With a jump of 1 the interior of a long span is
/// three filters (<see cref="LoessSums"/>) and only the ends are fitted point by point: O(n log span + span²).
/// </summary>
internal sealed class Loess
{
    /// <summary>Shorter spans are as quick point by point.</summary>
    private const int LeastFilteredHalf = 24;

    /// <summary>Share of a span's weights below which a filter's rounding would show, and its points are fitted one by one.</summary>
    private const double LeastShare = 1e-3;

    private readonly int _span;
    private readonly int _degree;
    private readonly int _jump;
    private readonly bool _weighted;
    private LoessSums? _sums;
    private double[] _weights = [];
    private double[] _plain = [];
    private double[] _product = [];
    private double[][] _weightSums = [];
    private double[][] _valueSums = [];

    /// <param name="span">Points of a fit, odd.</param>
    /// <param name="degree">0: a mean; 1: a straight line.</param>
    /// <param name="jump">Distance of fitted points, 1 or more.</param>
    /// <param name="weighted">Whether <see cref="SetWeights"/> will be set.</param>
    public Loess(int span, int degree, int jump, bool weighted)
    {
        (_span, _degree, _jump, _weighted) = (span, degree, jump, weighted);
    }

    /// <summary>(1 − |d/h|³)³; 1 at the middle and 0 at the rim.</summary>
    public static double Tricube(double distance, double reach)
    {
        double share = Math.Abs(distance) / reach;
        if (share <= 0.001) return 1;
        if (share > 0.999) return 0;
        double rest = 1 - (share * share * share);
        return rest * rest * rest;
    }

    /// <summary>Sets weights of points, 0 to 1, for the smoothings to come; the array is used until then.</summary>
    public void SetWeights(double[] weights)
    {
        _weights = weights;
        if (!IsFiltered(weights.Length)) return;
        if (_product.Length != weights.Length)
        {
            _product = new double[weights.Length];
            _weightSums = [new double[weights.Length], new double[weights.Length], new double[weights.Length]];
            _valueSums = [new double[weights.Length], new double[weights.Length]];
        }

        Sums().Take(weights, _weightSums);
    }

    /// <summary>Smooths y, 1 point or more, into a result of the same length.</summary>
    public void Smooth(ReadOnlySpan<double> y, Span<double> result)
    {
        int n = y.Length;
        if (n == 1) result[0] = y[0];
        else if (IsFiltered(n)) SmoothFiltered(y, result);
        else SmoothByPoints(y, result);
    }

    private bool IsFiltered(int n) => _jump == 1 && _span < n && _span / 2 >= LeastFilteredHalf;

    private LoessSums Sums() => _sums ??= new(_span / 2, _weighted ? 3 : 1);

    private void SmoothByPoints(ReadOnlySpan<double> y, Span<double> result)
    {
        int n = y.Length, jump = Math.Min(_jump, n - 1), last = 0, left = 0;
        for (int i = 0; i < n; i += jump)
        {
            left = Left(i, n);
            result[i] = FitOr(y, i, left);
            if (i > last) Between(result, last, i);
            last = i;
        }

        if (last == n - 1) return;
        result[n - 1] = FitOr(y, n - 1, left); // By the window of the last fitted point, as in the original.
        Between(result, last, n - 1);
    }

    private void SmoothFiltered(ReadOnlySpan<double> y, Span<double> result)
    {
        int n = y.Length, half = _span / 2;
        LoessSums sums = Sums();
        for (int i = 0; i < half; i++)
        {
            result[i] = FitOr(y, i, 0);
            result[n - 1 - i] = FitOr(y, n - 1 - i, n - _span);
        }

        if (_weights.Length == 0)
        {
            sums.Take(y, _plain.Length == n ? [_plain] : [_plain = new double[n]]);
            for (int i = half; i < n - half; i++) result[i] = _plain[i] / sums.Whole;
            return;
        }

        for (int i = 0; i < n; i++) _product[i] = _weights[i] * y[i];
        sums.Take(_product, _valueSums);
        double least = LeastShare * sums.Whole, spread = 0.01 * half * half;
        for (int i = half; i < n - half; i++)
        {
            double weight = _weightSums[0][i], mean = _weightSums[1][i] / weight, variance = (_weightSums[2][i] / weight) - (mean * mean);
            result[i] = weight > least && variance > spread
                ? Line(_valueSums[0][i] / weight, _valueSums[1][i] / weight, mean, variance, n)
                : FitOr(y, i, i - half);
        }
    }

    private int Left(int at, int n) => _span >= n ? 0 : Math.Clamp(at - ((_span - 1) / 2), 0, n - _span);

    private double FitOr(ReadOnlySpan<double> y, int at, int left)
    {
        double fit = Fit(y, at, left);
        return double.IsNaN(fit) ? y[at] : fit;
    }

    private static void Between(Span<double> values, int from, int to)
    {
        double slope = (values[to] - values[from]) / (to - from);
        for (int i = from + 1; i < to; i++) values[i] = values[from] + (slope * (i - from));
    }

    /// <summary>The fit at a point from a span that begins at left; NaN where all weights are 0.</summary>
    private double Fit(ReadOnlySpan<double> y, int at, int left)
    {
        int count = Math.Min(_span, y.Length), i = 0;
        double reach = Math.Max(at - left, left + count - 1 - at) + (_span > y.Length ? (_span - y.Length) / 2 : 0);
        ReadOnlySpan<double> values = y.Slice(left, count), weights = _weights.Length == 0 ? default : _weights.AsSpan(left, count);
        Vector256<double> one = Vector256<double>.One, w0 = default, w1 = default, w2 = default, v0 = default, v1 = default;
        Vector256<double> distance = Vector256.Create(0.0, 1, 2, 3) + Vector256.Create((double)left - at), inverse = Vector256.Create(1 / reach);
        for (; i <= count - 4; i += 4)
        {
            Vector256<double> share = Vector256.Abs(distance) * inverse, rest = one - (share * share * share), weight = rest * rest * rest;
            weight = Vector256.ConditionalSelect(Vector256.LessThanOrEqual(share, Vector256.Create(0.001)), one, weight);
            weight &= Vector256.LessThanOrEqual(share, Vector256.Create(0.999));
            if (weights.Length > 0) weight *= Load(weights, i);
            Vector256<double> value = weight * Load(values, i), off = weight * distance;
            w0 += weight;
            w1 += off;
            w2 += off * distance;
            v0 += value;
            v1 += value * distance;
            distance += Vector256.Create(4.0);
        }

        (double s0, double s1, double s2, double t0, double t1) = (Sum(w0), Sum(w1), Sum(w2), Sum(v0), Sum(v1));
        for (; i < count; i++)
        {
            double off = left + i - at, weight = Tricube(off, reach) * (weights.Length > 0 ? weights[i] : 1), value = weight * values[i];
            (s0, s1, s2, t0, t1) = (s0 + weight, s1 + (weight * off), s2 + (weight * off * off), t0 + value, t1 + (value * off));
        }

        if (!(s0 > 0)) return double.NaN;
        double mean = s1 / s0;
        return Line(t0 / s0, t1 / s0, mean, (s2 / s0) - (mean * mean), y.Length);
    }

    /// <summary>A line is asked for only where the weights are spread out: over a thousandth of the series, as in the original.</summary>
    private double Line(double value, double valueOff, double mean, double variance, int n) =>
        _degree > 0 && variance > 1e-6 * (n - 1.0) * (n - 1.0) ? value - (mean / variance * (valueOff - (mean * value))) : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Load(ReadOnlySpan<double> values, int at) => Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(values), (nuint)at);

    /// <summary>In a fixed order.</summary>
    private static double Sum(Vector256<double> v) => v[0] + v[1] + (v[2] + v[3]);
}
