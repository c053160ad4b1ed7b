namespace Oddity.Detection.Statistics;

/// <summary>
/// Mean and variance of the newest rows of a series, first in, first out, by the two-stack method: nothing is ever subtracted from a sum, so what has
/// left leaves no trace, not even a spike of 1e12.
/// <code>
///   oldest ─────────────── front ───────────────┤├──────── back ──────── newest
///   each row: moments of itself up to the ┤       one running sum from the ├
/// </code>
/// A row leaves by stepping to the next row's moments; when the front is empty the back is summed from newest to oldest and becomes the front.
/// Sums are of differences from an anchor, a value that every sum of its stack contains, so they cancel by no more than the number of rows, whatever the
/// offset: relative error of the variance about n·2⁻⁵³.
/// Amortised O(1) a row, 32 bytes a row, no allocation once the window has its size. Chan, Golub and LeVeque's formula joins the two stacks.
/// </summary>
internal sealed class SlidingMoments(int maxRows)
{
    private Row[] _rows = new Row[Math.Min(16, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)maxRows))];
    private int _oldest;
    private int _front;
    private double _frontAnchor;
    private double _backAnchor;
    private double _backSum;
    private double _backSquares;

    public int Count { get; private set; }

    /// <summary>Adds a row, at a time no earlier than the last; the oldest leaves if there are too many.</summary>
    public void Add(long timeMs, double value)
    {
        if (Count == maxRows) RemoveOldest();
        if (Count == _rows.Length) Grow();
        ref Row row = ref _rows[(_oldest + Count) & (_rows.Length - 1)];
        row.TimeMs = timeMs;
        row.Value = value;
        if (Count++ == _front) (_backAnchor, _backSum, _backSquares) = (value, 0, 0);
        double off = value - _backAnchor;
        _backSum += off;
        _backSquares += off * off;
    }

    /// <summary>Removes rows older than this time.</summary>
    public void RemoveBefore(long timeMs)
    {
        while (Count > 0 && _rows[_oldest].TimeMs < timeMs) RemoveOldest();
    }

    public void Clear() => (Count, _front, _oldest, _backAnchor, _backSum, _backSquares) = (0, 0, 0, 0, 0, 0);

    /// <summary>Mean and sum of squared differences from it; zeros if there are no rows.</summary>
    public (double Mean, double Squares) Moments()
    {
        int back = Count - _front;
        double backMean = back == 0 ? 0 : _backSum / back;
        double backSquares = Math.Max(0, _backSquares - (_backSum * backMean));
        if (_front == 0) return (_backAnchor + backMean, backSquares);
        ref readonly Row top = ref _rows[_oldest];
        if (back == 0) return (_frontAnchor + top.Mean, top.Squares);

        double apart = _backAnchor - _frontAnchor + (backMean - top.Mean);
        double share = (double)back / Count;
        return (_frontAnchor + (top.Mean + (apart * share)), top.Squares + backSquares + (apart * apart * share * _front));
    }

    public void Save(StateWriter writer)
    {
        writer.Int32(Count);
        writer.Int32(_front);
        for (int i = 0; i < Count; i++)
        {
            ref readonly Row row = ref _rows[(_oldest + i) & (_rows.Length - 1)];
            writer.Int64(row.TimeMs);
            writer.Double(row.Value);
        }
    }

    /// <summary>Takes the rows; all sums follow from them and from where the stacks meet.</summary>
    public void Load(StateReader reader)
    {
        int count = reader.Count(16);
        int front = reader.Int32();
        if (count > maxRows || front < 0 || front > count) throw new InvalidDataException("More rows than the window holds.");
        Clear();
        for (int i = 0; i < count; i++)
        {
            long time = reader.Int64();
            double value = reader.Double();
            if (!(Math.Abs(value) <= Band.Largest)) throw new InvalidDataException("A value that no window holds.");
            Add(time, value);
            if (i == front - 1) Flip();
        }
    }

    private void RemoveOldest()
    {
        if (_front == 0) Flip();
        _oldest = (_oldest + 1) & (_rows.Length - 1);
        _front--;
        Count--;
    }

    private void Flip()
    {
        int mask = _rows.Length - 1;
        _front = Count;
        _frontAnchor = _rows[(_oldest + Count - 1) & mask].Value;
        double sum = 0, squares = 0;
        for (int i = Count - 1; i >= 0; i--)
        {
            ref Row row = ref _rows[(_oldest + i) & mask];
            double off = row.Value - _frontAnchor;
            sum += off;
            squares += off * off;
            row.Mean = sum / (Count - i);
            row.Squares = Math.Max(0, squares - (sum * row.Mean));
        }
    }

    private void Grow()
    {
        var larger = new Row[_rows.Length * 2];
        for (int i = 0; i < Count; i++) larger[i] = _rows[(_oldest + i) & (_rows.Length - 1)];
        (_rows, _oldest) = (larger, 0);
    }

    /// <summary>A row and, in the front stack, the moments from it to the stack's end: mean less the anchor, and sum of squares about the mean.</summary>
    private struct Row
    {
        public long TimeMs;
        public double Value;
        public double Mean;
        public double Squares;
    }
}
