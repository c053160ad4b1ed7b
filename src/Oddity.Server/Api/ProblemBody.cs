namespace Oddity.Server.Api;

/// <summary>Why a request was refused (RFC 9457); some routes add members of their own. Describes what <see cref="Problem"/> writes.</summary>
/// <param name="Type">Always about:blank.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">A stable word for programs.</param>
/// <param name="Detail">A sentence for people.</param>
/// <param name="Limit">Name of the limit that was hit; left out if none was.</param>
internal sealed record ProblemBody(string Type, string Title, int Status, string Code, string? Detail, string? Limit);
