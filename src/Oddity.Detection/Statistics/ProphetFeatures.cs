namespace Oddity.Detection.Statistics;

/// <summary>
/// The regressors of a <see cref="Prophet"/> model but for its changepoints, of one time: scaled time, 1, a place for the value, sines and cosines of the seasons, holidays.
/// From one time to the next at the usual distance the angles are turned by a fixed rotation, anew from <see cref="Circle"/> every 64 times.
/// </summary>
internal sealed class ProphetFeatures
{
    public const int Time = 0, One = 1, Value = 2, Fixed = 3;
    public const double DayMs = 86_400_000;

    private const int Anchor = 64;

    private readonly long _firstMs;
    private readonly double _span;
    private readonly (double PeriodMs, int Harmonics)[] _seasons;
    private readonly HashSet<long>[] _holidays;
    private readonly (double Sin, double Cos)[] _at;
    private readonly (double Sin, double Cos)[] _turn;
    private long _lastMs;
    private long _step;
    private int _left;

    public ProphetFeatures(long firstMs, long spanMs, int daily, int weekly, int yearly, IReadOnlyList<IReadOnlyList<long>> holidays)
    {
        (_firstMs, _span) = (firstMs, Math.Max(1, spanMs));
        _seasons = [.. ((double, int)[])[(DayMs, daily), (7 * DayMs, weekly), (365.25 * DayMs, yearly)]];
        _holidays = [.. holidays.Select(days => days.ToHashSet())];
        (_at, _turn) = (new (double, double)[3], new (double, double)[3]);
        Count = Fixed + (2 * (daily + weekly + yearly)) + _holidays.Length;
    }

    /// <summary>Regressors, with the place for the value.</summary>
    public int Count { get; }

    public (int Daily, int Weekly, int Yearly) Harmonics => (_seasons[0].Harmonics, _seasons[1].Harmonics, _seasons[2].Harmonics);

    public double Scaled(long timeMs) => ((double)timeMs - _firstMs) / _span;

    /// <summary>Writes those of a time; the value's place is left as it is. Anew: the same bits whatever was asked before.</summary>
    public void Fill(long timeMs, Span<double> row, bool anew)
    {
        if (anew) _left = 0;
        row[Time] = Scaled(timeMs);
        row[One] = 1;
        Turn(timeMs);
        int at = Fixed;
        for (int s = 0; s < _seasons.Length; s++)
        {
            (double sin, double cos) = _at[s];
            double multipleSin = sin, multipleCos = cos;
            for (int k = 0; k < _seasons[s].Harmonics; k++)
            {
                (row[at++], row[at++]) = (multipleSin, multipleCos);
                (multipleSin, multipleCos) = ((multipleSin * cos) + (multipleCos * sin), (multipleCos * cos) - (multipleSin * sin));
            }
        }

        if (_holidays.Length == 0) return;
        long day = (long)Math.Floor(timeMs / DayMs);
        foreach (HashSet<long> days in _holidays) row[at++] = days.Contains(day) ? 1 : 0;
    }

    public void Save(StateWriter writer)
    {
        writer.Int64(_firstMs);
        writer.Double(_span);
        foreach ((_, int harmonics) in _seasons) writer.Int32(harmonics);
    }

    public static ProphetFeatures Load(StateReader reader, IReadOnlyList<IReadOnlyList<long>> holidays)
    {
        long first = reader.Int64();
        double span = reader.Double();
        int[] harmonics = [reader.Int32(), reader.Int32(), reader.Int32()];
        if (!(span is >= 1 and < 9e18) || harmonics.Any(count => count is < 0 or > 100)) throw new InvalidDataException("Seasons that cannot be.");
        return new(first, (long)span, harmonics[0], harmonics[1], harmonics[2], holidays);
    }

    private void Turn(long timeMs)
    {
        long step = timeMs - _lastMs;
        bool usual = step == _step && --_left > 0;
        for (int s = 0; s < _seasons.Length; s++)
        {
            if (_seasons[s].Harmonics == 0) continue;
            double period = _seasons[s].PeriodMs;
            if (!usual)
            {
                _at[s] = Circle.At(timeMs / period);
                if (step != _step) _turn[s] = Circle.At(step / period);
                continue;
            }

            (double sin, double cos) = _at[s];
            (double turnSin, double turnCos) = _turn[s];
            _at[s] = ((sin * turnCos) + (cos * turnSin), (cos * turnCos) - (sin * turnSin));
        }

        if (!usual) _left = Anchor;
        (_lastMs, _step) = (timeMs, step);
    }
}
