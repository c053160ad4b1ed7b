namespace Oddity.Engine.Logs;

/// <summary>Lines that were found.</summary>
/// <param name="Lines">The newest by time of arrival first.</param>
/// <param name="Truncated">There are more, or there was too much to look through: a shorter span of time helps.</param>
public sealed record LogPage(IReadOnlyList<LogHit> Lines, bool Truncated);
