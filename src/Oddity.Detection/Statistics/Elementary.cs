namespace Oddity.Detection.Statistics;

/// <summary>
/// Logarithms and powers from additions, multiplications, divisions and square roots alone, which every machine rounds alike; a platform's mathematics library
/// may take another way with another processor. Off by a few units of the last place, as those are; logarithms near 1 by 1e-16. 5 to 10 ns each.
/// </summary>
internal static class Elementary
{
    private const double Ln2 = 0.69314718055994531;
    private const double Log10OfE = 0.43429448190325183;
    private const double Log2OfE = 1.4426950408889634;

    /// <summary>Ln2 / 32 in two parts, so that a whole number of the first is exact.</summary>
    private const double StepHigh = 0.021660849335603416, StepLow = 5.689487495325457e-11;

    private const int LogSteps = 64;
    private const int ExpSteps = 32;

    private static readonly double[] Inverses = new double[LogSteps + 1];
    private static readonly double[] Logs = new double[LogSteps + 1];
    private static readonly double[] Powers = new double[ExpSteps];

    static Elementary()
    {
        for (int i = 0; i <= LogSteps; i++)
        {
            double c = 1 + (i / (double)LogSteps), s = (c - 1) / (c + 1), term = s;
            (Inverses[i], Logs[i]) = (1 / c, 0);
            // ln c = 2·artanh((c − 1)/(c + 1)), smallest terms first.
            for (int k = 61; k >= 1; k -= 2)
            {
                term = 1;
                for (int n = 0; n < k; n++) term *= s;
                Logs[i] += 2 * term / k;
            }
        }

        for (int i = 0; i < ExpSteps; i++)
        {
            (double root, Powers[i]) = (2, 1);
            for (int bit = ExpSteps / 2; bit > 0; bit /= 2)
            {
                root = Math.Sqrt(root);
                if ((i & bit) != 0) Powers[i] *= root;
            }
        }
    }

    /// <summary>Natural logarithm; −∞ at 0, NaN below.</summary>
    public static double Log(double x)
    {
        if (!(x > 0) || x == double.PositiveInfinity) return x == 0 ? double.NegativeInfinity : x > 0 ? x : double.NaN;
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)(bits >> 52) - 1023;
        if (exponent < -1022) return Log(x * 4503599627370496.0) - (52 * Ln2);
        long fraction = bits & 0xFFFFFFFFFFFFF;
        int step = (int)((fraction + (1L << 45)) >> 46);
        double r = (BitConverter.Int64BitsToDouble(fraction | (1023L << 52)) * Inverses[step]) - 1, square = r * r;
        double low = r - (square * (0.5 - (r * (1.0 / 3)))), high = 0.25 - (r * (1.0 / 5)) + (square * ((1.0 / 6) - (r * (1.0 / 7))));
        return (exponent * Ln2) + (Logs[step] + (low - (square * square * high)));
    }

    public static double Log10(double x) => Log(x) * Log10OfE;

    public static double Log2(double x) => Log(x) * Log2OfE;

    public static double Exp(double x)
    {
        if (!(x < 709.7)) return double.IsNaN(x) ? x : double.PositiveInfinity;
        if (x < -745) return 0;
        double whole = Math.Round(x * (ExpSteps * Log2OfE));
        double r = x - (whole * StepHigh) - (whole * StepLow);
        double series = 1 + (r * (1 + (r * (0.5 + (r * ((1.0 / 6) + (r * ((1.0 / 24) + (r * ((1.0 / 120) + (r * (1.0 / 720))))))))))));
        int steps = (int)whole, exponent = steps >> 5;
        double result = Powers[steps & (ExpSteps - 1)] * series;
        return exponent >= -1000 ? result * PowerOfTwo(exponent) : result * PowerOfTwo(exponent + 100) * PowerOfTwo(-100);
    }

    /// <summary>x to the power of y, for x of 0 or more.</summary>
    public static double Pow(double x, double y) => y == 0 || x == 1 ? 1 : x == 0 ? (y > 0 ? 0 : double.PositiveInfinity) : Exp(y * Log(x));

    public static double Asinh(double x)
    {
        double size = Math.Abs(x), square = x * x;
        if (size < 0.01) return x * (1 - (square * ((1.0 / 6) - (square * ((3.0 / 40) - (square * (15.0 / 336)))))));
        double log = size > 1e8 ? Log(size) + Ln2 : Log(size + Math.Sqrt(square + 1));
        return x < 0 ? -log : log;
    }

    private static double PowerOfTwo(int exponent) => BitConverter.Int64BitsToDouble((long)(exponent + 1023) << 52);
}
