namespace Oddity.Detection.Statistics;

/// <summary>
/// The values of a time window in order of size, for percentiles and medians. O(log n) to find and a short memory move to insert; at most
/// <paramref name="capacity"/> rows of 24 bytes.
/// </summary>
internal sealed class SortedWindow(int capacity)
{
    private readonly Queue<(long TimeMs, double Value)> _rows = new();
    private double[] _sorted = new double[Math.Min(capacity, 16)];

    public int Count => _rows.Count;

    /// <summary>Smallest first.</summary>
    public ReadOnlySpan<double> Sorted => _sorted.AsSpan(0, Count);

    public void Add(long timeMs, double value)
    {
        if (Count == capacity) RemoveOldest();
        if (Count == _sorted.Length) Array.Resize(ref _sorted, Math.Min(capacity, Count * 2));
        int at = Sorted.BinarySearch(value);
        if (at < 0) at = ~at;
        Array.Copy(_sorted, at, _sorted, at + 1, Count - at);
        _sorted[at] = value;
        _rows.Enqueue((timeMs, value));
    }

    /// <summary>Drops rows at or before this time.</summary>
    public void RemoveUpTo(long timeMs)
    {
        while (_rows.TryPeek(out (long TimeMs, double Value) row) && row.TimeMs <= timeMs) RemoveOldest();
    }

    public void Clear() => _rows.Clear();

    /// <summary>Value at a share 0..1 of the order, interpolated between neighbours (Hyndman and Fan 1996, type 7). The window is not empty.</summary>
    public double Quantile(double share)
    {
        double place = share * (Count - 1);
        int below = (int)place;
        double rest = place - below;
        return rest == 0 ? _sorted[below] : (_sorted[below] * (1 - rest)) + (_sorted[below + 1] * rest);
    }

    /// <summary>How many rows are less than the value.</summary>
    public int CountBelow(double value)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_sorted[middle] < value) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    public void Save(StateWriter writer)
    {
        writer.Int32(Count);
        foreach ((long timeMs, double value) in _rows)
        {
            writer.Int64(timeMs);
            writer.Double(value);
        }
    }

    public void Load(StateReader reader)
    {
        int count = reader.Count(16);
        if (count > capacity) throw new InvalidDataException("A window longer than any.");
        Clear();
        for (int i = 0; i < count; i++)
        {
            (long timeMs, double value) = (reader.Int64(), reader.Double());
            if (!double.IsFinite(value)) throw new InvalidDataException("A value that is not finite.");
            Add(timeMs, value);
        }
    }

    private void RemoveOldest()
    {
        double value = _rows.Peek().Value;
        int at = Sorted.BinarySearch(value);
        Array.Copy(_sorted, at + 1, _sorted, at, Count - at - 1);
        _rows.Dequeue();
    }
}
