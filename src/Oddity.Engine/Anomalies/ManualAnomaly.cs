using System.Globalization;
using Oddity.Engine.Series;

namespace Oddity.Engine.Anomalies;

/// <summary>An anomaly that somebody reported by hand.</summary>
internal static class ManualAnomaly
{
    /// <summary>What stands for the detector.</summary>
    public const string Detector = "manual";

    public static Anomaly Of(SeriesKey series, long timeMs, double value, Severity severity, string note) => new()
    {
        Id = AnomalyId.Hash(series.Tenant, series.Text, "manual", timeMs.ToString(CultureInfo.InvariantCulture), value.ToString("R", CultureInfo.InvariantCulture)),
        Series = series,
        Detector = Detector,
        StartMs = timeMs,
        EndMs = timeMs,
        LastOddMs = timeMs,
        PeakMs = timeMs,
        Value = value,
        Expected = value,
        Lower = double.NegativeInfinity,
        Upper = double.PositiveInfinity,
        Score = 1,
        Statistic = 0,
        Term = "reported by hand",
        Severity = severity,
        Count = 1,
        Votes = [new("manual", 1, Scores.Silent(value) with { Value = 1, Anomalous = true, Term = "reported by hand" })],
        Window = [new(timeMs, value)],
        Configuration = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["detector"] = "manual" },
        Explanation = note.Length > 0 ? note : "Reported by hand.",
    };
}
