using System.Globalization;

namespace Oddity.Connectors.Sources.Prometheus;

/// <summary>
/// Writes the PromQL of pulls. Each value rests on a sample that was really scraped within the last step, where a plain selector would repeat the last
/// sample for five minutes. Growth is that between the last two samples, by their own times: <c>rate</c> stretches what it finds over its whole window, so
/// that a target that comes or goes would look like a rise or fall of its metrics. Quantiles and means are of proportions, which that does not change.
/// </summary>
/// <param name="step">Time between values.</param>
/// <param name="window">How far back the sample before may be, and the time that quantiles and means are of.</param>
internal sealed class PullQuery(TimeSpan step, TimeSpan window)
{
    private readonly string _step = Duration(step);
    private readonly string _window = Duration(window);

    /// <summary>The query of one pull over the series that fit any of the selectors.</summary>
    public string Of(Pull pull, IReadOnlyList<SeriesSelector> selectors) => string.Join(" or ", selectors.Select(selector => $"({One(pull, selector)})"));

    /// <summary>One query for several gauges, whose answers bear their names.</summary>
    public string OfGauges(IEnumerable<string> metrics, SeriesSelector selector) => $"last_over_time({selector.OfAny(metrics)}[{_step}])";

    private string One(Pull pull, SeriesSelector selector)
    {
        string Rate(string suffix) => $"rate({selector.Of(pull.Source + suffix)}[{_window}])";
        string Fresh(string suffix) => $" and count_over_time({selector.Of(pull.Source + suffix)}[{_step}])";
        return pull.Kind switch
        {
            PullKind.Rate => $"irate({selector.Of(pull.Source)}[{_window}]){Fresh("")}",
            PullKind.Mean => $"{Rate("_sum")} / {Rate("_count")}{Fresh("_count")}",
            PullKind.Quantile => string.Create(CultureInfo.InvariantCulture, $"histogram_quantile({pull.Quantile}, {Rate("_bucket")}){Fresh("_count")}"),
            _ => $"last_over_time({selector.Of(pull.Source)}[{_step}])",
        };
    }

    private static string Duration(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{(long)span.TotalMilliseconds}ms");
}
