using Oddity.Engine.Anomalies;
using Oddity.Server.Api.Figures;

namespace Oddity.Server.Api.Anomalies;

/// <summary>Anomalies in the words of Prometheus' <c>/api/v1/alerts</c>, each with the whole anomaly beside them.</summary>
internal sealed record AlertsBody(string Status, AlertsBody.DataBody Data)
{
    internal sealed record DataBody(IReadOnlyList<AlertBody> Alerts);

    /// <param name="Labels">alertname, severity, and the series' name and labels.</param>
    /// <param name="Annotations">summary and description.</param>
    /// <param name="State">firing while it goes on, else resolved.</param>
    /// <param name="ActiveAt">When it began.</param>
    /// <param name="Value">The oddest value, as text.</param>
    /// <param name="Status">What people make of it: active, acknowledged, resolved, suppressed.</param>
    /// <param name="Anomaly">All of it.</param>
    internal sealed record AlertBody(
        IReadOnlyDictionary<string, string> Labels,
        IReadOnlyDictionary<string, string> Annotations,
        string State,
        [property: System.Text.Json.Serialization.JsonPropertyName("activeAt")] string ActiveAt,
        string Value,
        string Status,
        AnomalyBody Anomaly);

    public static AlertsBody From(IEnumerable<Anomaly> anomalies) => new("success", new([.. anomalies.Select(Single)]));

    private static AlertBody Single(Anomaly anomaly)
    {
        var labels = new Dictionary<string, string>(anomaly.Series.Labels, StringComparer.Ordinal)
        {
            ["__name__"] = anomaly.Series.Metric,
            ["alertname"] = "Anomaly",
            ["severity"] = Words.Of(anomaly.Severity),
        };
        AnomalyBody whole = AnomalyBody.From(anomaly);
        var annotations = new Dictionary<string, string> { ["summary"] = whole.RootCause, ["description"] = anomaly.Explanation };
        return new(labels, annotations, anomaly.EndMs is null ? "firing" : "resolved", whole.Start, Exposition.Number(anomaly.Value), StatusOf(anomaly.Status), whole);
    }

    private static string StatusOf(AnomalyStatus status) => status switch
    {
        AnomalyStatus.Open => "active",
        AnomalyStatus.FalsePositive => "suppressed",
        _ => Words.Of(status),
    };
}
