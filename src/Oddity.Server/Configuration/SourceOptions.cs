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

    /// <summary>One Prometheus to pull from.</summary>
    internal sealed record PrometheusOptions
    {
        public required Uri Url { get; init; }

        /// <summary>Time between pulls. Default 60 s.</summary>
        public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(60);

        /// <summary>Metric names to pull; empty: all that are discovered.</summary>
        public IReadOnlyList<string> Metrics { get; init; } = [];

        /// <summary>Series selectors to pull, as in <c>match[]</c>; empty: all.</summary>
        public IReadOnlyList<string> Match { get; init; } = [];

        /// <summary>Sent as <c>Authorization: Bearer</c>; null for none. Secret.</summary>
        public string? BearerToken { get; init; }
    }
}
