using System.Runtime.Intrinsics;

namespace Oddity.Detection.Statistics;

/// <summary>
/// Sums of products of a <see cref="Prophet"/> model's regressors, from the last point to the first: the sums of what follows a changepoint are then those at hand when it is
/// passed, and give all that the slopes after it need. Four points at a time, O(regressors²) a point.
/// </summary>
internal sealed class ProphetSums
{
    private readonly double[] _changepoints;
    private readonly double[] _products;
    private readonly double[] _rows;
    private readonly double[] _after;
    private int _waiting;
    private int _next;

    /// <param name="features">Regressors with the value's place.</param>
    /// <param name="changepoints">Scaled times, in order.</param>
    public ProphetSums(int features, double[] changepoints)
    {
        (Features, Width, _changepoints) = (features, (features + 3) & ~3, changepoints);
        (_products, _rows, _after) = (new double[Width * Width], new double[4 * Width], new double[2 * Width * changepoints.Length]);
        _next = changepoints.Length - 1;
    }

    public int Features { get; }

    public int Width { get; }

    public int Changepoints => _changepoints.Length;

    /// <summary>Sum of the squares of the values.</summary>
    public double Square => Product(ProphetFeatures.Value, ProphetFeatures.Value);

    public double Product(int a, int b) => a <= b ? _products[(a * Width) + b] : _products[(b * Width) + a];

    /// <summary>The row of the next earlier point, to be filled.</summary>
    public Span<double> Next(double time)
    {
        while (_next >= 0 && time <= _changepoints[_next]) Pass();
        if (_waiting == 4) Add();
        return _rows.AsSpan(_waiting++ * Width, Width);
    }

    public void Finish()
    {
        while (_next >= 0) Pass();
        Add();
    }

    /// <summary>Σ (t − s)·regressor over the points after changepoint j.</summary>
    public double Ramp(int j, int feature) => After(j, ProphetFeatures.Time, feature) - (_changepoints[j] * After(j, ProphetFeatures.One, feature));

    /// <summary>Σ (t − s)·(t − s') over the points after both.</summary>
    public double Ramps(int j, int other)
    {
        int late = Math.Max(j, other);
        return Ramp(late, ProphetFeatures.Time) - (_changepoints[Math.Min(j, other)] * Ramp(late, ProphetFeatures.One));
    }

    private double After(int j, int row, int feature) => _after[(((2 * j) + row) * Width) + feature];

    private void Pass()
    {
        Add();
        Span<double> after = _after.AsSpan(2 * _next * Width, 2 * Width);
        _products.AsSpan(0, 2 * Width).CopyTo(after);
        after[Width] = _products[1]; // Only the upper half is summed.
        _next--;
    }

    private void Add()
    {
        _rows.AsSpan(_waiting * Width).Clear();
        _waiting = 0;
        ReadOnlySpan<double> one = _rows.AsSpan(0, Width), two = _rows.AsSpan(Width, Width), three = _rows.AsSpan(2 * Width, Width), four = _rows.AsSpan(3 * Width, Width);
        for (int a = 0; a < Features; a++)
        {
            Vector256<double> p = Vector256.Create(one[a]), q = Vector256.Create(two[a]), r = Vector256.Create(three[a]), s = Vector256.Create(four[a]);
            for (int b = a & ~3; b < Width; b += 4)
            {
                Vector256<double> near = (p * Vector256.Create(one[b..])) + (q * Vector256.Create(two[b..]));
                Vector256<double> far = (r * Vector256.Create(three[b..])) + (s * Vector256.Create(four[b..]));
                (Vector256.Create(_products, (a * Width) + b) + (near + far)).CopyTo(_products, (a * Width) + b);
            }
        }
    }
}
