namespace Oddity.Connectors.Sources;

/// <summary>The unit of times given as numbers.</summary>
public enum TimePrecision
{
    /// <summary>The magnitude decides: below 1e11 seconds, below 1e14 milliseconds, below 1e17 microseconds, else nanoseconds.</summary>
    Auto,
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}
