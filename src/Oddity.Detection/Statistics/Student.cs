namespace Oddity.Detection.Statistics;

/// <summary>Two-sided tails of Student's t as scores on the shared scale, −log10(p) / 10.</summary>
internal static class Student
{
    /// <summary>−log10(p) / 10 at one standard deviation of a normal distribution: p = 0.317.</summary>
    private const double AtOneSigma = 0.04985;

    /// <summary>Degrees of freedom from which on t is as good as normal.</summary>
    private const double Many = 1000;

    /// <summary>The score of a deviation of t standard errors, estimated with so many degrees of freedom (1 or more).</summary>
    /// <remarks>
    /// Wallace's normal equivalent z = √(ν·ln(1 + t²/ν)) · (8ν + 1)/(8ν + 3), then Börjesson and Sundberg's bound
    /// Q(z) ≈ φ(z) / (0.661·z + 0.339·√(z² + 5.51)): together within 3 % of the score for ν ≥ 4. Inside one deviation, where a score says nothing, a parabola up to about
    /// the same value.
    /// </remarks>
    public static double Score(double t, double degrees) => ScoreOfSquare(t * t, degrees);

    /// <summary>The same, of t².</summary>
    public static double ScoreOfSquare(double square, double degrees)
    {
        if (square <= 1) return AtOneSigma * square * degrees / (degrees + 0.7);
        if (degrees < Many)
        {
            double correction = Correction(degrees);
            square = degrees * Math.Log(1 + (square / degrees)) * correction * correction;
        }

        if (square > 45) return 1;
        double z = Math.Sqrt(square);
        // −log10(2·Q(z)) = z²/2·log10(e) + log10(√(2π)/2 · denominator)
        double denominator = (0.661 * z) + (0.339 * Math.Sqrt(square + 5.51));
        double score = 0.1 * ((square * 0.21714724095162588) + Math.Log10(1.2533141373155003 * denominator));
        return Math.Clamp(score, 0, 1);
    }

    /// <summary>The t that is as rare as a normal deviate of z: Wallace's equivalent, solved for t.</summary>
    public static double Equivalent(double z, double degrees)
    {
        if (degrees >= Many) return z;
        double scaled = z / Correction(degrees);
        return Math.Sqrt(degrees * (Math.Exp(Math.Min(scaled * scaled / degrees, 600)) - 1));
    }

    /// <summary>A difference in deviations, finite whatever the two are.</summary>
    public static double Ratio(double off, double deviation) => Math.Clamp(off / deviation, -1e150, 1e150);

    /// <summary>How odd it is that a value leaves a level which held for so many samples: half, and a tenth more for each power of ten.</summary>
    public static double ScoreOfBrokenConstant(int samples) => Math.Clamp(0.5 + (0.1 * Math.Log10(Math.Max(1, samples))), 0, 1);

    private static double Correction(double degrees) => ((8 * degrees) + 1) / ((8 * degrees) + 3);
}
