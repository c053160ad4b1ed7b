namespace Oddity.Detection.Statistics;

/// <summary>Two-sided tails of Student's t as scores on the shared scale, −log10(p) / 10.</summary>
internal static class Student
{
    /// <summary>Degrees of freedom from which on t is as good as normal.</summary>
    private const double Many = 1000;

    /// <summary>The score of a deviation of t standard errors, estimated with so many degrees of freedom (1 or more).</summary>
    /// <remarks>
    /// Wallace's normal equivalent z = √(ν·ln(1 + t²/ν)) · (8ν + 1)/(8ν + 3), then Börjesson and Sundberg's bound
    /// Q(z) ≈ φ(z) / (0.661·z + 0.339·√(z² + 5.51)): together within 3 % of the score for ν ≥ 4.
    /// Nineteen of twenty healthy samples are within two deviations: for them, unless ν is small, <see cref="Inner"/> does without logarithms.
    /// </remarks>
    public static double Score(double t, double degrees) => Score(t, degrees, 0.25 / degrees);

    /// <param name="t">In standard errors.</param>
    /// <param name="degrees">1 or more.</param>
    /// <param name="quarter">A quarter of 1 / degrees, for callers that know it already.</param>
    /// <inheritdoc cref="Score(double, double)"/>
    public static double Score(double t, double degrees, double quarter)
    {
        t = Math.Abs(t);
        if (t <= 2 && degrees >= 10) return Inner(t * (1 - (((t * t) + 1) * quarter)));
        double square = t * t;
        if (degrees < Many)
        {
            double correction = Correction(degrees);
            square = degrees * Elementary.Log(1 + (square / degrees)) * correction * correction;
        }

        if (square > 45) return 1;
        double z = Math.Sqrt(square);
        if (z <= 2) return Inner(z);
        // −log10(2·Q(z)) = z²/2·log10(e) + log10(√(2π)/2 · denominator)
        double denominator = (0.661 * z) + (0.339 * Math.Sqrt(square + 5.51));
        return Math.Min(1, 0.1 * ((square * 0.21714724095162588) + Elementary.Log10(1.2533141373155003 * denominator)));
    }

    /// <summary>The t that is as rare as a normal deviate of z: Wallace's equivalent, solved for t.</summary>
    public static double Equivalent(double z, double degrees)
    {
        if (degrees >= Many) return z;
        double scaled = z / Correction(degrees);
        return Math.Sqrt(degrees * (Elementary.Exp(Math.Min(scaled * scaled / degrees, 600)) - 1));
    }

    /// <summary>A difference in deviations, finite whatever the two are.</summary>
    public static double Ratio(double off, double deviation) => Math.Clamp(off / deviation, -1e150, 1e150);

    /// <summary>How odd it is that a value leaves a level which held for so many samples: half, and a tenth more for each power of ten.</summary>
    public static double ScoreOfBrokenConstant(int samples) => Math.Clamp(0.5 + (0.1 * Elementary.Log10(Math.Max(1, samples))), 0, 1);

    private static double Correction(double degrees) => ((8 * degrees) + 1) / ((8 * degrees) + 3);

    /// <summary>The score of a normal deviate of 0 to 2: the parabola through 0 and the exact values at 1 and 2, nowhere off by more than 0.0004.</summary>
    private static double Inner(double z) => z * (0.03260 + (0.01725 * z));
}
