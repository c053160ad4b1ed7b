namespace Oddity.Server.Api.Calls;

/// <summary>How many anomalies began, over time.</summary>
/// <param name="Period">The time looked at, as it was asked for.</param>
/// <param name="Granularity">Length of a step.</param>
/// <param name="Start">Where the period begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Total">All in the period.</param>
/// <param name="Previous">All in the period of the same length before.</param>
/// <param name="ChangePercent">How the total changed; null where there was none before.</param>
/// <param name="Data">Every step, also those without anomalies.</param>
/// <param name="TopSeries">The series with most.</param>
internal sealed record TrendsBody(
    string Period,
    string Granularity,
    string Start,
    string End,
    int Total,
    int Previous,
    double? ChangePercent,
    IReadOnlyList<TrendsBody.TrendStep> Data,
    IReadOnlyList<TrendsBody.SeriesCount> TopSeries)
{
    /// <summary>Anomalies that began in one step.</summary>
    internal sealed record TrendStep(string Time, int Total, int Critical, int High, int Medium, int Low, int Info);

    /// <summary>How many a series had.</summary>
    internal sealed record SeriesCount(string Series, int Count);
}
