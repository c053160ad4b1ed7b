namespace Oddity.Detection.Statistics;

/// <summary>
/// What a series was at the same time of day on earlier days: means over slots of a quarter of an hour for fifteen days, asked by linear
/// interpolation between slot centres. Days are allocated as they come, so a young series is small.
/// </summary>
internal sealed class SeasonMemory
{
    public const long DayMs = 86_400_000;
    public const int Slots = 96;
    public const int Days = 15;
    private const long SlotMs = DayMs / Slots;

    private readonly float[]?[] _days = new float[]?[Days];
    private readonly long[] _dates = new long[Days];
    private long _slot = long.MinValue;
    private double _origin = double.NaN;
    private double _sum;
    private int _count;

    /// <summary>Adds a value; a slot is stored when the first value of another slot comes.</summary>
    public void Learn(long timeMs, double value)
    {
        if (double.IsNaN(_origin)) _origin = value; // Slots hold differences from it: single precision then suffices at any offset.
        long slot = FloorDiv(timeMs, SlotMs);
        if (slot != _slot)
        {
            if (_count > 0) Store(_slot, _sum / _count);
            (_slot, _sum, _count) = (slot, 0, 0);
        }

        _sum += value - _origin;
        _count++;
    }

    /// <summary>The value this many days before the time, and the least and greatest of the slots around it; false where nothing is known.</summary>
    public bool TryGet(long timeMs, int daysAgo, out double value, out double least, out double greatest)
    {
        long at = timeMs - (daysAgo * DayMs) - (SlotMs / 2);
        long slot = FloorDiv(at, SlotMs);
        double share = (at - (slot * SlotMs)) / (double)SlotMs;
        float before = Get(slot - 1), left = Get(slot), right = Get(slot + 1), after = Get(slot + 2);
        value = float.IsNaN(left) ? right : float.IsNaN(right) ? left : ((1 - share) * left) + (share * right);
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
        writer.Double(_sum);
        writer.Int32(_count);
        for (int i = 0; i < Days; i++)
        {
            writer.Bool(_days[i] is not null);
            if (_days[i] is not { } day) continue;
            writer.Int64(_dates[i]);
            foreach (float value in day) writer.Single(value);
        }
    }

    public void Load(StateReader reader)
    {
        _slot = reader.Int64();
        _origin = reader.Double();
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
            float[] day = _days[i] = new float[Slots];
            for (int j = 0; j < Slots; j++) day[j] = reader.Single();
        }
    }

    private static long FloorDiv(long a, long b) => (a / b) - (a % b < 0 ? 1 : 0);

    private static void Widen(float value, ref double least, ref double greatest)
    {
        if (value < least) least = value;
        if (value > greatest) greatest = value;
    }

    private float Get(long slot)
    {
        if (slot == _slot && _count > 0) return (float)(_sum / _count);
        long date = FloorDiv(slot, Slots);
        int at = (int)(date - (FloorDiv(date, Days) * Days));
        return _days[at] is { } day && _dates[at] == date ? day[(int)(slot - (date * Slots))] : float.NaN;
    }

    private void Store(long slot, double value)
    {
        long date = FloorDiv(slot, Slots);
        int at = (int)(date - (FloorDiv(date, Days) * Days));
        float[] day = _days[at] ??= NewDay(at, date);
        if (_dates[at] != date)
        {
            if (_dates[at] > date) return; // A late row of a day that has left the memory.
            Array.Fill(day, float.NaN);
            _dates[at] = date;
        }

        day[(int)(slot - (date * Slots))] = (float)Math.Clamp(value, float.MinValue, float.MaxValue);
    }

    private float[] NewDay(int at, long date)
    {
        var day = new float[Slots];
        Array.Fill(day, float.NaN);
        _dates[at] = date;
        return day;
    }
}
