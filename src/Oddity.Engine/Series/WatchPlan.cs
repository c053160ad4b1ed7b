using Oddity.Detection;

namespace Oddity.Engine.Series;

/// <summary>What watches the series of one rule, made once and shared by all of them.</summary>
/// <param name="DetectorId">Id of the detector, "none" if only limits or nothing watch.</param>
/// <param name="Revision">Changes whenever what watches, or how, changes; part of every anomaly's id.</param>
/// <param name="Policy">What turns its scores into anomalies.</param>
/// <param name="Configuration">The same in words, for evidence.</param>
/// <param name="Create">Makes the detector for a series; null where nothing watches.</param>
internal sealed record WatchPlan(
    string DetectorId,
    string Revision,
    PolicyOptions Policy,
    IReadOnlyDictionary<string, string> Configuration,
    Func<SeriesKey, Ensemble?> Create)
{
    /// <summary>True where nothing watches.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Makes the detector for values measured together; null where each is to be watched by what <see cref="Create"/> makes.</summary>
    public Func<SeriesKey, int, VectorDetector>? CreateVector { get; init; }
}
