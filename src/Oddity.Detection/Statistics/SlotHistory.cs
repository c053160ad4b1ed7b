namespace Oddity.Detection.Statistics;

/// <summary>
/// The last two weeks of a series as means over slots of equal length, for models that need a regular grid. A slot is the least length that holds a sample
/// of the series' own interval, divides a day and is not below what was asked for. Empty slots are known as such. 8 bytes a slot.
/// </summary>
/// <remarks>
/// Samples of slots that have passed are not learnt; after <see cref="Patience"/> of those in a row the clock is taken to have been set back. Then, after a gap longer
/// than everything, and when the interval turns out to be another, the history begins anew (<see cref="Beginning"/> counts).
/// </remarks>
internal sealed class SlotHistory(long leastSlotMs, long lengthMs)
{
    /// <summary>Slots kept at least, so that weekly and yearly habits of rare samples are seen.</summary>
    private const int LeastCapacity = 1008;

    private const int MostCapacity = 20_160;
    private const int Patience = 50;
    private const int First = 8;

    private static readonly long[] Lengths =
        [.. ((double[])[1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240, 300, 360, 600, 720, 900, 1200, 1800, 3600, 7200, 10_800, 14_400, 21_600, 28_800, 43_200, 86_400, 604_800]).Select(s => (long)(s * 1000))];

    private readonly List<(long TimeMs, double Value)> _first = [];
    private double[] _ring = [];
    private int _start;
    private double _sum;
    private int _inSlot;
    private int _stale;
    private int _samples;
    private int _filled;

    /// <summary>Length of a slot; 0 while the series' interval is not known.</summary>
    public long SlotMs { get; private set; }

    /// <summary>Complete slots, empty ones among them.</summary>
    public int Count { get; private set; }

    /// <summary>Number of the slot that is being filled: slot n is from n · length on.</summary>
    public long Open { get; private set; }

    /// <summary>How often it began anew.</summary>
    public int Beginning { get; private set; }

    private int Capacity => (int)Math.Clamp(lengthMs / SlotMs, LeastCapacity, MostCapacity);

    public static long FloorDiv(long a, long b) => (a / b) - (a % b < 0 ? 1 : 0);

    /// <summary>Adds a sample; true if a slot was completed by it.</summary>
    public bool Learn(long timeMs, double value)
    {
        if (SlotMs == 0)
        {
            Begin(timeMs, value);
            return false;
        }

        long slot = FloorDiv(timeMs, SlotMs);
        if (slot < Open)
        {
            if (++_stale >= Patience) Restart(timeMs, value);
            return false;
        }

        _stale = 0;
        bool completed = slot > Open;
        if (completed && (slot - Open > Capacity || IsOtherInterval())) Restart(timeMs, value);
        if (SlotMs == 0) return false;
        if (completed) Close(slot);
        _sum += value;
        _inSlot++;
        _samples = Math.Min(_samples + 1, 1_000_000_000);
        return completed;
    }

    /// <summary>Copies the complete slots, oldest first; straight lines lead over empty ones. Returns them and how many are not empty.</summary>
    public int CopyTo(Span<double> values)
    {
        int last = -1, filled = 0;
        for (int i = 0; i < Count; i++)
        {
            values[i] = _ring[(_start + i) % _ring.Length];
            if (double.IsNaN(values[i])) continue;
            filled++;
            for (int gap = last + 1; gap < i; gap++)
                values[gap] = last < 0 ? values[i] : values[last] + ((gap - last) / (double)(i - last) * (values[i] - values[last]));
            last = i;
        }

        for (int gap = last + 1; gap < Count; gap++) values[gap] = last < 0 ? 0 : values[last];
        return filled;
    }

    /// <summary>Copies the slots that are not empty, with the times of their middles; returns how many.</summary>
    public int CopyTo(Span<long> timesMs, Span<double> values)
    {
        int n = 0;
        for (int i = 0; i < Count; i++)
        {
            double value = _ring[(_start + i) % _ring.Length];
            if (double.IsNaN(value)) continue;
            (timesMs[n], values[n]) = (((Open - Count + i) * SlotMs) + (SlotMs / 2), value);
            n++;
        }

        return n;
    }

