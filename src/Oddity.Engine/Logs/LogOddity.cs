using System.Globalization;
using Oddity.Detection.Templates;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Series;

namespace Oddity.Engine.Logs;

/// <summary>A template that is new, has vanished or is suddenly frequent, in one span of a service.</summary>
internal sealed record LogOddity(LogService Service, LogTemplate Template, string Sample, string What, long StartMs, long Count)
{
    /// <summary>What stands for the detector.</summary>
    public const string Detector = "log_templates";

    /// <summary>As an anomaly of the template's series. Its id follows from what it is, so that finding it again is writing it once.</summary>
    public Anomaly ToAnomaly()
    {
        SeriesKey series = Service.KeyOf("log_lines", Template.Id);
        string term = $"{What} template", count = Count.ToString(CultureInfo.InvariantCulture);
        string said = What switch
        {
            "new" => $"A line of a kind that {Service.Name} has not written before, {count} in this span.",
            "vanished" => $"{Service.Name} no longer writes a line that it wrote regularly.",
            _ => $"{Service.Name} writes this line far more often than ever: {count} times in this span.",
        };
        return new()
        {
            Id = AnomalyId.Hash(series.Tenant, series.Text, term, StartMs.ToString(CultureInfo.InvariantCulture)),
            Series = series,
            Detector = Detector,
            StartMs = StartMs,
            EndMs = StartMs,
            LastOddMs = StartMs,
            PeakMs = StartMs,
            Value = Count,
            Expected = What == "vanished" ? 1 : 0,
            Lower = double.NegativeInfinity,
            Upper = double.PositiveInfinity,
            Score = 1,
            Statistic = Count,
            Term = term,
            Severity = What == "new" ? Severity.Low : Severity.Medium,
            Count = 1,
            Votes = [new(Detector, 1, Scores.Silent(Count) with { Value = 1, Anomalous = true, Term = term })],
            Window = [new(StartMs, Count)],
            Configuration = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["detector"] = Detector },
            Explanation = $"{said} Template: {Template.Text}. Sample: {Redaction.Redact(Sample)}",
        };
    }
}
