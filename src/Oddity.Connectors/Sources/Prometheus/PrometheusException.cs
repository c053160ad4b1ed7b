namespace Oddity.Connectors.Sources.Prometheus;

/// <summary>Prometheus answered, but not with what was asked for.</summary>
internal sealed class PrometheusException(string message) : Exception(message)
{
    /// <summary>Whether the query is at fault and others may go on: not understood, too much to compute, too large an answer.</summary>
    public bool OfQuery { get; init; }

    /// <summary>When it asked to be tried again; null if it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