    public void Save(StateWriter writer)
    {
        writer.Int32(_first.Count);
        foreach ((long time, double value) in _first)
        {
            writer.Int64(time);
            writer.Double(value);
        }

        writer.Int64(SlotMs);
        writer.Int64(Open);
        writer.Double(_sum);
        foreach (int number in (ReadOnlySpan<int>)[_inSlot, _stale, _samples, _filled, Beginning]) writer.Int32(number);
        writer.Int32(Count);
        for (int i = 0; i < Count; i++) writer.Double(_ring[(_start + i) % _ring.Length]);
    }

    public void Load(StateReader reader)
    {
        _first.Clear();
        for (int left = reader.Count(16); left > 0; left--) _first.Add((reader.Int64(), reader.Double()));
        (SlotMs, Open, _sum) = (reader.Int64(), reader.Int64(), reader.Double());
        (_inSlot, _stale, _samples, _filled, Beginning) = (reader.Int32(), reader.Int32(), reader.Int32(), reader.Int32(), reader.Int32());
        Count = reader.Count(8);
        bool possible = _first.Count <= First && _first.TrueForAll(one => Math.Abs(one.Value) <= Band.Largest) && double.IsFinite(_sum) && Math.Abs(_sum) <= Band.Largest * Math.Max(1, _inSlot)
            && _inSlot >= 0 && _stale is >= 0 and < Patience && _samples >= 0 && _filled >= 0
            && (SlotMs == 0 ? Count == 0 : SlotMs >= 1000 && Count <= Capacity && Math.Abs((double)Open) <= long.MaxValue / (double)SlotMs + 1);
        if (!possible) throw new InvalidDataException("A history that cannot be.");
        (_ring, _start) = (new double[Math.Max(16, Count)], 0);
        for (int i = 0; i < Count; i++)
        {
            _ring[i] = reader.Double();
            if (!(double.IsNaN(_ring[i]) || Math.Abs(_ring[i]) <= Band.Largest)) throw new InvalidDataException("A value that no history holds.");
        }
    }

    private void Begin(long timeMs, double value)
    {
        _first.Add((timeMs, value));
        if (_first.Count < First) return;
        double[] distances = [.. _first.Skip(1).Select((one, i) => (double)one.TimeMs - _first[i].TimeMs).Where(distance => distance > 0).Order()];
        double interval = distances.Length == 0 ? 0 : distances[distances.Length / 2];
        // A hundredth of jitter must not double the slot.
        SlotMs = Lengths.FirstOrDefault(length => length >= leastSlotMs && length >= 0.95 * interval, Math.Max(leastSlotMs, Lengths[^1]));
        (Open, Count, _inSlot, _sum, _stale, _samples, _filled, _start) = (FloorDiv(_first[0].TimeMs, SlotMs), 0, 0, 0, 0, 0, 0, 0);
        (long TimeMs, double Value)[] first = [.. _first];
        _first.Clear();
        foreach ((long time, double known) in first)
        {
            if (SlotMs == 0) return;
            Learn(time, known);
        }
    }

    private void Restart(long timeMs, double value)
    {
        (SlotMs, Count, Beginning) = (0, 0, Beginning + 1);
        _first.Clear();
        _first.Add((timeMs, value));
    }

    /// <summary>Far more samples than slots, where slots need not be so long; or far more slots than samples.</summary>
    private bool IsOtherInterval() => (SlotMs > leastSlotMs && _samples > (3L * _filled) + 200) || Count > (3L * _filled) + 200;

    private void Close(long slot)
    {
        Append(_inSlot > 0 ? _sum / _inSlot : double.NaN);
        for (Open++; Open < slot; Open++) Append(double.NaN);
        (_sum, _inSlot) = (0, 0);
    }

    private void Append(double value)
    {
        int capacity = Capacity;
        if (Count == _ring.Length && Count < capacity)
        {
            double[] larger = new double[Math.Clamp(Count * 2, 64, capacity)];
            for (int i = 0; i < Count; i++) larger[i] = _ring[(_start + i) % _ring.Length];
            (_ring, _start) = (larger, 0);
        }

        if (Count == capacity)
        {
            if (!double.IsNaN(_ring[_start])) _filled--;
            _start = (_start + 1) % _ring.Length;
            Count--;
            _samples = Math.Max(0, _samples - (_samples / Math.Max(1, _filled + 1)));
        }

        _ring[(_start + Count) % _ring.Length] = value;
        Count++;
        if (!double.IsNaN(value)) _filled++;
    }
}
