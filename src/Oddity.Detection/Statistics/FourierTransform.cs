using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Oddity.Detection.Statistics;

/// <summary>
/// The fast Fourier transform for convolutions: real and imaginary parts apart, frequencies left in the order in which the butterflies leave them
/// (bits reversed), because <see cref="Back"/> takes them in that order and a product of spectra does not care. Radix 2, decimated in frequency on the way
/// there and in time on the way back (Cooley and Tukey, 1965; Gentleman and Sande, 1966). Elementwise vectors alone: the same bits on every machine.
/// </summary>
internal sealed class FourierTransform
{
    private readonly double[] _cos;
    private readonly double[] _sin;

    /// <param name="size">A power of two, 8 or more.</param>
    public FourierTransform(int size)
    {
        Size = size;
        // The factors of the butterflies that are h apart are at h and after.
        (_cos, _sin) = (new double[size], new double[size]);
        for (int k = 0; k < size / 2; k++) (_sin[(size / 2) + k], _cos[(size / 2) + k]) = Circle.At(k / (double)size);
        for (int apart = size / 4; apart >= 1; apart /= 2)
        {
            for (int k = 0; k < apart; k++) (_sin[apart + k], _cos[apart + k]) = (_sin[(2 * apart) + (2 * k)], _cos[(2 * apart) + (2 * k)]);
        }
    }

    public int Size { get; }

    /// <summary>In place, not scaled.</summary>
    public void There(Span<double> real, Span<double> imaginary)
    {
        for (int apart = Size / 2; apart >= 4; apart /= 2)
        {
            ReadOnlySpan<Vector256<double>> cos = Vectors(_cos.AsSpan(apart, apart)), sin = Vectors(_sin.AsSpan(apart, apart));
            for (int start = 0; start < Size; start += 2 * apart)
            {
                Span<Vector256<double>> re = Vectors(real.Slice(start, apart)), im = Vectors(imaginary.Slice(start, apart));
                Span<Vector256<double>> farRe = Vectors(real.Slice(start + apart, apart)), farIm = Vectors(imaginary.Slice(start + apart, apart));
                for (int k = 0; k < cos.Length; k++)
                {
                    Vector256<double> a = re[k], b = im[k], c = farRe[k], d = farIm[k], lessRe = a - c, lessIm = b - d;
                    (re[k], im[k]) = (a + c, b + d);
                    (farRe[k], farIm[k]) = ((lessRe * cos[k]) + (lessIm * sin[k]), (lessIm * cos[k]) - (lessRe * sin[k]));
                }
            }
        }

        for (int i = 0; i < Size; i += 4)
        {
            (double a, double b, double c, double d) = (real[i], real[i + 1], real[i + 2], real[i + 3]);
            (double e, double f, double g, double h) = (imaginary[i], imaginary[i + 1], imaginary[i + 2], imaginary[i + 3]);
            (real[i], imaginary[i]) = (a + c + (b + d), e + g + (f + h));
            (real[i + 1], imaginary[i + 1]) = (a + c - (b + d), e + g - (f + h));
            (real[i + 2], imaginary[i + 2]) = (a - c + (f - h), e - g - (b - d));
            (real[i + 3], imaginary[i + 3]) = (a - c - (f - h), e - g + (b - d));
        }
    }

    /// <summary>In place: the inverse of <see cref="There"/> but for a factor of <see cref="Size"/>.</summary>
    public void Back(Span<double> real, Span<double> imaginary)
    {
        for (int i = 0; i < Size; i += 4)
        {
            (double a, double b, double c, double d) = (real[i], real[i + 1], real[i + 2], real[i + 3]);
            (double e, double f, double g, double h) = (imaginary[i], imaginary[i + 1], imaginary[i + 2], imaginary[i + 3]);
            (real[i], imaginary[i]) = (a + b + (c + d), e + f + (g + h));
            (real[i + 2], imaginary[i + 2]) = (a + b - (c + d), e + f - (g + h));
            (real[i + 1], imaginary[i + 1]) = (a - b - (g - h), e - f + (c - d));
            (real[i + 3], imaginary[i + 3]) = (a - b + (g - h), e - f - (c - d));
        }

        for (int apart = 4; apart < Size; apart *= 2)
        {
            ReadOnlySpan<Vector256<double>> cos = Vectors(_cos.AsSpan(apart, apart)), sin = Vectors(_sin.AsSpan(apart, apart));
            for (int start = 0; start < Size; start += 2 * apart)
            {
                Span<Vector256<double>> re = Vectors(real.Slice(start, apart)), im = Vectors(imaginary.Slice(start, apart));
                Span<Vector256<double>> farRe = Vectors(real.Slice(start + apart, apart)), farIm = Vectors(imaginary.Slice(start + apart, apart));
                for (int k = 0; k < cos.Length; k++)
                {
                    Vector256<double> a = re[k], b = im[k], c = farRe[k], d = farIm[k];
                    Vector256<double> turnedRe = (c * cos[k]) - (d * sin[k]), turnedIm = (d * cos[k]) + (c * sin[k]);
                    (re[k], im[k]) = (a + turnedRe, b + turnedIm);
                    (farRe[k], farIm[k]) = (a - turnedRe, b - turnedIm);
                }
            }
        }
    }

    private static Span<Vector256<double>> Vectors(Span<double> values) => MemoryMarshal.Cast<double, Vector256<double>>(values);
}
