namespace Oddity.Server.Api.Calls;

/// <summary>How all APIs do, in a glance.</summary>
internal sealed record SummaryBody(
    string Start, string End, FiguresBody Total, IReadOnlyList<SummaryBody.ApiFigures> Apis, int RegisteredApis, int Series, long WaitingCalls)
{
    /// <summary>One API's figures; the name is null where nobody registered it.</summary>
    internal sealed record ApiFigures(string ApiId, string? Name, FiguresBody Figures);
}
