using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Oddity.Detection.Statistics;

/// <summary>
/// An isolation forest over rows of several values (Liu, Ting and Zhou, ICDM 2008): random splits part rare rows from the rest after few steps. Seeded, so the
/// same rows and seed give the same forest. Score 2^(−E(path) / c(n)): about 0.5 for a row like the others, towards 1 for a rare one.
/// </summary>
/// <remarks>
/// Every tree is laid out as if it were complete: the children of node i are 2i + 1 and 2i + 2, a leaf above the bottom is a chain of nodes that all go
/// left. So a
/// walk has no pointers and no end to look for, and eight walks go abreast while each waits for its next node. Splits are kept as whole numbers, the value's
/// place between the least and the greatest row, so an offset of 1e9 costs nothing. About trees · sample · 12 bytes; to fit O(trees · sample · log sample), to
/// score O(trees · log sample): no vectors and one order of sums, so the same bits everywhere.
/// </remarks>
internal sealed class IsolationTrees
{
    /// <summary>So far beyond the least or greatest row, as a share of what is between them, a value is outside; nearer, it is a new extreme as every series has.</summary>
    private const int Margin = One / 4;

    /// <summary>The place of the greatest row; the least one's is 0. Places are held between −2 and 2 times this, so that no difference of two overflows.</summary>
    private const int One = 1 << 28;

    private readonly int _dimensions;
    private readonly int _trees;
    private readonly int _height;
    private readonly int _leaves;
    private readonly double _usual;
    private readonly double[] _least;
    private readonly double[] _scale;
    private readonly Node[] _nodes;
    private readonly float[] _paths;
    private readonly int[] _place;
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
        _height = taken <= 1 ? 0 : System.Numerics.BitOperations.Log2((uint)(taken - 1)) + 1;
        _leaves = 1 << _height;
        _usual = UsualPath(taken);
        (_nodes, _paths) = (new Node[trees * (_leaves - 1)], new float[trees * _leaves]);
        (_least, _scale, _place, _outside) = (new double[dimensions], new double[dimensions], new int[dimensions], new bool[dimensions]);
        int[] places = new int[rows.Length];
        for (int d = 0; d < dimensions; d++) Normalise(rows, d, places);

