namespace Oddity.Detection.Statistics;

/// <summary>
/// The newest rows of a series, in order of arrival and of size, for percentiles. Finding is a binary search, adding and removing move the larger values
/// by one place: O(n) with a very small factor (about 40 ns at 300 rows, 1 µs at 10,000). 24 bytes a row, no allocation once the window has its size.
/// </summary>
internal sealed class SortedWindow(int maxRows)
{
    private (long TimeMs, double Value)[] _rows = new (long, double)[Math.Min(16, maxRows)];
    private double[] _sorted = new double[Math.Min(16, maxRows)];
    private int _oldest;

    public int Count { get; private set; }

    /// <summary>The values, smallest first.</summary>
    public ReadOnlySpan<double> Sorted => _sorted.AsSpan(0, Count);

    /// <summary>Adds a row, at a time no earlier than the last; the oldest leaves if there are too many.</summary>
    public void Add(long timeMs, double value)
    {
        if (Count == maxRows) RemoveOldest();
        if (Count == _rows.Length) Grow();
        _rows[(_oldest + Count) % _rows.Length] = (timeMs, value);
        int at = Below(value);
        Array.Copy(_sorted, at, _sorted, at + 1, Count - at);
        _sorted[at] = value;
        Count++;
    }

    /// <summary>Removes rows older than this time.</summary>
    public void RemoveBefore(long timeMs)
    {
        while (Count > 0 && _rows[_oldest].TimeMs < timeMs) RemoveOldest();
    }

    public void Clear() => (Count, _oldest) = (0, 0);

    /// <summary>How many values are smaller.</summary>
    public int Below(double value)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_sorted[middle] < value) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>The value below which this share, 0 to 1, of the rows lies; straight lines between neighbours. At least one row.</summary>
    public double Quantile(double share)
    {
        double at = share * (Count - 1);
        int low = Math.Min((int)at, Count - 1);
        double left = _sorted[low], right = _sorted[Math.Min(low + 1, Count - 1)];
        return left == right ? left : left + ((at - low) * (right - left));
    }

    public void Save(StateWriter writer)
    {
        writer.Int32(Count);
        for (int i = 0; i < Count; i++)
        {
            (long time, double value) = _rows[(_oldest + i) % _rows.Length];
            writer.Int64(time);
            writer.Double(value);
        }
    }

    public void Load(StateReader reader)
    {
        int count = reader.Count(16);
        if (count > maxRows) throw new InvalidDataException("More rows than the window holds.");
        Clear();
        while (_rows.Length < count) Grow();
        for (int i = 0; i < count; i++)
        {
            _rows[i] = (reader.Int64(), reader.Double());
            _sorted[i] = _rows[i].Value;
            if (!(Math.Abs(_sorted[i]) <= Band.Largest)) throw new InvalidDataException("A value that no window holds.");
        }

        Count = count;
        Array.Sort(_sorted, 0, count);
    }

    private void RemoveOldest()
    {
        int at = Below(_rows[_oldest].Value);
        Count--;
        Array.Copy(_sorted, at + 1, _sorted, at, Count - at);
        _oldest = (_oldest + 1) % _rows.Length;
    }

    private void Grow()
    {
        int size = Math.Min(maxRows, _rows.Length * 2);
        var larger = new (long, double)[size];
        for (int i = 0; i < Count; i++) larger[i] = _rows[(_oldest + i) % _rows.Length];
        (_rows, _oldest) = (larger, 0);
        Array.Resize(ref _sorted, size);
    }
}
