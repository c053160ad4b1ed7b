namespace Oddity.Detection.Statistics;

/// <summary>
/// Mean and variance of the newest rows of a time window. Two stacks of partial moments, merged as in Chan, Golub and LeVeque (1979), so nothing is ever
/// subtracted: a huge value that has left leaves no trace, and a large offset costs no digits. O(1) amortised a row; 32 bytes a row, at most <paramref name="capacity"/>.
/// </summary>
/// <remarks>
/// The ring holds rows head..tail. Rows before the middle carry the moments of themselves up to the middle; those after it are summed in one running
/// pair. When the last row before the middle leaves, the middle moves to the tail and the partial moments are made anew.
/// </remarks>
internal sealed class MomentWindow(int capacity)
{
    private long[] _times = new long[Math.Min(capacity, 16)];
    private double[] _values = new double[Math.Min(capacity, 16)];
    private double[] _means = new double[Math.Min(capacity, 16)];
    private double[] _squares = new double[Math.Min(capacity, 16)];
    private int _head;
    private int _front;
    private int _back;
    private double _backMean;
    private double _backSquares;

    public int Count => _front + _back;

    public double Mean { get; private set; }

    /// <summary>Sum of squared distances from the mean.</summary>
    private double Squares { get; set; }

    /// <summary>Sample variance, n − 1 in the denominator; 0 below two rows.</summary>
    public double Variance => Count > 1 ? Squares / (Count - 1) : 0;

    /// <summary>Adds a row; times do not decrease. The oldest goes where the window is full.</summary>
    public void Add(long timeMs, double value)
    {
        if (Count == capacity) RemoveOldest();
        if (Count == _times.Length) Grow();
        int at = At(Count);
        (_times[at], _values[at]) = (timeMs, value);
        _back++;
        double delta = value - _backMean;
        _backMean += delta / _back;
        _backSquares += delta * (value - _backMean);
        Merge();
    }

    /// <summary>Drops rows at or before this time.</summary>
    public void RemoveUpTo(long timeMs)
    {
        if (Count == 0 || _times[_head] > timeMs) return;
        while (Count > 0 && _times[_head] <= timeMs) RemoveOldest();
        Merge();
    }

    public void Clear()
    {
        (_head, _front, _back, _backMean, _backSquares) = (0, 0, 0, 0, 0);
        Merge();
    }

    public void Save(StateWriter writer)
    {
        writer.Int32(Count);
        writer.Int32(_front);
        writer.Double(_backMean);
        writer.Double(_backSquares);
        for (int i = 0; i < Count; i++)
        {
            writer.Int64(_times[At(i)]);
            writer.Double(_values[At(i)]);
        }

        // The partial moments are remade in the order they were made in, so the bits are the same.
    }

    public void Load(StateReader reader)
    {
        int count = reader.Int32();
        int front = reader.Int32();
        if (count < 0 || count > capacity || front < 0 || front > count || (long)count * 16 > reader.Remaining) throw new InvalidDataException("An impossible window.");
        Clear();
        (double mean, double squares) = (reader.Double(), reader.Double());
        while (_times.Length < count) Grow();
        for (int i = 0; i < count; i++) (_times[i], _values[i]) = (reader.Int64(), reader.Double());
        (_front, _back, _backMean, _backSquares) = (front, count - front, mean, squares);
        RemakeFront();
        Merge();
    }

    private void RemoveOldest()
    {
        if (_front == 0)
        {
            (_front, _back, _backMean, _backSquares) = (_back, 0, 0, 0);
            RemakeFront();
        }

        _head = At(1);
        _front--;
    }

    private void RemakeFront()
    {
        double mean = 0, squares = 0;
        for (int i = _front - 1, n = 1; i >= 0; i--, n++)
        {
            double delta = _values[At(i)] - mean;
            mean += delta / n;
            squares += delta * (_values[At(i)] - mean);
            (_means[At(i)], _squares[At(i)]) = (mean, squares);
        }
    }

    private void Merge()
    {
        if (_front == 0)
        {
            (Mean, Squares) = (_backMean, _backSquares);
            return;
        }

        double delta = _backMean - _means[_head];
        Mean = _means[_head] + (delta * _back / Count);
        Squares = _squares[_head] + _backSquares + (delta * delta * _front * _back / Count);
    }

    private int At(int offset)
    {
        int at = _head + offset;
        return at < _times.Length ? at : at - _times.Length;
    }

    private void Grow()
    {
        int size = Math.Min(capacity, _times.Length * 2);
        Grow(ref _times, size);
        Grow(ref _values, size);
        Grow(ref _means, size);
        Grow(ref _squares, size);
        _head = 0;
    }

    private void Grow<T>(ref T[] array, int size)
    {
        var larger = new T[size];
        int first = Math.Min(Count, array.Length - _head);
        Array.Copy(array, _head, larger, 0, first);
        Array.Copy(array, 0, larger, first, Count - first);
        array = larger;
    }
}
