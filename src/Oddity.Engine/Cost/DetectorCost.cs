namespace Oddity.Engine.Cost;

/// <summary>What one kind of detector costs, for all series it watches.</summary>
/// <param name="Detector">Its id; "none" is storing alone.</param>
/// <param name="Series">Series it watches.</param>
/// <param name="Samples">Samples those have taken since they began.</param>
/// <param name="Nanoseconds">Processor time of one sample, storing included, as a mean over one in 257 since the start; null before the first was measured.</param>
/// <param name="StateBytes">Bytes of their state in the last checkpoint.</param>
public sealed record DetectorCost(string Detector, int Series, long Samples, double? Nanoseconds, long StateBytes);
