using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace Oddity.Server.Api.Series;

/// <summary>What <c>/api/v1/samples</c> takes.</summary>
internal sealed record SampleParameters
{
    [FromQuery(Name = "series")]
    [Description("A metric name, or name{label=\"value\"}. A name alone also finds the only series of that name, whatever its labels.")]
    public string? Series { get; init; }

    [FromQuery(Name = "start")]
    [Description("Least time, inclusive. Default: an hour before end, or before now.")]
    public string? Start { get; init; }

    [FromQuery(Name = "end")]
    [Description("Greatest time, exclusive; a date alone means to the end of that day. Default: no end.")]
    public string? End { get; init; }

    [FromQuery(Name = "limit")]
    [Description("Most samples to read, the newest of them, 1 to 1000000, with band 250000. Default 100000, and the most with max_points.")]
    public string? Limit { get; init; }

    [FromQuery(Name = "max_points")]
    [Description("Most points to answer, 4 to 100000: each stretch of time keeps its minimum and maximum. Default: all samples.")]
    public string? MaxPoints { get; init; }

    [FromQuery(Name = "band")]
    [Description("true: also what was expected and the normal band, as [unix seconds, expected, lower, upper]. Default false.")]
    public string? Band { get; init; }
}
