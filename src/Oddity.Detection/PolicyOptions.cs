namespace Oddity.Detection;

/// <summary>What turns scores into an anomaly.</summary>
public sealed record PolicyOptions
{
    /// <summary>Least calibrated score, 0 to 1, that counts as odd. Null, the default: the detector's own vote decides.</summary>
    public double? Threshold { get; init; }

    /// <summary>Which side counts. Default: both.</summary>
    public Direction Direction { get; init; } = Direction.Both;

    /// <summary>Least distance from the expected value, in the series' unit, that counts. Default 0.</summary>
    public double MinimumChange { get; init; }

    /// <summary>The same as a share of the expected value's size (0.1 = 10 %). Default 0.</summary>
    public double MinimumRelativeChange { get; init; }

    /// <summary>How many odd samples in a row open an anomaly. Default 1.</summary>
    public int Streak { get; init; } = 1;

    /// <summary>How many samples in a row that are not odd close it (hysteresis). Default 3.</summary>
    public int ClearAfter { get; init; } = 3;

    /// <summary>A share of the threshold, 0 to 1: while open, a sample counts as odd down to this share of it. Only with <see cref="Threshold"/>. Default 0.8.</summary>
    public double ClearRatio { get; init; } = 0.8;
}
