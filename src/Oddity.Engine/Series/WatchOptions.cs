using Oddity.Detection;

namespace Oddity.Engine.Series;

/// <summary>What watches which series. The first rule whose pattern fits a series is its rule; where none fits, the defaults are.</summary>
public sealed record WatchOptions
{
    /// <summary>Id of the detector for series no rule names; "none" watches nothing. Default <see cref="DetectorCatalogue.Default"/>.</summary>
    public string Detector { get; init; } = DetectorCatalogue.Default;

    /// <summary>Id of the detector for values that are measured together; one that has a form for several. Default <see cref="DetectorCatalogue.DefaultVector"/>.</summary>
    public string VectorDetector { get; init; } = DetectorCatalogue.DefaultVector;

    /// <summary>Parameters for every detector of an id, wherever it is used: <c>{"zscore": {"threshold": "3.0"}}</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Parameters { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    public PolicyOptions Policy { get; init; } = new();

    public IReadOnlyList<WatchRule> Rules { get; init; } = [];

    /// <summary>Limits that need no training, by series pattern, beside whatever else watches the series. Default: the system metrics of <c>/ingest</c>.</summary>
    public IReadOnlyList<StaticLimit> Limits { get; init; } =
    [
        new("system_metrics_cpu", Above: 85, Below: null),
        new("system_metrics_memory", Above: 90, Below: null),
        new("system_metrics_disk", Above: 90, Below: null),
    ];
}
