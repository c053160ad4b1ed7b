using System.Runtime.Intrinsics;

namespace Oddity.Detection.Statistics;

/// <summary>
/// The weighted sums of a loess inside a series, where the span is whole and centred, so that its weights are constants: Σ w(d)·dᵏ·x(i + d) for k = 0, 1, 2, which
/// are three fixed filters. By transforms of overlapping blocks, two at a time as real and imaginary part: O(n log span) where point by point it is O(n · span).
/// </summary>
internal sealed class LoessSums
{
    private readonly int _half;
    private readonly int _size;
    private readonly FourierTransform _transform;
    private readonly double[][] _spectra = new double[3][];
    private readonly double[] _real;
    private readonly double[] _imaginary;
    private readonly double[] _re;
    private readonly double[] _im;

    /// <param name="half">Points on each side.</param>
    /// <param name="moments">How many of the three are wanted.</param>
    public LoessSums(int half, int moments)
    {
        _half = half;
        _size = 64;
        while (_size < 6 * half) _size *= 2; // At least two thirds of each block are of use.
        _transform = new(_size);
        (_real, _imaginary, _re, _im) = (new double[_size], new double[_size], new double[_size], new double[_size]);
        for (int k = 0; k < moments; k++)
        {
            Array.Clear(_re);
            Array.Clear(_im);
            for (int d = -half; d <= half; d++) _re[(_size - d) % _size] = Loess.Tricube(d, half) * (k == 0 ? 1.0 : k == 1 ? d : (double)d * d) / _size;
            _transform.There(_re, _im);
            // A filter that is even has a real spectrum, an odd one an imaginary spectrum.
            _spectra[k] = [.. k == 1 ? _im : _re];
            if (k == 0) Whole = Enumerable.Range(-half, (2 * half) + 1).Sum(d => Loess.Tricube(d, half));
        }
    }

    /// <summary>Sum of all weights of a span.</summary>
    public double Whole { get; }

    /// <summary>Fills places half … n − half − 1 of each result.</summary>
    public void Take(ReadOnlySpan<double> x, params ReadOnlySpan<double[]> results)
    {
        int useful = _size - (2 * _half);
        for (int start = 0; start < x.Length - (2 * _half); start += 2 * useful)
        {
            Fill(x, start, _real);
            Fill(x, start + useful, _imaginary);
            _transform.There(_real, _imaginary);
            for (int k = 0; k < results.Length; k++)
            {
                Product(_spectra[k], odd: k == 1);
                _transform.Back(_re, _im);
                Empty(_re, start, x.Length, results[k]);
                Empty(_im, start + useful, x.Length, results[k]);
            }
        }
    }

    private static void Fill(ReadOnlySpan<double> x, int start, Span<double> block)
    {
        int count = Math.Clamp(x.Length - start, 0, block.Length);
        if (count > 0) x.Slice(start, count).CopyTo(block);
        block[count..].Clear();
    }

    private void Empty(ReadOnlySpan<double> block, int start, int length, Span<double> result)
    {
        int count = Math.Min(_size - (2 * _half), length - (2 * _half) - start);
        if (count > 0) block.Slice(_half, count).CopyTo(result[(start + _half)..]);
    }

    private void Product(double[] spectrum, bool odd)
    {
        double[] re = odd ? _imaginary : _real, im = odd ? _real : _imaginary;
        Vector256<double> sign = Vector256.Create(odd ? -1.0 : 1.0);
        for (int i = 0; i < _size; i += 4)
        {
            Vector256<double> factor = Vector256.Create(spectrum, i);
            (sign * factor * Vector256.Create(re, i)).CopyTo(_re, i);
            (factor * Vector256.Create(im, i)).CopyTo(_im, i);
        }
    }
}
