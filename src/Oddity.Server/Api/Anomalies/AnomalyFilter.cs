using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using Oddity.Engine.Anomalies;

namespace Oddity.Server.Api.Anomalies;

/// <summary>The filters of the routes that list anomalies.</summary>
internal sealed record AnomalyFilter
{
    private const int MaxLimit = 1000;

    [FromQuery(Name = "start_time")]
    [Description("Least start, inclusive: ISO 8601 (without a zone UTC), a date, or a Unix time.")]
    public string? StartTime { get; init; }

    [FromQuery(Name = "end_time")]
    [Description("Greatest start, exclusive; a date alone means to the end of that day.")]
    public string? EndTime { get; init; }

    [FromQuery(Name = "severity")]
    [Description("info, low, medium, high, critical; any case, several with commas.")]
    public string? Severity { get; init; }

    [FromQuery(Name = "status")]
    [Description("open (or active), acknowledged, resolved, false_positive (or suppressed); any case, several with commas.")]
    public string? Status { get; init; }

    [FromQuery(Name = "method")]
    [Description("Id of a detector, or of a method that voted for it.")]
    public string? Method { get; init; }

    [FromQuery(Name = "series")]
    [Description("Text that the series contains, any case.")]
    public string? Series { get; init; }

    [FromQuery(Name = "ongoing")]
    [Description("true: only those that go on; false: only those that are over.")]
    public string? Ongoing { get; init; }

    [FromQuery(Name = "limit")]
    [Description("Most to return, 1 to 1000. Default 100.")]
    public string? Limit { get; init; }

    [FromQuery(Name = "cursor")]
    [Description("next_cursor of the page before.")]
    public string? Cursor { get; init; }

    /// <summary>True if neither how many nor from when was asked.</summary>
    public bool IsOpenEnded => string.IsNullOrEmpty(Limit) && string.IsNullOrEmpty(StartTime) && string.IsNullOrEmpty(EndTime) && string.IsNullOrEmpty(Cursor);

    public AnomalyQuery ToQuery(string tenant) => new()
    {
        Tenant = tenant,
        FromMs = Query.Time("start_time", StartTime),
        ToMs = Query.End("end_time", EndTime),
        Severities = Query.List("severity", Severity, Words.ParseSeverity, Words.Severities),
        Statuses = Query.List("status", Status, Words.ParseStatus, Words.Statuses),
        Method = string.IsNullOrWhiteSpace(Method) ? null : Method.Trim(),
        Series = string.IsNullOrEmpty(Series) ? null : Series,
        Ongoing = Query.Flag("ongoing", Ongoing),
        Limit = Query.Count("limit", Limit, 100, 1, MaxLimit),
        Cursor = string.IsNullOrEmpty(Cursor) ? null : Cursor,
    };
}
