using Oddity.Engine.Calls;

namespace Oddity.Server.Api.Calls;

/// <summary>Figures of calls as the API writes them. Rates are shares from 0 to 1, times milliseconds, sizes bytes.</summary>
internal sealed record FiguresBody(
    long Requests,
    double RequestsPerSecond,
    double ErrorRate,
    double SuccessRate,
    double LatencyMeanMs,
    double LatencyP50Ms,
    double LatencyP95Ms,
    double LatencyP99Ms,
    double? SelfTimeMs,
    double? ResponseSizeBytes)
{
    public static FiguresBody From(CallFigures figures, bool spans = false) => new(
        figures.Calls,
        figures.PerSecond,
        figures.ErrorRate,
        figures.Calls == 0 ? 0 : 1 - figures.ErrorRate,
        figures.MeanMs,
        figures.P50Ms,
        figures.P95Ms,
        figures.P99Ms,
        spans ? figures.SelfMs : null,
        figures.MeanBytes);
}
