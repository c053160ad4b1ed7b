namespace Oddity.Detection.Statistics;

/// <summary>Small dense systems with a symmetric positive definite matrix: A = L·Lᵀ, sums in a fixed order. Only the lower half is read and written.</summary>
internal static class Cholesky
{
    /// <summary>Share of its diagonal element that a pivot keeps at least: what depends on those before it then counts for nothing instead of for everything.</summary>
    private const double LeastPivot = 1e-13;

    /// <summary>Replaces the matrix, n by n row after row, by its factor.</summary>
    public static void Factor(Span<double> a, int n)
    {
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = a[(i * n) + j] - Dot(a.Slice(i * n, j), a.Slice(j * n, j));
                a[(i * n) + j] = i > j ? sum / a[(j * n) + j] : Math.Sqrt(Math.Max(sum, Math.Max(LeastPivot * a[(i * n) + i], 1e-300)));
            }
        }
    }

    /// <summary>Replaces b by the solution, from the factor.</summary>
    public static void Solve(ReadOnlySpan<double> factor, int n, Span<double> b)
    {
        Forward(factor, n, b);
        for (int i = n - 1; i >= 0; i--)
        {
            b[i] /= factor[(i * n) + i];
            for (int j = 0; j < i; j++) b[j] -= factor[(i * n) + j] * b[i];
        }
    }

    /// <summary>The first half of <see cref="Solve"/>: L·x = b.</summary>
    public static void Forward(ReadOnlySpan<double> factor, int n, Span<double> b)
    {
        for (int i = 0; i < n; i++) b[i] = (b[i] - Dot(factor.Slice(i * n, i), b[..i])) / factor[(i * n) + i];
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double even = 0, odd = 0;
        int i = 0;
        for (; i + 1 < a.Length; i += 2)
        {
            even += a[i] * b[i];
            odd += a[i + 1] * b[i + 1];
        }

        return i < a.Length ? even + odd + (a[i] * b[i]) : even + odd;
    }
}
