namespace Oddity.Engine.Calls;

/// <summary>One call that something answered: of an API, or a span of a trace. Calls become series by interval; see <see cref="CallStore"/>.</summary>
/// <param name="Service">What was called: an API's id, a span's service.</param>
/// <param name="Operation">Which part of it: an endpoint, a span's name; empty where that is not known.</param>
/// <param name="TimeMs">When it ended, Unix milliseconds.</param>
/// <param name="LatencyMs">How long it took, milliseconds, at least 0; NaN where that was not said.</param>
/// <param name="Failed">Whether it failed.</param>
/// <param name="Bytes">Size of the answer; null where that was not said.</param>
/// <param name="Span">Its place in a trace; null for a call of an API.</param>
public sealed record Call(string Service, string Operation, long TimeMs, double LatencyMs, bool Failed, double? Bytes = null, SpanPart? Span = null);
