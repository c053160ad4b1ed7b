using Oddity.Connectors.Sources.Prometheus;

namespace Oddity.Server.Configuration;

/// <summary>What the server fetches by itself.</summary>
internal sealed record SourceOptions
{
    /// <summary>Whether this machine's CPU, memory, disk and network are watched. Default true.</summary>
    public bool Host { get; init; } = true;

    /// <summary>How often this machine is measured. Default 3 s.</summary>
    public TimeSpan HostInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Whether the simulator runs: CPU, memory, disk every 3 s, a tenth of it anomalous. Default false.</summary>
    public bool Demo { get; init; }

    /// <summary>Prometheus servers to pull from. Default: none.</summary>
    public IReadOnlyList<PrometheusOptions> Prometheus { get; init; } = [];
}
