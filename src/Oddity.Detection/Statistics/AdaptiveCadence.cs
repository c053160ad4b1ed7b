namespace Oddity.Detection.Statistics;

/// <summary>A series' usual sampling interval, from the times of its samples. Locks on the commonest distance; gaps, duplicates and late rows hardly move it.</summary>
internal struct AdaptiveCadence
{
    private const double MinuteMs = 60_000;

    private long _firstMs;
    private long _lastMs;
    private bool _started;

    /// <summary>Milliseconds; 0 while no two times differ.</summary>
    public double IntervalMs { get; private set; }

    /// <summary>Event time seen so far, milliseconds.</summary>
    public readonly long ElapsedMs => _lastMs - _firstMs;

    /// <summary>log10 of samples a minute: how much rarer a sample must be for the same number of alarms a day. 0 at one a minute, 1.3 at one every 3 s.</summary>
    public double LogRate { get; private set; }

    public void Learn(long timeMs)
    {
        if (!_started)
        {
            (_started, _firstMs, _lastMs) = (true, timeMs, timeMs);
            return;
        }

        double distance = (double)timeMs - _lastMs;
        if (distance <= 0) return;
        _lastMs = timeMs;
        if (distance == IntervalMs) return;
        if (IntervalMs == 0) IntervalMs = distance;
        else if (Math.Abs(distance - IntervalMs) <= 0.1 * IntervalMs) IntervalMs += 0.1 * (distance - IntervalMs);
        else IntervalMs *= distance > IntervalMs ? 1.1 : 1 / 1.1;
        LogRate = Elementary.Log10(MinuteMs / Math.Clamp(IntervalMs, 1, 86_400_000));
    }

    public readonly void Save(StateWriter writer)
    {
        writer.Bool(_started);
        writer.Int64(_firstMs);
        writer.Int64(_lastMs);
        writer.Double(IntervalMs);
        writer.Double(LogRate);
    }

    public void Load(StateReader reader)
    {
        _started = reader.Bool();
        _firstMs = reader.Int64();
        _lastMs = reader.Int64();
        IntervalMs = reader.Double();
        LogRate = reader.Double();
    }
}
