namespace Oddity.Engine.Calls;

/// <summary>What a span says beyond being a call.</summary>
/// <param name="TraceId">32 hexadecimal digits, lower case.</param>
/// <param name="SpanId">16 hexadecimal digits, lower case.</param>
/// <param name="ParentId">The span that caused it; null at the root.</param>
/// <param name="Kind">Which side of a call it is.</param>
/// <param name="StartUs">When it began, Unix microseconds.</param>
/// <param name="Peer">Whom it calls, where that tells nothing of itself (a database, a foreign server); null where not said.</param>
/// <param name="Message">What went wrong; null for nothing.</param>
/// <param name="Tags">Some of its attributes.</param>
public sealed record SpanPart(
    string TraceId,
    string SpanId,
    string? ParentId,
    SpanKind Kind,
    long StartUs,
    string? Peer,
    string? Message,
    IReadOnlyList<KeyValuePair<string, string>> Tags);
