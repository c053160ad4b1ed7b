using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Oddity.Detection.Statistics;

/// <summary>
/// A robust random cut forest (Guha, Mishra, Roy and Schrijvers, ICML 2016) over the newest eight values of a series. Each tree holds up to 256 of the newest
/// <see cref="Window"/> points; a cut falls on a dimension in proportion to how far the points reach in it, so idle dimensions do not blur it.
/// <code>
/// score = mean over trees of E[1 / (depth at which the point would be cut off + 1)]
/// at a node:  s = P(cut off here)/(depth + 1) + (1 − P)·s(child),     P = 1 − reach(box) / reach(box with the point)
/// </code>
/// </summary>
/// <remarks>
/// A tree is four arrays without pointers: its cuts in preorder and its leaves from left to right, so a node's points are neighbours and its left child is
/// the next
/// cut. A point is the place of its first value in a ring of values, eight floats in a row: one vector. Boxes are not kept: from the leaf up each step joins
/// the box of the sibling, so one pass over the tree's points gives every box on the way. To insert or remove moves the arrays' ends, 2 KB at most.
/// About 100 KB for 50 trees. Elementwise vectors and one order of sums: the same bits on every machine. Long, because the arrays' order is known here alone.
/// </remarks>
internal sealed class RandomCutTrees
{
    public const int Shingle = 8;

    /// <summary>Points are drawn from so many of the newest; with 256 of them a tree keeps one in seven and a half.</summary>
    public const int Window = 1_920;

    /// <summary>Values are held within ± this, so that the reach of eight of them is a float too.</summary>
    public const float Largest = 1e30f;

    private const int Rows = 256;

    /// <summary>A point comes before another leaves.</summary>
    private const int Stride = Rows + 1;

    private const int Ring = 2_048;

    /// <summary>From this age on a point leaves: its first value is about to be overwritten.</summary>
    private const int Oldest = Ring - Shingle - 1;

    private readonly int _trees;

    /// <summary>A cut and all to its left are at most this; ∞ where the points are equal and only their number differs.</summary>
    private readonly float[] _cuts;
    private readonly byte[] _dimensions;

    /// <summary>Leaves to the left of a cut, less one.</summary>
    private readonly byte[] _lefts;
    private readonly ushort[] _leaves;
    private readonly int[] _sizes;

    /// <summary>Where in its tree the point is that leaves next.</summary>
    private readonly int[] _oldest;

    /// <summary>Of a tree's points, the least last value and the greatest.</summary>
    private readonly float[] _least;
    private readonly float[] _greatest;

    /// <summary>The values, and after them the first seven again, so that every point is eight in a row.</summary>
    private readonly float[] _values = new float[Ring + Shingle];
    private SplitMix _random;
    private long _seen;

    /// <summary>The way from the root to the leaf beside the point; rewritten for every tree, so one for all forests of a thread.</summary>
    [ThreadStatic]
    private static Step[]? _steps;

    public RandomCutTrees(int trees, ulong seed)
    {
        (_trees, _random) = (trees, new(seed));
        (_cuts, _dimensions, _lefts) = (new float[trees * Stride], new byte[trees * Stride], new byte[trees * Stride]);
        (_leaves, _sizes, _oldest) = (new ushort[trees * Stride], new int[trees], new int[trees]);
        (_least, _greatest) = (new float[trees], new float[trees]);
    }

    /// <summary>Values seen, the last included.</summary>
    public long Seen => _seen;

    /// <summary>Of the points in the forest, the least last value and the greatest; and the mean of those that the last point came to lie beside.</summary>
    public (float Least, float Greatest, float Beside) Last { get; private set; }

    /// <summary>Scores the point that this value completes, 0 to 1, then lets it into some trees. 0 while there are fewer values than a point has.</summary>
    public double Take(float value)
    {
        int at = (int)(_seen++ % Ring);
        _values[at] = value;
        if (at < Shingle) _values[Ring + at] = value;
        if (_seen < Shingle) return 0;
        int first = (at + Ring - (Shingle - 1)) % Ring;
        Vector256<float> point = Point(first);
        (float low, float high) = (Largest, -Largest);
        Step[] path = _steps ??= new Step[Stride];
        double sum = 0, beside = 0;
        for (int tree = 0; tree < _trees; tree++)
        {
            int depth = -1, within = 0;
            if (_sizes[tree] > 0)
            {
                depth = Descend(path, tree, first);
                sum += Climb(path, point, depth, out within);
                (low, high) = (Math.Min(low, _least[tree]), Math.Max(high, _greatest[tree]));
                beside += path[depth].Low[Shingle - 1];
            }

            if (_random.Unit() * Math.Min(_seen, Window) < Rows) Insert(path, tree, point, first, within, depth);
            bool old = _sizes[tree] > 0 && ((first - _leaves[(tree * Stride) + _oldest[tree]]) & (Ring - 1)) >= Oldest;
            if (_sizes[tree] > Rows || old) Remove(tree, _oldest[tree], first);
        }

        Last = (low, high, (float)(beside / _trees));
        return sum / _trees;
    }

