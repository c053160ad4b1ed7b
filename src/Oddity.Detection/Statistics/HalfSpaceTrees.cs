namespace Oddity.Detection.Statistics;

/// <summary>
/// Half-space trees (Tan, Ting and Liu, IJCAI 2011) over two figures, each tree halving a randomly placed workspace eight times, the two figures by turns.
/// Halves
/// of halves are cells of a grid, so no tree is built: a point's cell is computed, and what a walk down would have found is kept for each cell.
/// <code>
/// mass(cell) = m · 2^depth of the first node on the way to it with m &lt; a tenth of the window's points, or at the bottom
/// </code>
/// To score O(trees), to fit O(trees · points); 2 bytes a cell, 13 KB for 25 trees.
/// </summary>
internal sealed class HalfSpaceTrees
{
    /// <summary>Points of a profile at most, so that a mass fits 16 bits.</summary>
    public const int Most = 255;

    private const int Height = 8;
    private const int Cells = 1 << Height;
    private const int Side = 1 << (Height / 2);

    private readonly Grid[] _grids;
    private readonly ushort[] _masses;
    private (double Least, double Scale) _values;
    private (double Least, double Scale) _changes;

    public HalfSpaceTrees(int trees, ulong seed)
    {
        (_grids, _masses) = (new Grid[trees], new ushort[trees * Cells]);
        var random = new SplitMix(seed);
        for (int tree = 0; tree < trees; tree++)
            _grids[tree] = new(Place(ref random), Place(ref random), random.Below(2) == 1);
    }

    /// <summary>Takes the points as the reference: figures are placed between the 2nd and 98th percentile of them, masses counted.</summary>
    public void Fit(ReadOnlySpan<double> values, ReadOnlySpan<double> changes)
    {
        (_values, _changes) = (Scale(values), Scale(changes));
        Span<int> nodes = stackalloc int[2 * Cells];
        for (int tree = 0; tree < _grids.Length; tree++)
        {
            nodes.Clear();
            for (int i = 0; i < values.Length; i++) nodes[Cells + Cell(_grids[tree], Placed(values[i], _values), Placed(changes[i], _changes))]++;
            for (int node = Cells - 1; node > 0; node--) nodes[node] = nodes[2 * node] + nodes[(2 * node) + 1];
            for (int cell = 0; cell < Cells; cell++) _masses[(tree * Cells) + cell] = (ushort)Mass(nodes, cell, values.Length / 10);
        }
    }

    /// <summary>Sum of the masses of the cells a point falls into; 0 where no point of the reference was near it in any tree.</summary>
    public int Mass(double value, double change)
    {
        double x = Placed(value, _values), y = Placed(change, _changes);
        int sum = 0;
        for (int tree = 0; tree < _grids.Length; tree++) sum += _masses[(tree * Cells) + Cell(_grids[tree], x, y)];
        return sum;
    }

    /// <summary>How far the point is beyond the reference's 2nd to 98th percentile, in distances between those, both figures together; 0 within.</summary>
    public double Beyond(double value, double change)
    {
        double x = Placed(value, _values), y = Placed(change, _changes);
        return Math.Max(0, Math.Max(-x, x - 1)) + Math.Max(0, Math.Max(-y, y - 1));
    }

    private static int Mass(ReadOnlySpan<int> nodes, int cell, int few)
    {
        for (int depth = 0; depth < Height; depth++)
        {
            int mass = nodes[(1 << depth) + (cell >> (Height - depth))];
            if (mass < few) return mass << depth;
        }

        return nodes[Cells + cell] << Height;
    }

    /// <summary>A workspace from s − 2·max(s, 1 − s) to s + 2·max(s, 1 − s) around a random s, as first cell and cells a unit.</summary>
    private static (double Least, double Scale) Place(ref SplitMix random)
    {
        double s = random.Unit(), half = 2 * Math.Max(s, 1 - s);
        return (s - half, Side / (2 * half));
    }

    private static (double Least, double Scale) Scale(ReadOnlySpan<double> figures)
    {
        Span<double> sorted = stackalloc double[figures.Length];
        figures.CopyTo(sorted);
        sorted.Sort();
        int cut = sorted.Length / 50;
        double least = sorted[cut], greatest = sorted[^(cut + 1)];
        if (!(greatest > least)) (least, greatest) = (sorted[0], sorted[^1]);
        double scale = 1 / (greatest - least);
        return (least, double.IsFinite(scale) ? scale : 0);
    }

    private static double Placed(double figure, (double Least, double Scale) by) => Math.Clamp((figure - by.Least) * by.Scale, -100.0, 100.0);

    private static int Cell(in Grid grid, double x, double y)
    {
        int column = Spread(Math.Clamp((int)((x - grid.X.Least) * grid.X.Scale), 0, Side - 1));
        int row = Spread(Math.Clamp((int)((y - grid.Y.Least) * grid.Y.Scale), 0, Side - 1));
        return grid.ChangeFirst ? (row << 1) | column : (column << 1) | row;
    }

    /// <summary>Four bits, each followed by room for one of the other figure's.</summary>
    private static int Spread(int cell) => ((cell & 8) << 3) | ((cell & 4) << 2) | ((cell & 2) << 1) | (cell & 1);

    private readonly record struct Grid((double Least, double Scale) X, (double Least, double Scale) Y, bool ChangeFirst);
}
