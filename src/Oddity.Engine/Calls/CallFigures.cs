namespace Oddity.Engine.Calls;

/// <summary>What calls add up to, in figures to show.</summary>
/// <param name="Calls">How many.</param>
/// <param name="Failed">How many of them failed.</param>
/// <param name="PerSecond">Calls a second over the time asked for.</param>
/// <param name="MeanMs">Mean latency, milliseconds.</param>
/// <param name="P50Ms">Latency that half do not exceed.</param>
/// <param name="P95Ms">Latency that 95 % do not exceed.</param>
/// <param name="P99Ms">Latency that 99 % do not exceed.</param>
/// <param name="SelfMs">Mean time not spent in calls of its own; of spans.</param>
/// <param name="MeanBytes">Mean size of the answers; null where none was said.</param>
public sealed record CallFigures(long Calls, long Failed, double PerSecond, double MeanMs, double P50Ms, double P95Ms, double P99Ms, double SelfMs, double? MeanBytes)
{
    public double ErrorRate => Calls == 0 ? 0 : (double)Failed / Calls;

    internal static CallFigures Of(CallCell cell, double seconds) => new(
        cell.Count,
        cell.Failed,
        seconds > 0 ? cell.Count / seconds : 0,
        cell.Latency.Count == 0 ? 0 : cell.LatencySumMs / cell.Latency.Count,
        cell.Latency.Quantile(0.5),
        cell.Latency.Quantile(0.95),
        cell.Latency.Quantile(0.99),
        cell.Count == 0 ? 0 : cell.SelfSumMs / cell.Count,
        cell.Sized == 0 ? null : cell.BytesSum / cell.Sized);
}
