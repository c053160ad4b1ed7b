namespace Oddity.Detection.Statistics;

/// <summary>
/// The rule "constant series broken": a level other than zero that held for a run of samples, and then a value far from it. The longer the run the
/// smaller the change that counts; every earlier break makes it ask for a longer run. Zeros that burst and small counts that step do not count.
/// </summary>
internal struct AdaptiveConstant
{
    /// <summary>Shortest run that says anything.</summary>
    private const int ShortestRun = 8;

    /// <summary>Relative change × run length that is needed: twice the level after ten samples, a tenth of it after two hundred.</summary>
    private const double Evidence = 20;

    private const double LeastChange = 0.1;

    /// <summary>Whole numbers may be counts, and counts scatter by their root: so many times that is needed. Two processes instead of one break nothing.</summary>
    private const double CountNoise = 5;

    /// <summary>A series that has changed before is no constant until it stood still for so long; where samples share a time only their number counts.</summary>
    private const double BriefMs = 300_000;

    private const double NoIntervalMs = 500;

    /// <summary>After so many samples and so long a time a fall to nothing counts however small the level: what was always there has gone.</summary>
    private const int GoneRun = 60;

    private const double GoneMs = 600_000;

    /// <summary>Share of the level that must go for nothing to be left.</summary>
    private const double GoneShare = 0.99;

    /// <summary>Breaks are forgotten over about this many samples.</summary>
    private const double BreakMemory = 20_000;

    /// <summary>What a change after a shorter run counts among the breaks: a series that moves all the time is no constant.</summary>
    private const double ShortBreak = 0.25;

    private double _level;
    private double _breaks;
    private int _run;
    private bool _started;

    /// <summary>Change that would break the run, in the series' unit; +∞ where no change would.</summary>
    public readonly double Limit(double intervalMs) =>
        _run < ShortestRun * (1 + _breaks) * (1 + _breaks) || _level == 0 || TooBrief(intervalMs) ? double.PositiveInfinity
        : Math.Max(Math.Abs(_level) * Math.Max(LeastChange, Evidence / _run), Whole(_level) ? CountNoise * Math.Sqrt(Math.Abs(_level)) : 0);

    /// <summary>The same for a change towards zero.</summary>
    public readonly double LimitTowardsZero(double intervalMs)
    {
        double needed = (1 + _breaks) * (1 + _breaks);
        bool gone = _run >= GoneRun * needed && _run * intervalMs >= GoneMs * needed && _level != 0;
        double limit = Limit(intervalMs);
        return gone ? Math.Min(limit, GoneShare * Math.Abs(_level)) : limit;
    }

    /// <summary>True where the value breaks the run.</summary>
    public readonly bool BrokenBy(double value, double intervalMs) =>
        Math.Abs(value - _level) >= (Math.Abs(value) < Math.Abs(_level) ? LimitTowardsZero(intervalMs) : Limit(intervalMs));

    /// <summary>How odd a break is on the scale of <see cref="Score.Value"/>: rarer the longer the run.</summary>
    public readonly double Value => Math.Clamp(0.5 + (0.1 * Elementary.Log10(Math.Max(1, _run))), 0, 1);

    public readonly double Level => _level;

    public void Learn(double value)
    {
        _breaks -= _breaks / BreakMemory;
        if (!_started) (_started, _level) = (true, value);
        if (value == _level)
        {
            if (_run < int.MaxValue) _run++;
            return;
        }

        _breaks += _run >= ShortestRun ? 1 : ShortBreak;
        (_level, _run) = (value, 1);
    }

    public readonly void Save(StateWriter writer)
    {
        writer.Double(_level);
        writer.Double(_breaks);
        writer.Int32(_run);
        writer.Bool(_started);
    }

    public void Load(StateReader reader)
    {
        _level = reader.Double();
        _breaks = reader.Double();
        _run = reader.Int32();
        _started = reader.Bool();
    }

    private readonly bool TooBrief(double intervalMs) => _breaks > 0 && intervalMs >= NoIntervalMs && _run * intervalMs < BriefMs;

    private static bool Whole(double value) => value == Math.Floor(value);
}
