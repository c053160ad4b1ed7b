using Oddity.Engine.Series;

namespace Oddity.Engine.Cost;

/// <summary>What one series costs.</summary>
/// <param name="Key">The series.</param>
/// <param name="Detector">What watches it.</param>
/// <param name="Samples">Samples taken since it began.</param>
/// <param name="Seconds">Processor time those took, estimated: samples times what one costs its detector; null where that was not measured yet.</param>
/// <param name="StateBytes">Bytes of its state in the last checkpoint; 0 before it.</param>
/// <param name="DiskBytes">Bytes of its samples in the store.</param>
/// <param name="Anomalies">Anomalies of it that are kept.</param>
public sealed record SeriesCost(SeriesKey Key, string Detector, long Samples, double? Seconds, long StateBytes, long DiskBytes, long Anomalies);
