using Oddity.Detection.Statistics;

namespace Oddity.Detection.Evaluation;

/// <summary>
/// What each row of a series is worth by the rule of the Numenta Anomaly Benchmark 1.1, before a profile weighs it: the first min(15 %, 750) rows do not
/// count; in a window the earlier the better, (2·σ(5r) − 1) / (2·σ(5) − 1) for r = 1 at its first row to 1/width at its last; behind a window up to three
/// widths (2·σ(−5d) − 1); elsewhere −1.
/// </summary>
public sealed class NabSeries
{
    private const double ProbationShare = 0.15, ProbationRows = 750, Steepness = 5, Reach = 3;
    private static readonly double s_first = Sigmoid(Steepness);

    /// <param name="judged">The series; its labels play no part.</param>
    /// <param name="windows">The labelled windows, in order.</param>
    public NabSeries(JudgedSeries judged, IReadOnlyList<Segment> windows)
    {
        (Judged, Windows) = (judged, windows);
        int rows = judged.Alarms.Length;
        Probation = (int)Math.Ceiling(Math.Min(Math.Floor(ProbationShare * rows), ProbationRows));
        (Worth, WindowOf) = (new double[rows], new int[rows]);
        Array.Fill(Worth, -1);
        Array.Fill(WindowOf, -1);
        for (int window = 0; window < windows.Count; window++) Lay(window, window + 1 < windows.Count ? windows[window + 1].First : rows);
        Scorable = WindowOf.Skip(Probation).Where(window => window >= 0).Distinct().Count();
    }

    public JudgedSeries Judged { get; }

    public IReadOnlyList<Segment> Windows { get; }

    /// <summary>Rows at the start that do not count.</summary>
    internal int Probation { get; }

    /// <summary>−1..1 for each row.</summary>
    internal double[] Worth { get; }

    /// <summary>Index of the window each row is in, −1 outside.</summary>
    internal int[] WindowOf { get; }

    /// <summary>Windows with a row that counts.</summary>
    internal int Scorable { get; }

    private void Lay(int index, int next)
    {
        Segment window = Windows[index];
        for (int i = window.First; i <= window.Last; i++)
        {
            Worth[i] = Sigmoid(Steepness * (window.Last - i + 1) / window.Length) / s_first;
            WindowOf[i] = index;
        }

        for (int i = window.Last + 1; i < next; i++)
        {
            double distance = (i - window.Last) / (double)Math.Max(window.Length - 1, 1);
            Worth[i] = distance > Reach ? -1 : Sigmoid(-Steepness * distance);
        }
    }

    /// <summary>2·σ(x) − 1.</summary>
    private static double Sigmoid(double x) => (2 / (1 + Elementary.Exp(-x))) - 1;
}
