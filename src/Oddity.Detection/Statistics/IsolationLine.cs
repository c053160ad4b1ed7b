namespace Oddity.Detection.Statistics;

/// <summary>
/// An isolation forest over single values, folded into a table. Every tree takes all rows and only the gaps between sorted rows matter for which rows a split parts,
/// so a forest of any number of trees is one average path for each row: a value takes the path of the row whose gap-middles it lies between.
/// </summary>
/// <remarks>To fit O(trees · rows), about 0.2 ms for 100 trees of 256 rows; to score a binary search, about 20 ns; 16 bytes a row.</remarks>
internal sealed class IsolationLine
{
    private readonly double[] _edges;
    private readonly double[] _scores;

    /// <param name="sorted">The rows, smallest first; at least two.</param>
    /// <param name="trees">Number of trees.</param>
    /// <param name="seed">Same seed, same forest.</param>
    public IsolationLine(ReadOnlySpan<double> sorted, int trees, ulong seed)
    {
        int n = sorted.Length;
        int height = n <= 1 ? 0 : System.Numerics.BitOperations.Log2((uint)(n - 1)) + 1;
        double[] paths = new double[n];
        var random = new SplitMix(seed);
        for (int tree = 0; tree < trees; tree++) Grow(sorted, paths, 0, n, 0, height, ref random);
        double usual = IsolationTrees.UsualPath(n);
        _scores = Array.ConvertAll(paths, path => Elementary.Pow(2, -path / trees / usual));
        _edges = new double[n - 1];
        for (int i = 0; i < _edges.Length; i++) _edges[i] = (sorted[i] / 2) + (sorted[i + 1] / 2);
    }

    private IsolationLine(double[] edges, double[] scores) => (_edges, _scores) = (edges, scores);

    /// <summary>Scores of the rows it was made from, in their order of size.</summary>
    public ReadOnlySpan<double> Scores => _scores;

    /// <summary>2^(−E(path) / c(n)): about 0.5 for a value like the others, towards 1 for a rare one.</summary>
    public double Score(double value)
    {
        int low = 0, high = _edges.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_edges[middle] < value) low = middle + 1;
            else high = middle;
        }

        return _scores[low];
    }

    public void Save(StateWriter writer)
    {
        writer.Int32(_scores.Length);
        foreach (double edge in _edges) writer.Double(edge);
        foreach (double score in _scores) writer.Double(score);
    }

    /// <param name="reader">Holds what <see cref="Save"/> wrote.</param>
    /// <param name="mostRows">A saved table of more is refused.</param>
    public static IsolationLine Load(StateReader reader, int mostRows)
    {
        int rows = reader.Count(8);
        if (rows < 2 || rows > mostRows) throw new InvalidDataException("A forest of too few or too many rows.");
        double[] edges = new double[rows - 1], scores = new double[rows];
        for (int i = 0; i < edges.Length; i++) edges[i] = reader.Double();
        for (int i = 0; i < rows; i++)
        {
            scores[i] = reader.Double();
            if (scores[i] is not (>= 0 and <= 1)) throw new InvalidDataException("A score beyond 0 to 1.");
        }

        return new(edges, scores);
    }

    private static void Grow(ReadOnlySpan<double> sorted, Span<double> paths, int from, int to, int depth, int height, ref SplitMix random)
    {
        double low = sorted[from], high = sorted[to - 1];
        if (to - from <= 1 || depth == height || !(high > low))
        {
            double path = depth + IsolationTrees.UsualPath(to - from);
            for (int i = from; i < to; i++) paths[i] += path;
            return;
        }

        double split = low + (random.Unit() * (high - low));
        int left = from + 1, right = to - 1; // The least row is always left of the split, the greatest right of it.
        while (left < right)
        {
            int middle = (left + right) >>> 1;
            if (sorted[middle] < split) left = middle + 1;
            else right = middle;
        }

        Grow(sorted, paths, from, left, depth + 1, height, ref random);
        Grow(sorted, paths, left, to, depth + 1, height, ref random);
    }
}
