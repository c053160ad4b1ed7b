namespace Oddity.Detection;

/// <summary>
/// Turns a series' scores into spans: threshold, direction, minimum change, streak, hysteresis. A state machine on event order alone;
/// O(1) time and memory a sample. While an anomaly is open a value outside the band keeps it open even where
/// the detector, which may vote for beginnings only, is silent.
/// </summary>
public sealed class Policy(PolicyOptions options)
{
    private int _odd;
    private int _calm;

    /// <summary>True between <see cref="Verdict.Opened"/> and <see cref="Verdict.Closed"/>.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Event time of the first odd sample of the current streak or span.</summary>
    public long StartMs { get; private set; }

    /// <summary>Event time of the latest odd sample.</summary>
    public long LastOddMs { get; private set; }

    /// <summary>Odd samples in the current streak or span.</summary>
    public int Count { get; private set; }

    public Verdict Step(in Sample sample, in Score score)
    {
        if (!IsOdd(sample, score))
        {
            _odd = 0;
            if (!IsOpen || ++_calm < options.ClearAfter) return IsOpen ? Verdict.Continues : Verdict.Normal;
            IsOpen = false;
            return Verdict.Closed;
        }

        _calm = 0;
        _odd++;
        if (_odd == 1 && !IsOpen) (StartMs, Count) = (sample.TimeMs, 0);
        Count++;
        LastOddMs = _odd == 1 && !IsOpen ? sample.TimeMs : Math.Max(LastOddMs, sample.TimeMs); // A late sample ends nothing sooner.
        if (IsOpen) return Verdict.Continues;
        if (_odd < options.Streak) return Verdict.Normal;
        IsOpen = true;
        return Verdict.Opened;
    }

    public void Save(StateWriter writer)
    {
        writer.Bool(IsOpen);
        writer.Int32(_odd);
        writer.Int32(_calm);
        writer.Int32(Count);
        writer.Int64(StartMs);
        writer.Int64(LastOddMs);
    }

    public void Load(StateReader reader)
    {
        IsOpen = reader.Bool();
        _odd = reader.Int32();
        _calm = reader.Int32();
        Count = reader.Int32();
        StartMs = reader.Int64();
        LastOddMs = reader.Int64();
        if (_odd < 0 || _calm < 0 || Count < 0) throw new InvalidDataException("A negative count.");
    }

    private bool IsOdd(in Sample sample, in Score score)
    {
        bool reached = options.Threshold is { } threshold
            ? score.Value >= (IsOpen ? threshold * options.ClearRatio : threshold) && (score.Anomalous || !score.WarmingUp)
            : score.Anomalous || (IsOpen && (sample.Value < score.Lower || sample.Value > score.Upper));
        if (!reached) return false;
        double change = sample.Value - score.Expected;
        if (options.Direction == Direction.Above && change < 0) return false;
        if (options.Direction == Direction.Below && change > 0) return false;
        return Math.Abs(change) >= options.MinimumChange
            && Math.Abs(change) >= options.MinimumRelativeChange * Math.Abs(score.Expected);
    }
}
