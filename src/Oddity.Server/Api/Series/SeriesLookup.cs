using Oddity.Engine;
using Oddity.Engine.Series;

namespace Oddity.Server.Api.Series;

/// <summary>Finds the series that a person meant.</summary>
internal static class SeriesLookup
{
    private const int Candidates = 100;

    /// <summary>The series with that text; for a bare name that is no series itself, the only one of that name.</summary>
    /// <exception cref="ProblemException">400 not a series text or several fit, 404 none.</exception>
    public static SeriesKey Find(Pipeline pipeline, string tenant, string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) throw ProblemException.BadParameter("series", "is missing; a metric name or name{label=\"value\"}.");
        if (!SeriesKey.TryParse(tenant, text, out SeriesKey key))
            throw ProblemException.BadParameter("series", $"'{Problem.Echo(text)}' is neither a metric name nor name{{label=\"value\"}}.");
        if (pipeline.FindSeries(key) is not null) return key;
        return key.Labels.Count == 0 ? FindByName(pipeline, key) : throw NoSeries(key);
    }

    private static SeriesKey FindByName(Pipeline pipeline, SeriesKey named)
    {
        SeriesKey[] fitting =
        [
            .. pipeline.ListSeries(named.Tenant, named.Metric, after: null, Candidates).Select(info => info.Key).Where(key => key.Metric == named.Metric),
        ];
        return fitting switch
        {
            [var only] => only,
            [] => throw NoSeries(named),
            _ => throw ProblemException.BadParameter("series", $"several series have that name, such as {Problem.Echo(fitting[0].Text)}."),
        };
    }

    private static ProblemException NoSeries(SeriesKey key) => ProblemException.NotFound($"There is no series '{Problem.Echo(key.Text)}'.");
}
