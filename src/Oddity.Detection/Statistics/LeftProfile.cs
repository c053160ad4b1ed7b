namespace Oddity.Detection.Statistics;

/// <summary>
/// How much the last samples look like any stretch of equal length before them, level and size apart: the left matrix profile, its newest entry alone.
/// <code>
/// r(j) = (m·Σ x(i−k)·x(j−k) − Σ x(i−k)·Σ x(j−k)) / (m²·σ(i)·σ(j))        k = 0 … m−1, over all j that ended m or more samples ago
/// </code>
/// Values are whole numbers up to ±4095 around the middle of the history, so every running product and sum is exact: nothing drifts, and eight at a time give
/// the same bits as one by one. Each time the room before the newest value is used up (a quarter of the history) the middle and scale are taken anew
/// from the history and all is counted again. O(history) a sample, some 26 bytes a sample of history.
/// </summary>
/// <remarks>Newest values come first in all arrays, so that a distance in time is a distance in the array and no entry moves until the room is used up.</remarks>
internal sealed class LeftProfile
{
    /// <summary>Windows of this length at most: the sum of so many products of two of ±4095 still fits 32 bits.</summary>
    public const int LongestWindow = 128;

    /// <summary>Values that far out are cut off. Three quarters more room than the usual reach needs.</summary>
    private const int Largest = 4095;

    /// <summary>What the farther of the 2nd and 98th percentile is from the middle.</summary>
    private const int Usual = 1023;

    /// <summary>Scratch for the middle of the history; one for all of a thread.</summary>
    [ThreadStatic]
    private static double[]? _scratch;

    private readonly int _window;
    private readonly int _history;
    private double[] _values = [];
    private short[] _whole = [];

    /// <summary>Of the window that ends there: the sum, and 1/(m·σ), 0 where it is flat or not complete.</summary>
    private int[] _sums = [];
    private float[] _inverses = [];

    /// <summary>By distance in time less a window: the sum of products of the newest window with the one that ended so long ago.</summary>
    private int[] _products = [];
    private int _size;
    private int _head;
    private int _squares;
    private double _middle;
    private double _scale;

    public LeftProfile(int window, int history)
    {
        (_window, _history) = (window, Math.Max(history, 4 * window));
        Rebuild();
    }

    /// <summary>Values seen.</summary>
    public long Seen { get; private set; }

    /// <summary>What the newest neighbour foretells of the next value: as it went on there, by the size and level here. The last value while there is none.</summary>
    public double Next { get; private set; }

    /// <summary>Stretches that the newest was compared with.</summary>
    public int Others => (int)Math.Clamp(Seen - (2 * _window) + 1, 0, _products.Length);

    /// <summary>True when there are as many as there ever will be.</summary>
    public bool IsFull => Others == _history - (2 * _window);

    private int Known => (int)Math.Min(Seen, _size);

    /// <summary>Takes a value; returns 1 − r of the most similar stretch before, 0 to 1: 0 is the same shape, 1 like none. 1 too while there is nothing to compare.</summary>
    public double Take(double value)
    {
        if (_head == 0) Rebuild();
        _head--;
        Seen++;
        int added = Whole(value), left = _whole[_head + _window], sum = _sums[_head + 1] + added - left;
        _values[_head] = value;
        _whole[_head] = (short)added;
        _sums[_head] = sum;
        _squares += (added * added) - (left * left);
        _inverses[_head] = Seen >= _window ? Inverse(sum, _squares) : 0;
        LeftProfileKernel.Add(_products, _whole.AsSpan(_head + _window), added, _whole.AsSpan(_head + (2 * _window)), -left);
        return Nearest(value);
    }

    public void Save(StateWriter writer)
    {
        writer.Int64(Seen);
        writer.Int32(_size);
        writer.Int32(_head);
        writer.Double(_middle);
        writer.Double(_scale);
        writer.Double(Next);
        writer.Doubles(_values.AsSpan(_head, Known));
    }

    public void Load(StateReader reader)
    {
        (Seen, int size, int head) = (reader.Int64(), reader.Int32(), reader.Int32());
        (_middle, _scale, Next) = (reader.Double(), reader.Double(), reader.Double());
        bool possible = Seen >= 0 && size >= 4 * _window && size <= _history && head >= 0 && head <= size / 4 && Math.Abs(_middle) <= Band.Largest
            && _scale is >= 0 and <= 1e300 && Math.Abs(Next) <= Band.Largest;
        if (!possible) throw new InvalidDataException("A history that cannot be.");
        Allocate(size);
        _head = head;
        reader.Doubles(_values.AsSpan(_head, Known));
        foreach (double value in _values)
            if (!(Math.Abs(value) <= Band.Largest)) throw new InvalidDataException("A value that no history holds.");
        Count();
    }

