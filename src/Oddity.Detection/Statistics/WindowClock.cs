namespace Oddity.Detection.Statistics;

/// <summary>
/// The end of a sliding window in event time. It moves with the newest sample and never back for a single late one; but after
/// <see cref="Patience"/> samples in a row from before the window, the newest time was the mistake, and the clock starts anew.
/// </summary>
internal struct WindowClock(long windowMs)
{
    private const int Patience = 10;

    private bool _started;
    private int _stale;

    /// <summary>Newest event time so far; late samples within the window count as taken then, so that the window stays in order.</summary>
    public long NowMs { get; private set; }

    /// <summary>Oldest event time in the window.</summary>
    public readonly long CutoffMs => NowMs < long.MinValue + windowMs ? long.MinValue : NowMs - windowMs;

    public Arrival Take(long timeMs)
    {
        if (timeMs >= NowMs || !_started)
        {
            (_started, NowMs, _stale) = (true, timeMs, 0);
            return Arrival.InWindow;
        }

        if (timeMs >= CutoffMs)
        {
            _stale = 0;
            return Arrival.InWindow;
        }

        if (++_stale < Patience) return Arrival.BeforeWindow;
        (NowMs, _stale) = (timeMs, 0);
        return Arrival.StartsAnew;
    }

    public readonly void Save(StateWriter writer)
    {
        writer.Bool(_started);
        writer.Int32(_stale);
        writer.Int64(NowMs);
    }

    public void Load(StateReader reader)
    {
        _started = reader.Bool();
        _stale = reader.Int32();
        NowMs = reader.Int64();
        if (_stale is < 0 or >= Patience) throw new InvalidDataException("A count of late samples that cannot be.");
    }
}
