using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Scrape;

/// <summary>What is scraped, in the words of Prometheus' <c>scrape_configs</c>.</summary>
public sealed record ScrapeOptions
{
    /// <summary>Jobs, each with targets of its own. Default: none.</summary>
    public IReadOnlyList<ScrapeJob> Jobs { get; init; } = [];

    /// <summary>Whether targets may be on this machine and in private networks, where they mostly are. Link-local addresses, where clouds keep credentials, never may. Default true.</summary>
    public bool AllowPrivate { get; init; } = true;

    /// <summary>Most targets; further ones are left out, and the status says so. Default 10,000.</summary>
    public int MaxTargets { get; init; } = 10_000;

    /// <summary>Whose the series are. Default: the only tenant's.</summary>
    public string Tenant { get; init; } = SeriesKey.DefaultTenant;
}
