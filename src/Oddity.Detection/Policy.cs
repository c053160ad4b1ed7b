namespace Oddity.Detection;

/// <summary>
/// Turns a series' scores into spans: threshold, direction, minimum change, streak, hysteresis. A state machine on event order alone;
/// O(1) time and memory a sample.
/// </summary>
public sealed class Policy(PolicyOptions options)
{
    private int _odd;
    private int _calm;
    private double _lower;
    private double _upper;

    /// <summary>True between <see cref="Verdict.Opened"/> and <see cref="Verdict.Closed"/>.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Event time of the first odd sample of the current streak or span.</summary>
    public long StartMs { get; private set; }

    /// <summary>Event time of the latest odd sample.</summary>
    public long LastOddMs { get; private set; }

    /// <summary>Odd samples in the current streak or span.</summary>
    public int Count { get; private set; }

    /// <summary>Odd samples in a row that have not opened an anomaly yet.</summary>
    public int Pending => IsOpen ? 0 : _odd;

    /// <summary>Whether the last sample was odd by itself, and not only part of a streak or an open anomaly because of those before it.</summary>
    public bool Voted { get; private set; }

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
        if (_odd == 1 && !IsOpen) (StartMs, Count, _lower, _upper) = (sample.TimeMs, 0, score.Lower, score.Upper);
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
        writer.Double(_lower);
        writer.Double(_upper);
    }

    public void Load(StateReader reader)
    {
        IsOpen = reader.Bool();
        _odd = reader.Int32();
        _calm = reader.Int32();
        Count = reader.Int32();
        StartMs = reader.Int64();
        LastOddMs = reader.Int64();
        _lower = reader.Double();
        _upper = reader.Double();
        if (_odd < 0 || _calm < 0 || Count < 0) throw new InvalidDataException("A negative count.");
    }

    private bool IsOdd(in Sample sample, in Score score)
    {
        bool votes = options.Threshold is { } threshold
            ? score.Value >= (IsOpen ? threshold * options.ClearRatio : threshold) && (score.Anomalous || !score.WarmingUp)
            : score.Anomalous;
        bool large = IsLargeEnough(sample.Value - score.Expected, score.Expected);
        Voted = votes && large;
        return large && (votes || GoesOn(sample.Value, score));
    }

    private bool IsLargeEnough(double change, double expected)
    {
        if (options.Direction == Direction.Above && change < 0) return false;
        if (options.Direction == Direction.Below && change > 0) return false;
        return Math.Abs(change) >= options.MinimumChange
            && Math.Abs(change) >= options.MinimumRelativeChange * Math.Abs(expected);
    }

    /// <summary>
    /// A detector may vote for beginnings only and learn what follows. So a streak goes on while values stay outside the band that its first odd sample
    /// had, and an open anomaly while they are outside the band of the moment: a level that has become usual ends it.
    /// </summary>
    private bool GoesOn(double value, in Score score) =>
        IsOpen ? options.Threshold is null && (value < score.Lower || value > score.Upper)
        : _odd > 0 && (value < _lower || value > _upper);
}
