namespace Oddity.Detection.Statistics;

/// <summary>Time since the newest sample, by event time. Ten late samples in a row mean that the clock was set back (<see cref="WindowClock"/>).</summary>
internal struct EventGap()
{
    private WindowClock _clock = new(0);
    private bool _started;

    /// <summary>Newest event time so far.</summary>
    public readonly long NowMs => _clock.NowMs;

    /// <summary>Milliseconds since the newest sample; 0 for the first, one of the same time, or where the clock starts anew; negative for a late one.</summary>
    public double Take(long timeMs)
    {
        long before = _clock.NowMs;
        Arrival arrival = _clock.Take(timeMs);
        if (arrival == Arrival.BeforeWindow) return -1;
        double gap = _started && arrival == Arrival.InWindow ? (double)timeMs - before : 0;
        _started = true;
        return gap;
    }

    public readonly void Save(StateWriter writer)
    {
        writer.Bool(_started);
        _clock.Save(writer);
    }

    public void Load(StateReader reader)
    {
        _started = reader.Bool();
        _clock.Load(reader);
    }
}