    public void Save(StateWriter writer)
    {
        writer.Int64(_seen);
        writer.Int64((long)_random.State);
        for (int i = 0; i < Math.Min(_seen, Ring); i++) writer.Single(_values[i]);
        for (int tree = 0; tree < _trees; tree++)
        {
            int from = tree * Stride, size = _sizes[tree];
            writer.Int32(size);
            for (int i = 0; i < size - 1; i++) writer.Single(_cuts[from + i]);
            writer.Bytes(_dimensions.AsSpan(from, Math.Max(0, size - 1)));
            writer.Bytes(_lefts.AsSpan(from, Math.Max(0, size - 1)));
            for (int i = 0; i < size; i++) writer.Int32(_leaves[from + i]);
        }
    }

    public void Load(StateReader reader)
    {
        _seen = reader.Int64();
        _random = new((ulong)reader.Int64());
        if (_seen < 0) throw new InvalidDataException("A count below zero.");
        for (int i = 0; i < Math.Min(_seen, Ring); i++)
        {
            float value = reader.Single();
            if (!(Math.Abs(value) <= Largest)) throw new InvalidDataException("A value that no point holds.");
            _values[i] = value;
            if (i < Shingle) _values[Ring + i] = value;
        }

        int first = (int)((_seen + Ring - Shingle) % Ring);
        for (int tree = 0; tree < _trees; tree++)
        {
            LoadTree(reader, tree);
            FindOldest(tree, first);
            FindRange(tree);
        }
    }

    private void LoadTree(StateReader reader, int tree)
    {
        int from = tree * Stride, size = _sizes[tree] = reader.Int32();
        if (size < 0 || size > Math.Min(Rows, _seen)) throw new InvalidDataException("A tree of too many.");
        int cuts = Math.Max(0, size - 1);
        for (int i = 0; i < cuts; i++) _cuts[from + i] = reader.Single();
        ReadOnlySpan<byte> dimensions = reader.Bytes();
        bool possible = dimensions.Length == cuts && !dimensions.ContainsAnyExceptInRange((byte)0, (byte)(Shingle - 1));
        if (possible) dimensions.CopyTo(_dimensions.AsSpan(from));
        ReadOnlySpan<byte> lefts = reader.Bytes();
        possible &= lefts.Length == cuts;
        if (possible) lefts.CopyTo(_lefts.AsSpan(from));
        for (int i = 0; i < size; i++)
        {
            int leaf = reader.Int32();
            possible &= leaf is >= 0 and < Ring;
            _leaves[from + i] = (ushort)leaf;
        }

        if (!possible || !IsTree(from, size)) throw new InvalidDataException("A tree that cannot be.");
    }

    /// <summary>Every node has a leaf on either side.</summary>
    private bool IsTree(int cut, int size)
    {
        if (size <= 1) return true;
        int left = _lefts[cut] + 1;
        return left < size && !float.IsNaN(_cuts[cut]) && IsTree(cut + 1, left) && IsTree(cut + left, size - left);
    }

    /// <summary>Walks to the leaf beside the point; returns its depth.</summary>
    private int Descend(Step[] path, int tree, int first)
    {
        int cut = tree * Stride, leaf = cut, size = _sizes[tree], depth = 0;
        for (; ; depth++)
        {
            ref Step step = ref path[depth];
            (step.Cut, step.Leaf, step.Size) = (cut, leaf, size);
            if (size == 1) return depth;
            // Either way is as likely: arithmetic instead of a branch that half of the time is guessed wrong.
            int left = _lefts[cut] + 1, right = (_values[first + _dimensions[cut]] <= _cuts[cut] ? 1 : 0) - 1;
            (cut, leaf, size) = (cut + 1 + (right & (left - 1)), leaf + (right & left), left + (right & (size - left - left)));
        }
    }

