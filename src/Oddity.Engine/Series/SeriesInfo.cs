namespace Oddity.Engine.Series;

/// <summary>A series as lists show it.</summary>
/// <param name="Key">Its key.</param>
/// <param name="FirstMs">Event time of the first sample, Unix milliseconds.</param>
/// <param name="LastMs">Latest event time.</param>
/// <param name="LastValue">The value at <paramref name="LastMs"/>.</param>
/// <param name="SampleCount">Samples taken since the series began, retention not counted off.</param>
/// <param name="Detector">Id of what watches it, "none" if nothing does.</param>
/// <param name="OpenAnomaly">Id of the anomaly that is going on, null if none is.</param>
public sealed record SeriesInfo(SeriesKey Key, long FirstMs, long LastMs, double LastValue, long SampleCount, string Detector, string? OpenAnomaly);