    /// <summary>Makes room before the newest value; the history grows with the series, the scale follows it.</summary>
    private void Rebuild()
    {
        int known = Known;
        double[] before = _values;
        int from = _head, size = (int)Math.Min(_history, Math.Max(4 * _window, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)(2 * Math.Min(Seen, _history)))));
        if (size != _size) Allocate(size);
        known = Math.Min(known, size);
        before.AsSpan(from, known).CopyTo(_values.AsSpan(size / 4));
        _head = size / 4;
        if (known > 0) Scale(_values.AsSpan(_head, known));
        Count();
    }

    private void Allocate(int size)
    {
        int all = size + (size / 4);
        (_size, _values, _whole, _sums, _inverses) = (size, new double[all], new short[all + 1], new int[all + 1], new float[all + 1]);
        _products = new int[size - (2 * _window)];
    }

    /// <summary>Middle and scale of the history: what it usually reaches is a quarter of what a whole number holds.</summary>
    private void Scale(ReadOnlySpan<double> values)
    {
        if (_scratch is null || _scratch.Length < values.Length) _scratch = new double[Math.Max(_history, values.Length)];
        Span<double> scratch = _scratch.AsSpan(0, values.Length);
        values.CopyTo(scratch);
        int cut = (values.Length - 1) / 50;
        double low = Selection.Take(scratch, cut), middle = Selection.Take(scratch, values.Length / 2), high = Selection.Take(scratch, values.Length - 1 - cut);
        double reach = Math.Max(high - middle, middle - low);
        // Nearly all are equal: then those that are not.
        if (reach == 0) foreach (double value in values) reach = Math.Max(reach, Math.Abs(value - middle));
        (_middle, _scale) = (middle, Math.Min(Usual / Math.Max(reach, Band.LeastChange(middle, 0)), 1e300));
    }

    private int Whole(double value) => (int)Math.Clamp(Math.Round((value - _middle) * _scale), -Largest, Largest);

    /// <summary>Everything that follows from the values, the middle and the scale.</summary>
    private void Count()
    {
        Array.Clear(_whole);
        Array.Clear(_sums);
        Array.Clear(_inverses);
        Array.Clear(_products);
        int oldest = _head + Known - 1;
        for (int at = _head; at <= oldest; at++) _whole[at] = (short)Whole(_values[at]);
        (int sum, int squares) = (0, 0);
        for (int at = oldest; at >= _head; at--)
        {
            int added = _whole[at], left = at + _window <= oldest ? _whole[at + _window] : 0;
            sum += added - left;
            squares += (added * added) - (left * left);
            _sums[at] = sum;
            _inverses[at] = at + _window - 1 <= oldest ? Inverse(sum, squares) : 0;
        }

        _squares = squares;
        for (int k = 0; k < _window; k += 2)
        {
            int second = k + 1 < _window ? _whole[_head + k + 1] : 0;
            LeftProfileKernel.Add(_products, _whole.AsSpan(_head + _window + k), _whole[_head + k], _whole.AsSpan(_head + _window + Math.Min(k + 1, _window)), second);
        }
    }

    private float Inverse(int sum, int squares)
    {
        long variance = ((long)_window * squares) - ((long)sum * sum);
        return variance > 0 ? (float)(1 / Math.Sqrt(variance)) : 0;
    }

    private double Nearest(double value)
    {
        double own = _inverses[_head];
        Next = value;
        if (Others == 0) return 1;
        if (own == 0) return _inverses.AsSpan(_head + _window, Others).Contains(0f) ? 0 : 1; // Flat is like flat, and like nothing else.
        (double most, int at) = LeftProfileKernel.Most(_products, _sums.AsSpan(_head + _window), _inverses.AsSpan(_head + _window), _window, _sums[_head]);
        if (!(most > 0)) return 1;
        double there = _inverses[_head + _window + at];
        double ahead = _whole[_head + _window + at - 1] - (_sums[_head + _window + at] / (double)_window);
        double next = (_sums[_head] / (double)_window) + (ahead * there / own);
        Next = Math.Clamp(_middle + (next / _scale), -Band.Largest, Band.Largest);
        return Math.Clamp(1 - (most * own), 0.0, 1.0);
    }
}
