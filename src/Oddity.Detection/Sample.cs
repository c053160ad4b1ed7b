namespace Oddity.Detection;

/// <summary>One measured value of one series.</summary>
/// <param name="TimeMs">Event time, milliseconds since 1970-01-01 UTC.</param>
/// <param name="Value">A finite double; the caller has refused NaN and infinities.</param>
public readonly record struct Sample(long TimeMs, double Value);
