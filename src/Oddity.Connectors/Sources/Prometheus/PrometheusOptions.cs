using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Prometheus;

/// <summary>A Prometheus, or anything that speaks its HTTP API, and what is pulled from it.</summary>
public sealed record PrometheusOptions
{
    /// <summary>Where it is, with the prefix it is served under if any: its API is at <c>api/v1</c> below.</summary>
    public required Uri Url { get; init; }

    /// <summary>Name in the list of sources. Default "prometheus".</summary>
    public string Id { get; init; } = "prometheus";

    /// <summary>Time between pulls, at least 1 s. Default 60 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time between the samples of a series; null, the default: the scrape interval most of its targets have, 15 s if it does not tell.</summary>
    public TimeSpan? Step { get; init; }

    /// <summary>Names of metrics, or of the histograms and summaries they belong to; empty, the default: all that are discovered.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>Series selectors as in <c>match[]</c>, of which a series must fit one; empty, the default: all series.</summary>
    public IReadOnlyList<string> Match { get; init; } = [];

    /// <summary>Added to every series, so that two servers with the same metrics can be told apart. Default: none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    /// <summary>Whose the series are. Default: the only tenant's.</summary>
    public string Tenant { get; init; } = SeriesKey.DefaultTenant;

    /// <summary>Sent as <c>Authorization: Bearer</c>; null for none. Secret.</summary>
    public string? BearerToken { get; init; }

    /// <summary>Name and password of basic authentication; null for none. Secret.</summary>
    public (string Name, string Password)? Login { get; init; }

    /// <summary>Time for one request. Default 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How far back it goes after an outage; what is older is given up. Default 30 days, as long as the engine takes samples.</summary>
    public TimeSpan MaxCatchUp { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Requests at once. Default 4.</summary>
    public int Concurrency { get; init; } = 4;

    /// <summary>Most bytes of one answer. Default 16 MiB.</summary>
    public int MaxAnswerBytes { get; init; } = 16 << 20;

    /// <summary>Most metrics that are pulled; further ones are left out, and the status says so. Default 10,000.</summary>
    public int MaxMetrics { get; init; } = 10_000;
}
