using Oddity.Engine.Series;

namespace Oddity.Server.Api.Series;

/// <summary>A series in a list.</summary>
internal sealed record SeriesBody
{
    /// <summary>Canonical text, <c>name{label="value"}</c>; what <c>/api/v1/samples</c> takes.</summary>
    public required string Series { get; init; }

    public required string Metric { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Time of the first sample.</summary>
    public required string First { get; init; }

    /// <summary>Time of the latest sample.</summary>
    public required string Last { get; init; }

    public double? LastValue { get; init; }

    /// <summary>Samples taken since the series began.</summary>
    public required long Samples { get; init; }

    /// <summary>Id of what watches it, none if nothing does.</summary>
    public required string Detector { get; init; }

    /// <summary>Id of the anomaly that is going on; null if none is.</summary>
    public string? OpenAnomaly { get; init; }

    public static SeriesBody From(SeriesInfo info) => new()
    {
        Series = info.Key.Text,
        Metric = info.Key.Metric,
        Labels = Json.Map(info.Key.Labels),
        First = Times.Iso(info.FirstMs),
        Last = Times.Iso(info.LastMs),
        LastValue = Json.Finite(info.LastValue),
        Samples = info.SampleCount,
        Detector = info.Detector,
        OpenAnomaly = info.OpenAnomaly,
    };
}
