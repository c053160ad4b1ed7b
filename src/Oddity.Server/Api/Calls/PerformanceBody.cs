namespace Oddity.Server.Api.Calls;

/// <summary>How an API or one of its endpoints did over time.</summary>
internal sealed record PerformanceBody(
    string ApiId,
    string? Name,
    string? Endpoint,
    string Granularity,
    string Start,
    string End,
    FiguresBody Total,
    IReadOnlyList<PerformanceBody.PerformanceStep> Data,
    IReadOnlyList<PerformanceBody.EndpointFigures> Endpoints)
{
    /// <summary>Figures of one step of time; steps without calls are left out.</summary>
    internal sealed record PerformanceStep(string Time, FiguresBody Figures);

    /// <summary>Figures of one endpoint over the whole time.</summary>
    internal sealed record EndpointFigures(string Endpoint, FiguresBody Figures);
}
