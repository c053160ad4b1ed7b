namespace Oddity.Detection.Statistics;

/// <summary>
/// An isolation forest (Liu, Ting and Zhou, ICDM 2008): random splits part rare rows from the rest after few steps. Flat arrays, one heap-ordered tree after
/// another; seeded, so the same rows and seed give the same forest. Score 2^(−E(path) / c(n)): about 0.5 for a row like the others, towards 1 for a rare one.
/// </summary>
internal sealed class IsolationTrees
{
    private const int TreeCount = 100;
    private const int SampleSize = 256;

    private readonly int _dimensions;
    private readonly int _height;
    private readonly int _nodes;
    private readonly double _usual;
    private readonly byte[] _dimension;
    private readonly double[] _split;
    private readonly float[] _extra;

    /// <param name="rows">Row after row, <paramref name="dimensions"/> values each; at least two rows.</param>
    /// <param name="dimensions">1 to 254.</param>
    /// <param name="seed">Same seed, same forest.</param>
    public IsolationTrees(ReadOnlySpan<double> rows, int dimensions, ulong seed)
    {
        int count = rows.Length / dimensions;
        int taken = Math.Min(SampleSize, count);
        _dimensions = dimensions;
        _height = (int)Math.Ceiling(Math.Log2(Math.Max(taken, 2)));
        _nodes = (1 << (_height + 1)) - 1;
        _usual = UsualPath(taken);
        _dimension = new byte[TreeCount * _nodes];
        _split = new double[TreeCount * _nodes];
        _extra = new float[TreeCount * _nodes];
        int[] order = new int[count];
        var random = new SplitMix(seed);
        for (int tree = 0; tree < TreeCount; tree++)
        {
            for (int i = 0; i < count; i++) order[i] = i;
            for (int i = 0; i < taken; i++)
            {
                int other = i + random.Below(count - i);
                (order[i], order[other]) = (order[other], order[i]);
            }

            Grow(rows, order.AsSpan(0, taken), tree * _nodes, 0, 0, ref random);
        }
    }

    public double Score(ReadOnlySpan<double> row)
    {
        double path = 0;
        for (int tree = 0; tree < TreeCount; tree++)
        {
            int first = tree * _nodes, node = 0, depth = 0;
            while (_dimension[first + node] != 0)
            {
                node = (2 * node) + (row[_dimension[first + node] - 1] < _split[first + node] ? 1 : 2);
                depth++;
            }

            path += depth + _extra[first + node];
        }

        return Math.Pow(2, -path / TreeCount / _usual);
    }

    /// <summary>Average path of an unsuccessful search in a binary tree of n rows.</summary>
    private static double UsualPath(int n) => n <= 1 ? 0 : n == 2 ? 1 : (2 * (Math.Log(n - 1) + 0.5772156649)) - (2.0 * (n - 1) / n);

    private void Grow(ReadOnlySpan<double> rows, Span<int> own, int first, int node, int depth, ref SplitMix random)
    {
        _extra[first + node] = (float)UsualPath(own.Length);
        if (own.Length <= 1 || depth == _height) return;
        int start = random.Below(_dimensions);
        for (int attempt = 0; attempt < _dimensions; attempt++)
        {
            int dimension = (start + attempt) % _dimensions;
            (double low, double high) = (double.MaxValue, double.MinValue);
            foreach (int row in own)
            {
                double value = rows[(row * _dimensions) + dimension];
                (low, high) = (Math.Min(low, value), Math.Max(high, value));
            }

            // Rows that are equal here cannot be parted here: another dimension may.
            if (!(high > low)) continue;
            double split = low + (random.Unit() * (high - low));
            if (!(split > low)) split = high;
            int left = 0;
            for (int i = 0; i < own.Length; i++)
            {
                if (rows[(own[i] * _dimensions) + dimension] >= split) continue;
                (own[i], own[left]) = (own[left], own[i]);
                left++;
            }

            (_dimension[first + node], _split[first + node]) = ((byte)(dimension + 1), split);
            Grow(rows, own[..left], first, (2 * node) + 1, depth + 1, ref random);
            Grow(rows, own[left..], first, (2 * node) + 2, depth + 1, ref random);
            return;
        }
    }
}
