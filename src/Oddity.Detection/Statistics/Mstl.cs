namespace Oddity.Detection.Statistics;

/// <summary>
/// Decomposition with several seasons: each in turn, the shortest first, from what the others leave, twice around (Bandara, Hyndman and Bergmeir, "MSTL", 2021). Without any season a
/// robust loess gives the trend.
/// </summary>
public sealed class Mstl
{
    private const int Rounds = 2;

    /// <summary>Span of the trend without a season, and its robustness rounds.</summary>
    private const int LoneSpan = 97, LoneRounds = 4;

    private readonly double[][] _seasons;
    private readonly double[] _trend;

    /// <param name="values">Finite values that span two of each period or more.</param>
    /// <param name="periods">Periods in points, shortest first; may be empty.</param>
    /// <param name="options">Everything but the period, which is not looked at.</param>
    public Mstl(ReadOnlySpan<double> values, IReadOnlyList<int> periods, StlOptions options)
    {
        ArgumentNullException.ThrowIfNull(periods);
        ArgumentNullException.ThrowIfNull(options);
        int n = values.Length;
        _trend = new double[n];
        _seasons = [.. periods.Select(_ => new double[n])];
        if (periods.Count == 0)
        {
            Lone(values, options);
            return;
        }

        double[] rest = [.. values];
        Stl[] stls = [.. periods.Select(period => new Stl(options with { Period = period }))];
        for (int round = 0; round < (periods.Count > 1 ? Rounds : 1); round++)
        {
            for (int s = 0; s < stls.Length; s++)
            {
                for (int i = 0; i < n; i++) rest[i] += _seasons[s][i];
                stls[s].Decompose(rest);
                stls[s].Season.CopyTo(_seasons[s]);
                for (int i = 0; i < n; i++) rest[i] -= _seasons[s][i];
            }
        }

        stls[^1].Trend.CopyTo(_trend);
    }

    public ReadOnlySpan<double> Trend => _trend;

    /// <summary>The season of the period at that place.</summary>
    public ReadOnlySpan<double> Season(int at) => _seasons[at];

    private void Lone(ReadOnlySpan<double> values, StlOptions options)
    {
        int n = values.Length, span = Math.Min(LoneSpan, n % 2 == 0 ? n - 1 : n);
        var loess = new Loess(Math.Max(3, span), 1, options.Jump(span), weighted: true);
        loess.Smooth(values, _trend);
        double[] weights = new double[n], sizes = new double[n], work = new double[n];
        for (int round = 0; options.Robust && round < LoneRounds; round++)
        {
            for (int i = 0; i < n; i++) sizes[i] = Math.Abs(values[i] - _trend[i]);
            Stl.Weigh(sizes, work, weights);
            loess.SetWeights(weights);
            loess.Smooth(values, _trend);
        }
    }
}
