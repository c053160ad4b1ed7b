namespace Oddity.Detection.Statistics;

/// <summary>The normal distribution.</summary>
internal static class Normal
{
    /// <summary>Deviations within which this share of a normal distribution lies, 0 to 0.999999: 1.28 for 0.8, 3 for 0.9973.</summary>
    /// <remarks>Newton's method on the error function's series erf(x) = 2/√π · e^(−x²) · Σ 2ᵏ·x^(2k+1)/(2k+1)!!, all of whose terms are positive.</remarks>
    public static double Reach(double share)
    {
        double x = 0;
        for (int round = 0; round < 60; round++)
        {
            double term = x, sum = x, density = 2 / Math.Sqrt(Math.PI) * Elementary.Exp(-x * x);
            for (int k = 1; k < 300 && term > sum * 1e-17; k++) sum += term *= 2 * x * x / ((2 * k) + 1);
            double step = (share - (density * sum)) / density;
            x = Math.Min(x + Math.Min(step, 0.5), 5);
            if (Math.Abs(step) < 1e-13) break;
        }

        return x * Math.Sqrt(2);
    }
}
