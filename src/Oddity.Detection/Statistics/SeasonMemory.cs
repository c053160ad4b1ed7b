namespace Oddity.Detection.Statistics;

/// <summary>
/// What a series was at the same time of day on earlier days: means over slots of a quarter of an hour for fifteen days, asked by linear
/// interpolation between slot centres. Slots are halves (11 bits) in units of the first slot that differed, from the first value: 192 bytes a day, and
/// no trouble with offsets. Days are allocated as they come, so a young series is small.
/// </summary>
internal sealed class SeasonMemory
{
    public const long DayMs = 86_400_000;
    public const int Slots = 96;
    public const int Days = 15;
    /// <summary>Largest finite <see cref="Half"/>.</summary>
    private const double MostUnits = 65_504;

    private const long SlotMs = DayMs / Slots;

    private readonly Half[]?[] _days = new Half[]?[Days];
    private readonly long[] _dates = new long[Days];
    private long _slot = long.MinValue;
    private double _unit;
    private double _origin = double.NaN;
    private double _sum;
    private int _count;

    // Where LookFrom points: not state, set anew for each sample.
    private long _date;
    private int _inDay;
    private int _ring;
    private double _share;

    /// <summary>Adds a value; a slot is stored when the first value of another slot comes.</summary>
    public void Learn(long timeMs, double value)
    {
        if (double.IsNaN(_origin)) _origin = value; // Slots hold differences from it.
        long slot = FloorDiv(timeMs, SlotMs);
        if (slot != _slot)
        {
            if (_count > 0) Store(_slot, _sum / _count);
            (_slot, _sum, _count) = (slot, 0, 0);
        }

        _sum += value - _origin;
        _count++;
    }

    /// <summary>Sets the time that <see cref="TryGet"/> looks back from; the divisions are done once for all days.</summary>
    public void LookFrom(long timeMs)
    {
        long at = timeMs - (SlotMs / 2);
        long slot = FloorDiv(at, SlotMs);
        _share = (at - (slot * SlotMs)) / (double)SlotMs;
        _date = FloorDiv(slot, Slots);
        _inDay = (int)(slot - (_date * Slots));
        _ring = (int)(_date - (FloorDiv(_date, Days) * Days));
    }

    /// <summary>Asks for what will be needed of so many days before, ahead of its use.</summary>
    public void Fetch(int daysAgo)
    {
        int ring = _ring - daysAgo;
        if (ring < 0) ring += Days;
        if (_days[ring] is { } day) Ahead.Fetch(ref day[_inDay]);
    }

    /// <summary>The value this many days before (1 to 14), and the least and greatest of the slots around it; false where nothing is known.</summary>
    public bool TryGet(int daysAgo, out double value, out double least, out double greatest)
    {
        int ring = _ring - daysAgo;
        if (ring < 0) ring += Days;
        long date = _date - daysAgo;
        if (_inDay is > 0 and < Slots - 2 && _days[ring] is { } day && _dates[ring] == date)
        {
            // Nearly always: four neighbours in one day, all known.
            double one = (double)day[_inDay - 1] * _unit, two = (double)day[_inDay] * _unit, three = (double)day[_inDay + 1] * _unit, four = (double)day[_inDay + 2] * _unit;
            value = ((1 - _share) * two) + (_share * three);
            least = Math.Min(Math.Min(one, two), Math.Min(three, four));
            greatest = Math.Max(Math.Max(one, two), Math.Max(three, four));
            if (!double.IsNaN(least))
            {
                (least, greatest) = (Math.Min(least, value), Math.Max(greatest, value));
                (value, least, greatest) = (value + _origin, least + _origin, greatest + _origin);
                return true;
            }
        }

        double before = Get(ring, date, _inDay - 1), left = Get(ring, date, _inDay), right = Get(ring, date, _inDay + 1), after = Get(ring, date, _inDay + 2);
        value = double.IsNaN(left) ? right : double.IsNaN(right) ? left : ((1 - _share) * left) + (_share * right);
        least = greatest = value;
        if (double.IsNaN(value)) return false;
        Widen(before, ref least, ref greatest);
        Widen(left, ref least, ref greatest);
        Widen(right, ref least, ref greatest);
        Widen(after, ref least, ref greatest);
        (value, least, greatest) = (value + _origin, least + _origin, greatest + _origin);
        return true;
    }

    public void Save(StateWriter writer)
    {
        writer.Int64(_slot);
        writer.Double(_origin);
        writer.Double(_unit);
        writer.Double(_sum);
        writer.Int32(_count);
        for (int i = 0; i < Days; i++)
        {
            writer.Bool(_days[i] is not null);
            if (_days[i] is not { } day) continue;
            writer.Int64(_dates[i]);
            foreach (Half value in day) writer.Single((float)value);
        }
    }

    public void Load(StateReader reader)
    {
        _slot = reader.Int64();
        _origin = reader.Double();
        _unit = reader.Double();
        _sum = reader.Double();
        _count = reader.Int32();
        for (int i = 0; i < Days; i++)
        {
            if (!reader.Bool())
            {
                _days[i] = null;
                continue;
            }

            _dates[i] = reader.Int64();
            Half[] day = _days[i] = new Half[Slots];
            for (int j = 0; j < Slots; j++) day[j] = (Half)reader.Single();
        }
    }

    private static long FloorDiv(long a, long b) => (a / b) - (a % b < 0 ? 1 : 0);

    private static void Widen(double value, ref double least, ref double greatest)
    {
        if (value < least) least = value;
        if (value > greatest) greatest = value;
    }

    /// <summary>The slot's mean less the origin; the slot number may be up to two outside the day.</summary>
    private double Get(int ring, long date, int slot)
    {
        if (slot < 0) (ring, date, slot) = (ring == 0 ? Days - 1 : ring - 1, date - 1, slot + Slots);
        else if (slot >= Slots) (ring, date, slot) = (ring == Days - 1 ? 0 : ring + 1, date + 1, slot - Slots);
        if (_days[ring] is { } day && _dates[ring] == date && !Half.IsNaN(day[slot])) return (double)day[slot] * _unit;
        return _count > 0 && (date * Slots) + slot == _slot ? _sum / _count : double.NaN;
    }

    private void Store(long slot, double value)
    {
        long date = FloorDiv(slot, Slots);
        int at = (int)(date - (FloorDiv(date, Days) * Days));
        Half[] day = _days[at] ??= NewDay(at, date);
        if (_dates[at] != date)
        {
            if (_dates[at] > date) return; // A late row of a day that has left the memory.
            Array.Fill(day, Half.NaN);
            _dates[at] = date;
        }

        if (_unit == 0 && value != 0) _unit = Math.Max(Math.Abs(value), Math.Abs(_origin) * 1e-3) / 32;
        day[(int)(slot - (date * Slots))] = _unit == 0 ? Half.Zero : (Half)Math.Clamp(value / _unit, -MostUnits, MostUnits);
    }

    private Half[] NewDay(int at, long date)
    {
        var day = new Half[Slots];
        Array.Fill(day, Half.NaN);
        _dates[at] = date;
        return day;
    }
}