        int[] order = new int[count];
        for (int i = 0; i < count; i++) order[i] = i;
        var random = new SplitMix(seed);
        var grower = new Grower(this, new int[dimensions * taken], taken);
        for (int tree = 0; tree < trees; tree++)
        {
            for (int i = 0; i < taken; i++)
            {
                int other = i + random.Below(count - i);
                (order[i], order[other]) = (order[other], order[i]);
                for (int d = 0; d < dimensions; d++) grower.Places[(d * taken) + i] = places[(order[i] * dimensions) + d];
            }

            grower.Grow(tree, ref random);
        }
    }

    /// <summary>Average path of an unsuccessful search in a binary tree of n rows.</summary>
    public static double UsualPath(int n) => n <= 1 ? 0 : n == 2 ? 1 : (2 * (Elementary.Log(n - 1) + 0.5772156649015329)) - (2.0 * (n - 1) / n);

    /// <summary>2^(−E(path) / c(n)) of a row.</summary>
    /// <remarks>
    /// Liu's paths treat a value beyond all rows like the extreme row. Here it leaves the tree at the first split of its dimension, for that split could have
    /// fallen between it and all rows.
    /// </remarks>
    public double Score(ReadOnlySpan<double> row)
    {
        bool outside = false;
        for (int d = 0; d < _dimensions; d++)
        {
            _place[d] = Place(row[d], d);
            outside |= _outside[d] = _place[d] is < -Margin or > One + Margin;
        }

        return Elementary.Pow(2, -(outside ? SumLeaving() : Sum()) / _trees / _usual);
    }

    /// <summary>Paths of the eight trees of a group, and then of the next group, each to the bottom.</summary>
    private double Sum()
    {
        ref Node node = ref MemoryMarshal.GetArrayDataReference(_nodes);
        ref int place = ref MemoryMarshal.GetArrayDataReference(_place);
        ref float path = ref MemoryMarshal.GetArrayDataReference(_paths);
        int inner = _leaves - 1, tree = 0;
        double sum = 0;
        for (; tree + 8 <= _trees; tree += 8)
        {
            int a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
            ref Node first = ref Unsafe.Add(ref node, tree * inner), fifth = ref Unsafe.Add(ref first, 4 * inner);
            for (int level = 0; level < _height; level++)
            {
                a = Next(a, in Unsafe.Add(ref first, a), ref place);
                b = Next(b, in Unsafe.Add(ref first, b + inner), ref place);
                c = Next(c, in Unsafe.Add(ref first, c + (2 * inner)), ref place);
                d = Next(d, in Unsafe.Add(ref first, d + (3 * inner)), ref place);
                e = Next(e, in Unsafe.Add(ref fifth, e), ref place);
                f = Next(f, in Unsafe.Add(ref fifth, f + inner), ref place);
                g = Next(g, in Unsafe.Add(ref fifth, g + (2 * inner)), ref place);
                h = Next(h, in Unsafe.Add(ref fifth, h + (3 * inner)), ref place);
            }

            ref float leaf = ref Unsafe.Add(ref path, (tree * _leaves) - inner), next = ref Unsafe.Add(ref leaf, 4 * _leaves);
            sum += Unsafe.Add(ref leaf, a) + Unsafe.Add(ref leaf, b + _leaves) +
                Unsafe.Add(ref leaf, c + (2 * _leaves)) + Unsafe.Add(ref leaf, d + (3 * _leaves));
            sum += Unsafe.Add(ref next, e) + Unsafe.Add(ref next, f + _leaves) +
                Unsafe.Add(ref next, g + (2 * _leaves)) + Unsafe.Add(ref next, h + (3 * _leaves));
        }

        for (; tree < _trees; tree++)
        {
            int at = 0;
            for (int level = 0; level < _height; level++) at = Next(at, in _nodes[(tree * inner) + at], ref place);
            sum += _paths[(tree * _leaves) + at - inner];
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Next(int at, in Node node, ref int place) =>
        (2 * at) + 1 + (int)((uint)(node.Split - 1 - Unsafe.Add(ref place, node.Dimension)) >> 31); // The sign: 1 where the place is at the split or after.

    /// <summary>The same for a row with a value beyond all rows.</summary>
    private double SumLeaving()
    {
        double sum = 0;
        for (int tree = 0; tree < _trees; tree++) sum += PathLeaving(tree);
        return sum;
    }

    private double PathLeaving(int tree)
    {
        int at = 0;
        for (int level = 1; level <= _height; level++)
        {
            ref readonly Node node = ref _nodes[(tree * (_leaves - 1)) + at];
            if (_outside[node.Dimension] && node.Split != int.MaxValue) return level;
            at = Next(at, in node, ref _place[0]);
        }

        return _paths[(tree * _leaves) + at - (_leaves - 1)];
    }

    private int Place(double value, int dimension) =>
        (int)(One * Math.Clamp((Math.Clamp(value, -Band.Largest, Band.Largest) - _least[dimension]) * _scale[dimension], -2.0, 2.0));

    private void Normalise(ReadOnlySpan<double> rows, int dimension, Span<int> places)
    {
        double least = double.MaxValue, greatest = double.MinValue;
        for (int i = dimension; i < rows.Length; i += _dimensions) (least, greatest) = (Math.Min(least, rows[i]), Math.Max(greatest, rows[i]));
        // Rows nearer to each other than a denormal's reciprocal can't be told apart; neither can equal ones.
        double scale = 1 / (greatest - least);
        (_least[dimension], _scale[dimension]) = (least, double.IsFinite(scale) ? scale : 0);
        for (int i = dimension; i < rows.Length; i += _dimensions) places[i] = Place(rows[i], dimension);
    }

    /// <summary>A split: places from it on go right. 8 bytes.</summary>
    private struct Node
    {
        public int Split;
        public int Dimension;
    }

    /// <summary>Grows trees from the places of their rows, dimension after dimension.</summary>
    private readonly ref struct Grower(IsolationTrees forest, int[] places, int rows)
    {
        private readonly int[] _order = new int[rows];

        public int[] Places => places;

        public void Grow(int tree, ref SplitMix random)
        {
            for (int i = 0; i < rows; i++) _order[i] = i;
            Span<Node> nodes = forest._nodes.AsSpan(tree * (forest._leaves - 1), forest._leaves - 1);
            Grow(nodes, forest._paths.AsSpan(tree * forest._leaves, forest._leaves), _order, 0, 0, ref random);
        }

        private void Grow(Span<Node> nodes, Span<float> paths, Span<int> own, int node, int depth, ref SplitMix random)
        {
            int start = own.Length > 1 && depth < forest._height ? random.Below(forest._dimensions) : forest._dimensions;
            for (int attempt = 0; attempt < forest._dimensions && start < forest._dimensions; attempt++)
            {
                int dimension = start + attempt < forest._dimensions ? start + attempt : start + attempt - forest._dimensions;
                ReadOnlySpan<int> column = places.AsSpan(dimension * rows, rows);
                int split = Split(column, own, ref random);
                if (split == 0) continue; // Rows that are equal here cannot be parted here: another dimension may.
                int left = Part(column, own, split);
                nodes[node] = new() { Split = split, Dimension = dimension };
                Grow(nodes, paths, own[..left], (2 * node) + 1, depth + 1, ref random);
                Grow(nodes, paths, own[left..], (2 * node) + 2, depth + 1, ref random);
                return;
            }

            float path = (float)(depth + UsualPath(own.Length));
            for (; depth < forest._height; depth++, node = (2 * node) + 1) nodes[node] = new() { Split = int.MaxValue };
            paths[node - (forest._leaves - 1)] = path;
        }

        /// <summary>Rows before the split to the left; returns how many.</summary>
        private static int Part(ReadOnlySpan<int> column, Span<int> own, int split)
        {
            int left = 0;
            for (int i = 0; i < own.Length; i++)
            {
                int row = own[i];
                own[i] = own[left];
                own[left] = row;
                left += column[row] < split ? 1 : 0;
            }

            return left;
        }

        /// <summary>A place between the least row, not itself, and the greatest; 0 if there is none.</summary>
        private static int Split(ReadOnlySpan<int> column, ReadOnlySpan<int> own, ref SplitMix random)
        {
            int low = int.MaxValue, high = int.MinValue;
            foreach (int row in own)
            {
                int place = column[row];
                low = Math.Min(low, place);
                high = Math.Max(high, place);
            }

            return high == low ? 0 : low + 1 + (int)(((random.Next() >> 32) * (ulong)(high - low)) >> 32);
        }
    }
}
