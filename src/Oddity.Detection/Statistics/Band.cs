namespace Oddity.Detection.Statistics;

/// <summary>The values a detector calls normal. A detector that decides by its band asks <see cref="Excludes"/>, so that vote and picture cannot differ.</summary>
internal readonly record struct Band(double Lower, double Upper)
{
    /// <summary>Detectors hold values in ±this, so that neither a difference nor a sum of squares overflows. A band that reaches so far has no end.</summary>
    public const double Largest = 1e150;

    /// <summary>Share of the middle below which no difference counts: rounding and units, not news.</summary>
    private const double LeastRelativeChange = 1e-9;

    public static Band Everything => new(double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>The value as detectors use it: within ±<see cref="Largest"/>, and 0 for −0, so that equal values have equal bits.</summary>
    public static double Hold(double value) => Math.Clamp(value, -Largest, Largest) + 0.0;

    /// <summary>The least distance from the middle that may count as a change.</summary>
    public static double LeastChange(double middle, double minimum) => Math.Max(Math.Max(minimum, Math.Abs(middle) * LeastRelativeChange), double.Epsilon);

    /// <summary>All values up to and with this distance from the middle.</summary>
    public static Band UpTo(double middle, double distance) => Open(middle - distance, middle + distance);

    /// <summary>All values nearer to the middle than this distance.</summary>
    public static Band NearerThan(double middle, double distance) =>
        Open(Math.BitIncrement(middle - distance), Math.BitDecrement(middle + distance));

    public static Band Open(double lower, double upper) =>
        new(lower <= -Largest ? double.NegativeInfinity : lower, upper >= Largest ? double.PositiveInfinity : upper);

    public bool Excludes(double value) => value > Upper || value < Lower;
}
