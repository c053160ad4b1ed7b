using Oddity.Detection.Statistics;

namespace Oddity.Detection;

/// <summary>What a detector thinks of one sample, given only the samples before it.</summary>
public readonly record struct Score
{
    /// <summary>
    /// How odd, 0 to 1, on a scale all detectors share: a healthy series exceeds s about once in 10^(10·s) samples,
    /// so 0.3 is one in a thousand and 0.5 one in a hundred thousand. Always finite.
    /// </summary>
    public required double Value { get; init; }

    private readonly double? _severity;

    /// <summary>
    /// How bad it is, 0 to 1, for ranking rows and colouring charts. <see cref="Value"/> may fall as soon as an alarm was raised; this stays up while the
    /// disturbance lasts. Default: <see cref="Value"/>.
    /// </summary>
    public double Severity
    {
        get => _severity ?? Value;
        init => _severity = value;
    }

    /// <summary>The value that was predicted; the sample's own value while nothing is known yet.</summary>
    public required double Expected { get; init; }

    /// <summary>Lower end of the band the detector calls normal; −∞ where it has no lower limit.</summary>
    public required double Lower { get; init; }

    /// <summary>Upper end of the band the detector calls normal; +∞ where it has no upper limit.</summary>
    public required double Upper { get; init; }

    /// <summary>The detector's own vote by its own threshold.</summary>
    public required bool Anomalous { get; init; }

    /// <summary>True while too little was seen to judge; the vote is then false unless a rule needs no training.</summary>
    public bool WarmingUp { get; init; }

    /// <summary>The figure that decided, in the detector's own unit: the z of a z-score, the rank of a percentile, the limit of a threshold.</summary>
    public double Statistic { get; init; }

    /// <summary>Which term decided, a few constant words: "z-score", "constant series broken", "above the 99th percentile". Never null.</summary>
    public required string Term { get; init; }

    /// <summary>The term of a score that is about the time since the sample before, its <see cref="Statistic"/>, and not about a value.</summary>
    public const string NoSample = "seconds without a sample";

    /// <summary>The score of a detector that knows too little yet: silent, and every value is in its band.</summary>
    internal static Score WarmUp(double value) => new()
    {
        Value = 0,
        Expected = value,
        Lower = double.NegativeInfinity,
        Upper = double.PositiveInfinity,
        Anomalous = false,
        WarmingUp = true,
        Term = "warming up",
    };

    /// <summary>Turns a tail probability into <see cref="Value"/>: −log10(p) / 10, held in 0..1.</summary>
    public static double FromTailProbability(double p) =>
        p >= 1 ? 0 : p <= 1e-10 ? 1 : -Elementary.Log10(p) / 10;
}
