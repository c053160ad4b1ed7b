namespace Oddity.Connectors.Sources.Prometheus;

/// <summary>What a metric of Prometheus becomes.</summary>
internal enum PullKind
{
    /// <summary>The samples as they are.</summary>
    Gauge,

    /// <summary>A counter's growth per second: <c>name:rate</c>.</summary>
    Rate,

    /// <summary>A quantile of a histogram's growth: <c>base:p99</c>.</summary>
    Quantile,

    /// <summary>The mean of a summary's growth: <c>base:mean</c>.</summary>
    Mean,
}
