namespace Oddity.Detection.Statistics;

/// <summary>
/// The few directions in which rows vary together, learnt row by row: block power iteration with a decayed past. Each block of rows adds C·V, one
/// step of the power method from the directions known so far, and the columns are made orthonormal again:
/// <code>
/// V ← orthonormal( (1 − g) · V · diag(λ)  +  g · mean over the block of z·(zᵀV) )
/// </code>
/// As many directions count as it takes to explain <see cref="Explained"/> of the variance. O(d·k) a row and memory, k at most <see cref="Most"/>; sums run in
/// a fixed order. Sources: I. Mitliagkas, C. Caramanis, P. Jain, Memory limited, streaming PCA (2013); P. Yang, C.-J. Hsieh, J.-L. Wang, History PCA (2018).
/// Weakness: a direction needs a few blocks to be found.
/// </summary>
internal sealed class PrincipalSubspace
{
    /// <summary>Most directions kept.</summary>
    public const int Most = 16;

    /// <summary>Share of the variance that the directions in use explain.</summary>
    private const double Explained = 0.95;

    private const int Block = 32;

    /// <summary>Rows remembered.</summary>
    private const double Memory = 20_000;

    private readonly int _dimensions;
    private readonly int _kept;
    private readonly double[] _directions;
    private readonly double[] _sums;
    private readonly double[] _strengths;
    private readonly double[] _shares;
    private int _inUse = 1;
    private int _inBlock;
    private long _blocks;
    private double _blockVariance;
    private double _variance;

    public PrincipalSubspace(int dimensions)
    {
        _dimensions = dimensions;
        _kept = Math.Clamp(dimensions - 1, 1, Most);
        _directions = new double[_kept * dimensions];
        _sums = new double[_kept * dimensions];
        (_strengths, _shares) = (new double[_kept], new double[_kept]);
        // To begin with, directions that prefer no value; which ones does not matter.
        for (int k = 0; k < _kept; k++)
            for (int d = 0; d < dimensions; d++)
                _directions[(k * dimensions) + d] = (((d + 1) * (k + 2) * 7919 % 101) - 50.5) / 50;
        Orthonormalise();
        Array.Clear(_strengths);
    }

    /// <summary>Directions that explain what is usual.</summary>
    public int InUse => _inUse;

    /// <summary>What of the row lies outside the subspace.</summary>
    public void Residual(ReadOnlySpan<double> row, Span<double> residual)
    {
        row.CopyTo(residual);
        for (int k = 0; k < _inUse; k++)
        {
            ReadOnlySpan<double> direction = Direction(k);
            double share = Dot(row, direction);
            for (int d = 0; d < residual.Length; d++) residual[d] -= share * direction[d];
        }
    }

    public void Learn(ReadOnlySpan<double> row)
    {
        for (int k = 0; k < _kept; k++) _shares[k] = Dot(row, Direction(k));
        for (int k = 0; k < _kept; k++)
        {
            double share = _shares[k];
            Span<double> sums = _sums.AsSpan(k * _dimensions, _dimensions);
            for (int d = 0; d < sums.Length; d++) sums[d] += share * row[d];
        }

        _blockVariance += Dot(row, row);
        if (++_inBlock == Block) EndBlock();
    }

    public void Save(StateWriter writer)
    {
        writer.Int32(_inUse);
        writer.Int32(_inBlock);
        writer.Int64(_blocks);
        writer.Double(_blockVariance);
        writer.Double(_variance);
        writer.Doubles(_directions);
        writer.Doubles(_sums);
        writer.Doubles(_strengths);
    }

