namespace Oddity.Server.Api.Figures;

/// <summary>What a figure is.</summary>
internal enum MetricKind
{
    /// <summary>Only rises.</summary>
    Counter,

    /// <summary>Rises and falls.</summary>
    Gauge,

    /// <summary>Counts by size.</summary>
    Histogram,
}
