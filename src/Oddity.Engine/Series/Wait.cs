using Oddity.Detection;

namespace Oddity.Engine.Series;

/// <summary>
/// Since when a series is waited for: on the clock of <see cref="Listening"/>, so that neither a stop of Oddity nor a jump of the wall clock counts as silence.
/// Only a series whose last sample came about when it was measured is waited for; nobody expects more of an upload of last year's.
/// </summary>
internal readonly record struct Wait
{
    /// <summary>How far apart a sample's own time and its arrival may be.</summary>
    private const long AboutMs = 600_000;

    private readonly long _since;

    private Wait(long since) => (IsOpen, _since) = (true, since);

    /// <summary>False while nothing is waited for: nothing came yet, it was told already, or the series has ended.</summary>
    public bool IsOpen { get; }

    public static Wait From(long steps, long timeMs, long receivedMs) => Math.Abs((double)receivedMs - timeMs) <= AboutMs ? new(steps) : default;

    /// <summary>True once Oddity has listened for so long since. Steps are whole, so one more is waited for.</summary>
    public bool IsOver(long ms, long steps) => steps - _since - 1 >= ms / (double)Listening.StepMs;

    public void Save(StateWriter writer)
    {
        writer.Bool(IsOpen);
        writer.Int64(_since);
    }

    public static Wait Load(StateReader reader)
    {
        bool open = reader.Bool();
        long since = reader.Int64();
        return open ? new(since) : default;
    }
}