    /// <summary>
    /// Fills in the boxes on the way back, up to the first that holds the point; returns the expected inverse depth at which the point would be cut off. Boxes
    /// hold each other: within one, no cut above parts the point from the rest.
    /// </summary>
    private double Climb(Step[] path, Vector256<float> point, int depth, out int within)
    {
        ref Step below = ref path[depth];
        Vector256<float> low = Point(_leaves[below.Leaf]), high = low;
        (below.Low, below.High) = (low, high);
        double score = 1.0 / (depth + 1);
        within = depth;
        if (Vector256.EqualsAll(low, point)) return score;
        for (int k = depth - 1; k >= 0; k--)
        {
            within = k;
            ref Step step = ref path[k];
            if (below.Leaf > step.Leaf) Join(_leaves.AsSpan(step.Leaf, below.Leaf - step.Leaf), ref low, ref high);
            else Join(_leaves.AsSpan(below.Leaf + below.Size, step.Size - below.Size), ref low, ref high);
            (step.Low, step.High) = (low, high);
            below = ref step;
            if (Vector256.LessThanOrEqualAll(low, point) && Vector256.LessThanOrEqualAll(point, high)) break;
            double reach = Sum(high - low), with = Sum(Vector256.MaxNative(high, point) - Vector256.MinNative(low, point));
            score += (with > reach ? (with - reach) / with : 0) * ((1.0 / (k + 1)) - score);
        }

        return score;
    }

    private void Join(ReadOnlySpan<ushort> leaves, ref Vector256<float> low, ref Vector256<float> high)
    {
        ref float values = ref MemoryMarshal.GetArrayDataReference(_values);
        Vector256<float> lowToo = low, highToo = high, lowest = low, highest = high;
        ref ushort leaf = ref MemoryMarshal.GetReference(leaves);
        int i = 0;
        for (; i + 4 <= leaves.Length; i += 4)
        {
            Vector256<float> one = Vector256.LoadUnsafe(ref values, Unsafe.Add(ref leaf, i));
            Vector256<float> two = Vector256.LoadUnsafe(ref values, Unsafe.Add(ref leaf, i + 1));
            (lowest, highest) = (Vector256.MinNative(lowest, one), Vector256.MaxNative(highest, one));
            (lowToo, highToo) = (Vector256.MinNative(lowToo, two), Vector256.MaxNative(highToo, two));
            (one, two) = (Vector256.LoadUnsafe(ref values, Unsafe.Add(ref leaf, i + 2)), Vector256.LoadUnsafe(ref values, Unsafe.Add(ref leaf, i + 3)));
            (lowest, highest) = (Vector256.MinNative(lowest, one), Vector256.MaxNative(highest, one));
            (lowToo, highToo) = (Vector256.MinNative(lowToo, two), Vector256.MaxNative(highToo, two));
        }

        for (; i < leaves.Length; i++)
        {
            Vector256<float> one = Vector256.LoadUnsafe(ref values, Unsafe.Add(ref leaf, i));
            (lowest, highest) = (Vector256.MinNative(lowest, one), Vector256.MaxNative(highest, one));
        }

        (low, high) = (Vector256.MinNative(lowest, lowToo), Vector256.MaxNative(highest, highToo));
    }

