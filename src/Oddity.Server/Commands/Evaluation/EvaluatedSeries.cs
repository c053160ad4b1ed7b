using Oddity.Detection.Evaluation;

namespace Oddity.Server.Commands;

/// <summary>A series, judged by itself as far as that goes; other figures need all series together.</summary>
/// <param name="Judged">Its rows.</param>
/// <param name="Nab">The same by the rule of the Numenta benchmark; null where the truth was not given as windows.</param>
internal sealed record EvaluatedSeries(JudgedSeries Judged, NabSeries? Nab)
{
    /// <summary>AUC-PR of the severities; NaN without a labelled row.</summary>
    public required double AveragePrecision { get; init; }

    /// <summary>VUS-PR of the severities; NaN without a labelled row.</summary>
    public required double VolumeUnderSurface { get; init; }
}
