namespace Oddity.Engine.Calls;

/// <summary>Where calls come from; each kind has series of its own. The numbers are stored.</summary>
public enum CallKind
{
    /// <summary>Calls of APIs: posted, read from access logs, probed.</summary>
    Api = 0,

    /// <summary>Spans of traces.</summary>
    Span = 1,
}