    public void Load(StateReader reader)
    {
        (_inUse, _inBlock, _blocks) = (reader.Int32(), reader.Int32(), reader.Int64());
        (_blockVariance, _variance) = (reader.Double(), reader.Double());
        reader.Doubles(_directions);
        reader.Doubles(_sums);
        reader.Doubles(_strengths);
        const double largest = 1e15; // Standardised values are small.
        bool possible = _inUse >= 1 && _inUse <= _kept && _inBlock is >= 0 and < Block && _blocks >= 0
            && _blockVariance is >= 0 and < largest && _variance is >= 0 and < largest
            && Array.TrueForAll(_directions, value => Math.Abs(value) < 1.01)
            && Array.TrueForAll(_sums, value => Math.Abs(value) < largest) && Array.TrueForAll(_strengths, value => value is >= 0 and < largest);
        if (!possible) throw new InvalidDataException("A subspace that cannot be.");
    }

    private void EndBlock()
    {
        // The first blocks are of values not yet well scaled: what comes later counts for more than the same share.
        double gain = Math.Min(1, Math.Max(Block / Memory, 2.0 / (_blocks + 2)));
        for (int k = 0; k < _kept; k++)
        {
            double keep = (1 - gain) * Math.Max(_strengths[k], 1e-9);
            for (int i = k * _dimensions; i < (k + 1) * _dimensions; i++) _directions[i] = (keep * _directions[i]) + (gain / Block * _sums[i]);
        }

        Array.Clear(_sums);
        Orthonormalise();
        _variance += gain * ((_blockVariance / Block) - _variance);
        (_blockVariance, _inBlock) = (0, 0);
        if (_blocks < int.MaxValue) _blocks++;
        double explained = 0;
        _inUse = 0;
        while (_inUse < _kept && (_inUse == 0 || explained < Explained * _variance)) explained += _strengths[_inUse++];
    }

    /// <summary>Gram and Schmidt, the strongest first; the length that a column had is its strength.</summary>
    private void Orthonormalise()
    {
        for (int k = 0; k < _kept; k++)
        {
            Span<double> column = Direction(k);
            double before = Math.Sqrt(Dot(column, column));
            for (int earlier = 0; earlier < k; earlier++) Remove(column, Direction(earlier));
            double length = Math.Sqrt(Dot(column, column));
            _strengths[k] = length;
            if (length <= 1e-9 * before || length < 1e-300) length = Replace(column, k);
            for (int d = 0; d < column.Length; d++) column[d] /= length;
            // Once more: one pass leaves what rounding made of nearly parallel columns.
            for (int earlier = 0; earlier < k; earlier++) Remove(column, Direction(earlier));
            for (int at = k; at > 0 && _strengths[at] > _strengths[at - 1]; at--) Swap(at);
        }
    }

    /// <summary>A column that the stronger ones explain wholly makes room for the axis they explain least.</summary>
    private double Replace(Span<double> column, int k)
    {
        int axis = 0;
        double least = double.PositiveInfinity;
        for (int d = 0; d < _dimensions; d++)
        {
            double taken = 0;
            for (int earlier = 0; earlier < k; earlier++) taken += Direction(earlier)[d] * Direction(earlier)[d];
            if (taken < least) (least, axis) = (taken, d);
        }

        column.Clear();
        column[axis] = 1;
        for (int earlier = 0; earlier < k; earlier++) Remove(column, Direction(earlier));
        _strengths[k] = 0;
        return Math.Max(Math.Sqrt(Dot(column, column)), 1e-150);
    }

    private void Swap(int at)
    {
        (_strengths[at], _strengths[at - 1]) = (_strengths[at - 1], _strengths[at]);
        Span<double> one = Direction(at), other = Direction(at - 1);
        for (int d = 0; d < one.Length; d++) (one[d], other[d]) = (other[d], one[d]);
    }

    private Span<double> Direction(int k) => _directions.AsSpan(k * _dimensions, _dimensions);

    private static void Remove(Span<double> from, ReadOnlySpan<double> direction)
    {
        double share = Dot(from, direction);
        for (int d = 0; d < from.Length; d++) from[d] -= share * direction[d];
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int d = 0; d < a.Length; d++) sum += a[d] * b[d];
        return sum;
    }
}
