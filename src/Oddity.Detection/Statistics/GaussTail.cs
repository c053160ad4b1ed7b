namespace Oddity.Detection.Statistics;

/// <summary>Tail probabilities of the normal and of Student's distribution, as calibrated scores.</summary>
internal static class GaussTail
{
    /// <summary>
    /// <see cref="Score.Value"/> of a deviation of z standard deviations estimated from n earlier samples: the two-sided tail of Student's t with n − 1
    /// degrees of freedom for a new sample, t = z / √(1 + 1/n). Wallace's transformation to a normal deviate (1959), within 1 % of the exponent for n ≥ 5.
    /// </summary>
    public static double Score(double z, int n)
    {
        double degrees = Math.Max(n - 1, 1);
        double t = Math.Abs(z) / Math.Sqrt(1 + (1.0 / Math.Max(n, 1)));
        double normal = ((8 * degrees) + 1) / ((8 * degrees) + 3) * Math.Sqrt(degrees * Math.Log(1 + (t * t / degrees)));
        return Score(double.IsFinite(normal) ? normal : double.MaxValue);
    }

    /// <summary><see cref="Score.Value"/> of a normal deviate, two-sided. Below 1 it is drawn straight: nobody tells 0.01 from 0.02.</summary>
    public static double Score(double z)
    {
        z = Math.Abs(z);
        return z < 1 ? 0.0498 * z : z > 8 ? 1 : Math.Min(1, -Math.Log10(TwoSided(z)) / 10);
    }

    /// <summary>P(|Z| ≥ z) for z ≥ 1, by the continued fraction of the complementary error function; relative error below 1e-6.</summary>
    private static double TwoSided(double z)
    {
        double fraction = z;
        for (int k = 40; k >= 1; k--) fraction = z + (k / fraction);
        return 2 * Math.Exp(-z * z / 2) / (Math.Sqrt(2 * Math.PI) * fraction);
    }
}
