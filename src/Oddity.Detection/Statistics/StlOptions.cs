namespace Oddity.Detection.Statistics;

/// <summary>Parameters of an <see cref="Stl"/> decomposition; the defaults are those of Cleveland et al. (1990) as statsmodels has them.</summary>
/// <param name="Period">Points of a season, 2 or more.</param>
public sealed record StlOptions(int Period)
{
    /// <summary>Seasons that shape one season's value, odd, 3 or more. Default 7; a very large one keeps the season the same all along.</summary>
    public int Seasonal { get; init; } = 7;

    /// <summary>Points of the trend's smoother, odd, greater than the period. Default 0: the least odd number from 1.5 · period / (1 − 1.5 / seasonal).</summary>
    public int Trend { get; init; }

    /// <summary>0: seasons are smoothed by means, as R does by default; 1, the default: by straight lines.</summary>
    public int SeasonalDegree { get; init; } = 1;

    /// <summary>Of this share of a smoother's span only one point is fitted, straight lines lie between. R's default 0.1; 0, the default here, fits every point.</summary>
    public double JumpShare { get; init; }

    /// <summary>Points far off the fit count less and less: <see cref="Outer"/> more rounds. Default false.</summary>
    public bool Robust { get; init; }

    /// <summary>Inner rounds. Default 0: five, or two when robust.</summary>
    public int Inner { get; init; }

    /// <summary>Robustness rounds, when robust. Default 15.</summary>
    public int Outer { get; init; } = 15;

    internal int TrendSpan => Trend > 0 ? Trend : Odd((int)Math.Ceiling(1.5 * Period / (1 - (1.5 / Seasonal))));

    internal int LowPassSpan => Odd(Period + 1);

    internal int InnerRounds => Inner > 0 ? Inner : Robust ? 2 : 5;

    internal int OuterRounds => Robust ? Outer : 0;

    internal int Jump(int span) => Math.Max(1, (int)Math.Ceiling(JumpShare * span));

    private static int Odd(int number) => number % 2 == 0 ? number + 1 : number;
}
