using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace Oddity.Server.Api.Logs;

/// <summary>Which log lines somebody looks for.</summary>
internal sealed record LogParameters
{
    [FromQuery(Name = "query")]
    [Description("What a line or its attributes contain, in any case; a trace id finds its lines. Default: everything.")]
    public string? Query { get; init; }

    [FromQuery(Name = "service")]
    [Description("Lines of this service only.")]
    public string? Service { get; init; }

    [FromQuery(Name = "template")]
    [Description("Lines of this template only, by its id.")]
    public string? Template { get; init; }

    [FromQuery(Name = "start")]
    [Description("Least time, inclusive. Default: a day before end, or before now.")]
    public string? Start { get; init; }

    [FromQuery(Name = "end")]
    [Description("Greatest time, exclusive; a date alone means to the end of that day. Default: no end.")]
    public string? End { get; init; }

    [FromQuery(Name = "limit")]
    [Description("Most lines, the newest, 1 to 10000. Default 100.")]
    public string? Limit { get; init; }
}