    /// <summary>The cut that parts the point from a subtree on its way falls where the algorithm, had it seen the point first, would have cut.</summary>
    private void Insert(Step[] path, int tree, Vector256<float> point, int first, int from, int depth)
    {
        int k = from, dimension = 0;
        float cut = float.PositiveInfinity; // For a point that equals all of a subtree: no cut parts them.
        bool left = false;
        for (; k <= depth; k++)
        {
            bool within = Vector256.LessThanOrEqualAll(path[k].Low, point) && Vector256.LessThanOrEqualAll(point, path[k].High);
            if (within && k < depth) continue; // Wherever the cut fell, it would not part the point from the box.
            Vector256<float> least = Vector256.MinNative(path[k].Low, point), range = Vector256.MaxNative(path[k].High, point) - least;
            double reach = Sum(range);
            if (reach == 0) break;
            double at = _random.Unit() * reach;
            for (dimension = 0; dimension < Shingle - 1 && at >= range[dimension]; dimension++) at -= range[dimension];
            while (range[dimension] == 0) dimension--; // Rounding led beyond the last that reaches anywhere.
            float value = _values[first + dimension], low = path[k].Low[dimension], high = path[k].High[dimension];
            cut = least[dimension] + (float)Math.Min(at, range[dimension]);
            left = value < low;
            if (left ? cut < low : value > high && cut >= high)
            {
                if (!left) cut = Math.Min(cut, MathF.BitDecrement(value));
                break;
            }

            if (k < depth) continue;
            cut = left ? value : high; // A leaf is parted from any other point.
            break;
        }

        int cuts = tree * Stride, size = _sizes[tree]++;
        float last = point[Shingle - 1];
        (_least[tree], _greatest[tree]) = size == 0 ? (last, last) : (Math.Min(_least[tree], last), Math.Max(_greatest[tree], last));
        if (size == 0)
        {
            (_leaves[cuts], _oldest[tree]) = ((ushort)first, 0);
            return;
        }

        for (int j = 0; j < k; j++)
            if (path[j + 1].Leaf == path[j].Leaf) _lefts[path[j].Cut]++;
        int node = path[k].Cut, leaf = left ? path[k].Leaf : path[k].Leaf + path[k].Size, end = cuts + size;
        Open(_cuts, node, end - 1) = cut;
        Open(_dimensions, node, end - 1) = (byte)dimension;
        Open(_lefts, node, end - 1) = (byte)(left ? 0 : path[k].Size - 1);
        Open(_leaves, leaf, end) = (ushort)first;
        if (leaf - cuts <= _oldest[tree]) _oldest[tree]++;
    }

    private void Remove(int tree, int leaf, int first)
    {
        int node = tree * Stride, from = node, size = _sizes[tree]--, own = from + leaf, before = from, count = size;
        float last = _values[_leaves[own] + Shingle - 1];
        while (count > 1)
        {
            int left = _lefts[node] + 1;
            bool inLeft = own < before + left;
            if ((inLeft ? left : count - left) == 1) break;
            if (inLeft)
            {
                _lefts[node]--;
                (node, count) = (node + 1, left);
            }
            else
            {
                (node, before, count) = (node + left, before + left, count - left);
            }
        }

        if (count > 1)
        {
            Close(_cuts, node, from + size - 1);
            Close(_dimensions, node, from + size - 1);
            Close(_lefts, node, from + size - 1);
        }

        Close(_leaves, own, from + size);
        FindOldest(tree, first);
        if (last == _least[tree] || last == _greatest[tree]) FindRange(tree);
    }

    private void FindRange(int tree)
    {
        (float least, float greatest) = (Largest, -Largest);
        foreach (ushort leaf in _leaves.AsSpan(tree * Stride, _sizes[tree]))
            (least, greatest) = (Math.Min(least, _values[leaf + Shingle - 1]), Math.Max(greatest, _values[leaf + Shingle - 1]));
        (_least[tree], _greatest[tree]) = (least, greatest);
    }

    private void FindOldest(int tree, int first)
    {
        ReadOnlySpan<ushort> leaves = _leaves.AsSpan(tree * Stride, _sizes[tree]);
        int oldest = 0; // Its age, and in the lower bits where it is: one comparison, no branch.
        for (int i = 0; i < leaves.Length; i++) oldest = Math.Max(oldest, (((first - leaves[i]) & (Ring - 1)) << 9) | i);
        _oldest[tree] = oldest & 511;
    }

    private static ref T Open<T>(T[] items, int at, int end)
    {
        Array.Copy(items, at, items, at + 1, end - at);
        return ref items[at];
    }

    private static void Close<T>(T[] items, int at, int end) => Array.Copy(items, at + 1, items, at, end - at - 1);

    private Vector256<float> Point(int first) => Vector256.LoadUnsafe(ref _values[0], (nuint)first);

    /// <summary>The eight added in one order, whatever the machine.</summary>
    private static float Sum(Vector256<float> values)
    {
        Vector128<float> half = values.GetLower() + values.GetUpper();
        return half[0] + half[2] + (half[1] + half[3]);
    }

    /// <summary>A node on the way: its cut, its first leaf and how many it has; the box of their points.</summary>
    private struct Step
    {
        public Vector256<float> Low;
        public Vector256<float> High;
        public int Cut;
        public int Leaf;
        public int Size;
    }
}
