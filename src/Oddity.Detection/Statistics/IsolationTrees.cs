namespace Oddity.Detection.Statistics;

/// <summary>
/// An isolation forest over rows of several values (Liu, Ting and Zhou, ICDM 2008): random splits part rare rows from the rest after few steps. Seeded, so the
/// same rows and seed give the same forest. Score 2^(−E(path) / c(n)): about 0.5 for a row like the others, towards 1 for a rare one.
/// </summary>
/// <remarks>
/// Flat arrays, trees one after another, each in preorder: a node's left child is the next node, its right child is <see cref="_right"/>, 0 at a leaf. Splits are
/// kept in single precision of the value's place between the least and the greatest row, so an offset of 1e9 costs nothing.
/// About trees · sample size · 16 bytes; to fit O(trees · sample · log sample), to score O(trees · log sample).
/// </remarks>
internal sealed class IsolationTrees
{
    /// <summary>So far beyond the least or greatest row, as a share of what is between them, a value is outside; nearer, it is a new extreme as every series has.</summary>
    private const float Margin = 0.25f;

    private readonly int _dimensions;
    private readonly int _height;
    private readonly int _trees;
    private readonly int _nodes;
    private readonly double _usual;
    private readonly double[] _least;
    private readonly double[] _scale;
    private readonly ushort[] _right;
    private readonly ushort[] _dimension;
    private readonly float[] _split;
    private readonly float[] _place;
    private readonly bool[] _outside;

    /// <param name="rows">Row after row, <paramref name="dimensions"/> values each within ±<see cref="Band.Largest"/>; at least two rows.</param>
    /// <param name="dimensions">1 to 65,535.</param>
    /// <param name="trees">Number of trees.</param>
    /// <param name="sample">Rows of each tree, 2 to 4,096; fewer where there are fewer.</param>
    /// <param name="seed">Same seed, same forest.</param>
    public IsolationTrees(ReadOnlySpan<double> rows, int dimensions, int trees, int sample, ulong seed)
    {
        int count = rows.Length / dimensions;
        int taken = Math.Min(sample, count);
        (_dimensions, _trees) = (dimensions, trees);
        _height = (int)Math.Ceiling(Math.Log2(taken));
        _nodes = (2 * taken) - 1;
        _usual = UsualPath(taken);
        (_right, _dimension, _split) = (new ushort[trees * _nodes], new ushort[trees * _nodes], new float[trees * _nodes]);
        (_least, _scale, _place, _outside) = (new double[dimensions], new double[dimensions], new float[dimensions], new bool[dimensions]);
        float[] places = new float[rows.Length];
        for (int d = 0; d < dimensions; d++) Normalise(rows, d, places);

        int[] order = new int[count];
        for (int i = 0; i < count; i++) order[i] = i;
        var random = new SplitMix(seed);
        for (int tree = 0; tree < trees; tree++)
        {
            for (int i = 0; i < taken; i++)
            {
                int other = i + random.Below(count - i);
                (order[i], order[other]) = (order[other], order[i]);
            }

            Grow(places, order.AsSpan(0, taken), tree * _nodes, 0, 0, ref random);
        }
    }

    /// <summary>Average path of an unsuccessful search in a binary tree of n rows.</summary>
    public static double UsualPath(int n) => n <= 1 ? 0 : n == 2 ? 1 : (2 * (Math.Log(n - 1) + 0.5772156649015329)) - (2.0 * (n - 1) / n);

    /// <summary>2^(−E(path) / c(n)) of a row.</summary>
    /// <remarks>
    /// Liu's paths treat a value beyond all rows like the extreme row. Here it leaves the tree at the first split of its dimension, for that split could have
    /// fallen between it and all rows.
    /// </remarks>
    public double Score(ReadOnlySpan<double> row)
    {
        for (int d = 0; d < _dimensions; d++)
        {
            _place[d] = Place(row[d], d);
            _outside[d] = _place[d] is < -Margin or > 1 + Margin;
        }

        double path = 0;
        for (int tree = 0; tree < _trees; tree++) path += Path(tree * _nodes);
        return Math.Pow(2, -path / _trees / _usual);
    }

    private float Path(int first)
    {
        int node = first;
        for (int depth = 1; _right[node] != 0; depth++)
        {
            int dimension = _dimension[node];
            if (_outside[dimension]) return depth;
            node = _place[dimension] < _split[node] ? node + 1 : first + _right[node];
        }

        return _split[node];
    }

    private float Place(double value, int dimension) => (float)((Math.Clamp(value, -Band.Largest, Band.Largest) - _least[dimension]) * _scale[dimension]);

    private void Normalise(ReadOnlySpan<double> rows, int dimension, Span<float> places)
    {
        double least = double.MaxValue, greatest = double.MinValue;
        for (int i = dimension; i < rows.Length; i += _dimensions) (least, greatest) = (Math.Min(least, rows[i]), Math.Max(greatest, rows[i]));
        // Rows nearer to each other than a denormal's reciprocal can't be told apart; neither can equal ones.
        double scale = 1 / (greatest - least);
        (_least[dimension], _scale[dimension]) = (least, double.IsFinite(scale) ? scale : 0);
        for (int i = dimension; i < rows.Length; i += _dimensions) places[i] = Place(rows[i], dimension);
    }

    /// <summary>Grows a node and all below it; returns the number of the first node after them.</summary>
    private int Grow(ReadOnlySpan<float> places, Span<int> own, int first, int node, int depth, ref SplitMix random)
    {
        int start = own.Length > 1 && depth < _height ? random.Below(_dimensions) : _dimensions;
        for (int attempt = 0; attempt < _dimensions && start < _dimensions; attempt++)
        {
            int dimension = (start + attempt) % _dimensions;
            float split = Split(places, own, dimension, ref random);
            if (float.IsNaN(split)) continue; // Rows that are equal here cannot be parted here: another dimension may.
            int left = 0;
            for (int i = 0; i < own.Length; i++)
            {
                if (places[(own[i] * _dimensions) + dimension] >= split) continue;
                (own[i], own[left]) = (own[left], own[i]);
                left++;
            }

            (_dimension[first + node], _split[first + node]) = ((ushort)dimension, split);
            int right = Grow(places, own[..left], first, node + 1, depth + 1, ref random);
            _right[first + node] = (ushort)right;
            return Grow(places, own[left..], first, right, depth + 1, ref random);
        }

        _split[first + node] = (float)(depth + UsualPath(own.Length));
        return node + 1;
    }

    /// <summary>A place between the least row, not itself, and the greatest; NaN if there is none.</summary>
    private float Split(ReadOnlySpan<float> places, ReadOnlySpan<int> own, int dimension, ref SplitMix random)
    {
        float low = float.MaxValue, high = float.MinValue;
        foreach (int row in own)
        {
            float place = places[(row * _dimensions) + dimension];
            if (place < low) low = place;
            if (place > high) high = place;
        }

        if (!(high > low)) return float.NaN;
        float split = low + ((float)random.Unit() * (high - low));
        return split > low && split <= high ? split : high;
    }
}
