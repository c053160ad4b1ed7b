using System.Globalization;

namespace Oddity.Connectors.Sources.Prometheus;

/// <summary>
/// Writes the PromQL of pulls. Each value rests on a sample that was really scraped within the last step: a plain selector would repeat the last
/// sample for five minutes, and a rate fades out over its window, so that a target's end would look like a fall of its metrics.
/// </summary>
/// <param name="step">Time between values.</param>
/// <param name="window">Time a rate looks back over.</param>
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
            PullKind.Rate => Rate("") + Fresh(""),
            PullKind.Mean => $"{Rate("_sum")} / {Rate("_count")}{Fresh("_count")}",
            PullKind.Quantile => string.Create(CultureInfo.InvariantCulture, $"histogram_quantile({pull.Quantile}, {Rate("_bucket")}){Fresh("_count")}"),
            _ => $"last_over_time({selector.Of(pull.Source)}[{_step}])",
        };
    }

    private static string Duration(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{(long)span.TotalMilliseconds}ms");
}
