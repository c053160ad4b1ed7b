namespace Oddity.Connectors.Sources.Scrape;

/// <summary>Targets that are scraped alike.</summary>
public sealed record ScrapeJob
{
    /// <summary>The label <c>job</c> of its series.</summary>
    public required string Name { get; init; }

    /// <summary>Time between scrapes. Default 1 min.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Time for one scrape, at most the interval. Default 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Path at the target. Default /metrics.</summary>
    public string MetricsPath { get; init; } = "/metrics";

    /// <summary>http or https. Default http.</summary>
    public string Scheme { get; init; } = "http";

    /// <summary>Query parameters, each with its values. Default: none.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Parameters { get; init; } = [];

    /// <summary>True: a label of the target's text wins over one of the target's own; false, the default: it becomes <c>exported_NAME</c>.</summary>
    public bool HonorLabels { get; init; }

    /// <summary>Whether times in the target's text count. Default true.</summary>
    public bool HonorTimestamps { get; init; } = true;

    /// <summary>Most bytes of an answer, decompressed. Default 16 MiB.</summary>
    public int BodySizeLimit { get; init; } = 16 << 20;

    /// <summary>Most samples of a scrape, after relabelling; more make it fail. Default 0, no limit.</summary>
    public int SampleLimit { get; init; }

    /// <summary>Name and password of basic authentication; null for none.</summary>
    public (string Name, Secret Password)? Login { get; init; }

    /// <summary>Type and credentials of the header <c>Authorization</c>; null for none.</summary>
    public (string Type, Secret Credentials)? Authorization { get; init; }

    /// <summary>Targets named in place. Default: none.</summary>
    public IReadOnlyList<TargetGroup> Groups { get; init; } = [];

    /// <summary>Files that name targets: paths, whose last part may hold <c>*</c>; looked at again every few seconds. Default: none.</summary>
    public IReadOnlyList<string> TargetFiles { get; init; } = [];

    /// <summary>Applied to each target's labels before it is scraped. Default: none.</summary>
    public IReadOnlyList<RelabelRule> Relabel { get; init; } = [];

    /// <summary>Applied to each sample's labels before it is stored. Default: none.</summary>
    public IReadOnlyList<RelabelRule> MetricRelabel { get; init; } = [];
}
