namespace Oddity.Engine.Calls;

/// <summary>How calls become series, and how long traces are kept.</summary>
public sealed record CallOptions
{
    /// <summary>Length of the intervals that calls are counted in, by the time they ended. Default one minute.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long after its end an interval waits for calls that are under way. Default 15 s.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long traces are kept. Default a day.</summary>
    public TimeSpan KeepTraces { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Most bytes of kept traces, compressed; from half of it on only some are kept, and beyond it the oldest go. Default 256 MiB.</summary>
    public long TraceQuotaBytes { get; init; } = 256L << 20;

    /// <summary>Most calls that wait for the end of their interval; more are refused until then. Default a million.</summary>
    public long MaxWaiting { get; init; } = 1_000_000;

    internal long IntervalMs => (long)Interval.TotalMilliseconds;

    /// <summary>The interval that a time lies in, by its start.</summary>
    internal long SlotOf(long ms) => (ms >= 0 ? ms / IntervalMs : ((ms + 1) / IntervalMs) - 1) * IntervalMs;
}
