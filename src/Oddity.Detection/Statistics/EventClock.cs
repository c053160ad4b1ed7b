namespace Oddity.Detection.Statistics;

/// <summary>
/// Event time that never goes back, for windows by time: a late row counts as of the newest time seen. A jump back by more than the window says that
/// the source's clock was set: the window then begins anew.
/// </summary>
internal struct EventClock(long windowMs)
{
    private long _nowMs = long.MinValue;

    /// <summary>Takes a row's time; true if the window has to be cleared.</summary>
    public bool Advance(long timeMs)
    {
        bool jumpedBack = _nowMs != long.MinValue && timeMs < _nowMs && unchecked((ulong)_nowMs - (ulong)timeMs) > (ulong)windowMs;
        _nowMs = jumpedBack ? timeMs : Math.Max(_nowMs, timeMs);
        return jumpedBack;
    }

    public readonly long NowMs => _nowMs;

    /// <summary>Rows at or before this have left the window.</summary>
    public readonly long EdgeMs => _nowMs < long.MinValue + windowMs ? long.MinValue : _nowMs - windowMs;

    public readonly void Save(StateWriter writer) => writer.Int64(_nowMs);

    public void Load(StateReader reader) => _nowMs = reader.Int64();
}
