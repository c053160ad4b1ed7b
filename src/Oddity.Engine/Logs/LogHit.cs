namespace Oddity.Engine.Logs;

/// <summary>A line that was found.</summary>
/// <param name="Line">The line.</param>
/// <param name="Template">Id of its template; null where that is forgotten.</param>
public readonly record struct LogHit(LogLine Line, string? Template);
