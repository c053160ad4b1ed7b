using Oddity.Engine.Cost;

namespace Oddity.Server.Api.Health;

/// <summary>What the caller's series cost.</summary>
/// <param name="Detectors">By what watches them; "none" is storing alone.</param>
/// <param name="Series">A page, the largest first.</param>
/// <param name="NextOffset">What to send as <c>offset</c> for the next page; null at the end.</param>
/// <param name="Total">Series in all.</param>
internal sealed record CostBody(IReadOnlyList<CostBody.DetectorBody> Detectors, IReadOnlyList<CostBody.SeriesCostBody> Series, int? NextOffset, int Total)
{
    public static CostBody From(CostReport report, int offset) => new(
        [.. report.Detectors.Select(cost => new DetectorBody(cost.Detector, cost.Series, cost.Samples, Rounded(cost.Nanoseconds, 1), cost.StateBytes))],
        [
            .. report.Series.Select(cost => new SeriesCostBody(
                cost.Key.Text, cost.Detector, cost.Samples, Rounded(cost.Seconds, 6), cost.StateBytes, cost.DiskBytes, cost.Anomalies)),
        ],
        offset + report.Series.Count < report.Total && report.Series.Count > 0 ? offset + report.Series.Count : null,
        report.Total);

    private static double? Rounded(double? value, int digits) => value is { } number ? Math.Round(number, digits) : null;

    /// <param name="Detector">Id.</param>
    /// <param name="Series">Series it watches.</param>
    /// <param name="Samples">Samples those took since they began.</param>
    /// <param name="NanosecondsPerSample">Processor time, a mean over one sample in 257 since the server started; null before the first.</param>
    /// <param name="StateBytes">Bytes of their state in the last checkpoint.</param>
    internal sealed record DetectorBody(string Detector, int Series, long Samples, double? NanosecondsPerSample, long StateBytes);

    /// <param name="Series">Canonical text.</param>
    /// <param name="Detector">What watches it.</param>
    /// <param name="Samples">Samples since it began.</param>
    /// <param name="EstimatedSeconds">Samples times what one costs its detector; null where that is not known yet.</param>
    /// <param name="StateBytes">Bytes of its state in the last checkpoint.</param>
    /// <param name="DiskBytes">Bytes of its samples in the store.</param>
    /// <param name="Anomalies">Anomalies of it that are kept.</param>
    internal sealed record SeriesCostBody(string Series, string Detector, long Samples, double? EstimatedSeconds, long StateBytes, long DiskBytes, long Anomalies);
}
