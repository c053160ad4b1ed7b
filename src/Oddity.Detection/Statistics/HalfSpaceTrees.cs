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

    /// <summary>Four bits, each followed by room for one of the other figure's.</summary>
    private static ReadOnlySpan<byte> Spread => [0, 1, 4, 5, 16, 17, 20, 21, 64, 65, 68, 69, 80, 81, 84, 85];

    private readonly Grid[] _grids;
    private readonly ushort[] _masses;
    private (double Least, double Scale) _values;
    private (double Least, double Scale) _changes;

    public HalfSpaceTrees(int trees, ulong seed)
    {
        (_grids, _masses) = (new Grid[trees], new ushort[trees * Cells]);
        var random = new SplitMix(seed);
        for (int tree = 0; tree < trees; tree++)
        {
            ((double leastX, double scaleX), (double leastY, double scaleY)) = (Place(ref random), Place(ref random));
            // The change first: its bits are the higher of each pair.
            _grids[tree] = new((float)leastX, (float)scaleX, (float)leastY, (float)scaleY, random.Below(2) == 1 ? 0 : 1);
        }
    }

    /// <summary>Takes the points as the reference: figures are placed between the 2nd and 98th percentile of them, masses counted.</summary>
    public void Fit(ReadOnlySpan<double> values, ReadOnlySpan<double> changes)
    {
        (_values, _changes) = (Scale(values), Scale(changes));
        int points = values.Length;
        Span<double> x = stackalloc double[points], y = stackalloc double[points];
        for (int i = 0; i < points; i++) (x[i], y[i]) = (Placed(values[i], _values), Placed(changes[i], _changes));
        Span<int> nodes = stackalloc int[2 * Cells];
        for (int tree = 0; tree < _grids.Length; tree++)
        {
            nodes.Clear();
            ref readonly Grid grid = ref _grids[tree];
            for (int i = 0; i < points; i++) nodes[Cells + Cell(grid, x[i], y[i])]++;
            for (int node = Cells - 1; node > 0; node--) nodes[node] = nodes[2 * node] + nodes[(2 * node) + 1];
            Masses(nodes, points / 10, _masses.AsSpan(tree * Cells, Cells));
        }
    }

    /// <summary>Sum of the masses of the cells a point falls into; 0 where no point of the reference was near it in any tree.</summary>
    public int Mass(double value, double change)
    {
        double x = Placed(value, _values), y = Placed(change, _changes);
        Span<int> cells = stackalloc int[_grids.Length];
        for (int tree = 0; tree < cells.Length; tree++)
        {
            cells[tree] = (tree * Cells) + Cell(_grids[tree], x, y);
            Ahead.Fetch(ref _masses[cells[tree]]);
        }

        int sum = 0;
        foreach (int cell in cells) sum += _masses[cell];
        return sum;
    }

    /// <summary>How far the point is beyond the reference's 2nd to 98th percentile, in distances between those, both figures together; 0 within.</summary>
    public double Beyond(double value, double change)
    {
        double x = Placed(value, _values), y = Placed(change, _changes);
        return Math.Max(0, Math.Max(-x, x - 1)) + Math.Max(0, Math.Max(-y, y - 1));
    }

    /// <summary>Hands each node's mass down: from the first node on the way that holds few, or from the bottom. Overwrites the nodes.</summary>
    private static void Masses(Span<int> nodes, int few, Span<ushort> masses)
    {
        if (nodes[1] < few)
        {
            masses.Fill((ushort)nodes[1]);
            return;
        }

        // A node that was decided has its mass as a number below zero, less one.
        for (int depth = 1; depth <= Height; depth++)
        {
            for (int node = 1 << depth; node < 2 << depth; node++)
            {
                int above = nodes[node >> 1];
                if (above < 0) nodes[node] = above;
                else if (nodes[node] < few || depth == Height) nodes[node] = -(nodes[node] << depth) - 1;
            }
        }

        for (int cell = 0; cell < Cells; cell++) masses[cell] = (ushort)(-nodes[Cells + cell] - 1);
    }

    /// <summary>A workspace from s − 2·max(s, 1 − s) to s + 2·max(s, 1 − s) around a random s, as first cell and cells a unit.</summary>
    private static (double Least, double Scale) Place(ref SplitMix random)
    {
        double s = random.Unit(), half = 2 * Math.Max(s, 1 - s);
        return (s - half, Side / (2 * half));
    }

    private static (double Least, double Scale) Scale(ReadOnlySpan<double> figures)
    {
        Span<double> copy = stackalloc double[figures.Length];
        figures.CopyTo(copy);
        int cut = copy.Length / 50;
        double least = Selection.Take(copy, cut), greatest = Selection.Take(copy, copy.Length - 1 - cut);
        if (!(greatest > least)) (least, greatest) = (Selection.Take(copy, 0), Selection.Take(copy, copy.Length - 1));
        double scale = 1 / (greatest - least);
        return (least, double.IsFinite(scale) ? scale : 0);
    }

    private static double Placed(double figure, (double Least, double Scale) by) => Math.Clamp((figure - by.Least) * by.Scale, -100.0, 100.0);

    private static int Cell(in Grid grid, double x, double y)
    {
        int column = Spread[Math.Clamp((int)((x - grid.LeastX) * grid.ScaleX), 0, Side - 1)];
        int row = Spread[Math.Clamp((int)((y - grid.LeastY) * grid.ScaleY), 0, Side - 1)];
        return (column << grid.ShiftX) | (row << (1 - grid.ShiftX));
    }

    /// <summary>A tree's workspace; floats, for the place was drawn by lot anyway. Which figure is halved first has the higher bits.</summary>
    private readonly record struct Grid(float LeastX, float ScaleX, float LeastY, float ScaleY, int ShiftX);
}
