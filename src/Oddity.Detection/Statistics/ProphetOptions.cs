namespace Oddity.Detection.Statistics;

/// <summary>Parameters of a <see cref="Prophet"/> fit; the defaults are those of Taylor and Letham (2018).</summary>
public sealed record ProphetOptions
{
    /// <summary>Places where the trend's slope may change. Default 25; fewer where there are fewer points.</summary>
    public int Changepoints { get; init; } = 25;

    /// <summary>Share of the history, from its beginning, that the changepoints are spread over. Default 0.8.</summary>
    public double ChangepointRange { get; init; } = 0.8;

    /// <summary>Scale of the Laplace prior of a change of slope; larger follows more. Default 0.05.</summary>
    public double ChangepointScale { get; init; } = 0.05;

    /// <summary>Deviation of the normal prior of seasons' and holidays' coefficients. Default 10.</summary>
    public double SeasonalityScale { get; init; } = 10;

    /// <summary>Harmonics of the day; 0: none. Default null: 4 where the history spans two days and samples are less than a day apart.</summary>
    public int? Daily { get; init; }

    /// <summary>Harmonics of the week. Default null: 3 where the history spans two weeks and samples are less than a week apart.</summary>
    public int? Weekly { get; init; }

    /// <summary>Harmonics of the year of 365.25 days. Default null: 10 where the history spans two years.</summary>
    public int? Yearly { get; init; }

    /// <summary>Holidays: of each its days, as whole days since 1970-01-01 UTC. Every holiday has one effect, on each of its days. Default: none.</summary>
    public IReadOnlyList<IReadOnlyList<long>> Holidays { get; init; } = [];
}
