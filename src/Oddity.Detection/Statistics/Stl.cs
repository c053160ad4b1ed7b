namespace Oddity.Detection.Statistics;

/// <summary>
/// Seasonal-trend decomposition by loess: values = trend + season + remainder
/// (R. B. Cleveland, W. S. Cleveland, McRae and Terpenning, "STL", Journal of Official Statistics 6, 1990). Each inner round smooths every phase of the season
/// for itself, takes what is slow out of it, and smooths the rest to the trend; each outer round weighs points down by their remainder,
/// <code>
/// weight = (1 − (|remainder| / 6·median |remainder|)²)²
/// </code>
/// Results agree with statsmodels' to about 1e-12 of the values' size. Keeps its work space: one object decomposes series after series of one length without allocating.
/// </summary>
public sealed class Stl
{
    private readonly StlOptions _options;
    private readonly SeasonalLoess _seasonal;
    private readonly Loess _lowPass;
    private readonly Loess _trendLoess;
    private double[] _extended = [];
    private double[] _moving = [];
    private double[] _moved = [];
    private double[] _work = [];
    private double[] _suffix = [];

    /// <exception cref="ArgumentOutOfRangeException">A period below 2, or a span that is even or too small.</exception>
    public Stl(StlOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Period, 2, "Period");
        if (options.Seasonal < 3 || options.Seasonal % 2 == 0) throw new ArgumentOutOfRangeException(nameof(options), options.Seasonal, "Seasonal must be odd, 3 or more.");
        if (options.TrendSpan <= options.Period || options.TrendSpan % 2 == 0) throw new ArgumentOutOfRangeException(nameof(options), options.Trend, "Trend must be odd and greater than the period.");
        _options = options;
        int trend = options.TrendSpan, low = options.LowPassSpan;
        _seasonal = new(options.Period, options.Seasonal, options.SeasonalDegree, options.Jump(options.Seasonal));
        _lowPass = new(low, 1, options.Jump(low), weighted: false);
        _trendLoess = new(trend, 1, options.Jump(trend), options.Robust);
    }

    /// <summary>Trend of the last decomposed series.</summary>
    public ReadOnlySpan<double> Trend => _trend;

    /// <summary>Season of the last decomposed series; about 0 over each period.</summary>
    public ReadOnlySpan<double> Season => _season;

    /// <summary>Weights that the last robustness round gave the points, 0 to 1; all 1 where the decomposition is not robust.</summary>
    public ReadOnlySpan<double> Weights => _weights;

    private double[] _trend = [];
    private double[] _season = [];
    private double[] _weights = [];

    /// <summary>Decomposes finite values that span two periods or more.</summary>
    /// <exception cref="ArgumentException">Fewer than two periods.</exception>
    public void Decompose(ReadOnlySpan<double> values)
    {
        int n = values.Length, period = _options.Period;
        if (n < 2 * period) throw new ArgumentException("Two whole periods are needed.", nameof(values));
        if (_trend.Length != n)
        {
            (_trend, _season, _weights, _work) = (new double[n], new double[n], new double[n], new double[n]);
            (_extended, _moving, _moved, _suffix) = (new double[n + (2 * period)], new double[n + (2 * period)], new double[n + (2 * period)], new double[period]);
        }

        Array.Clear(_trend);
        Array.Fill(_weights, 1.0);
        _trendLoess.SetWeights([]);
        for (int outer = 0; ; outer++)
        {
            for (int inner = 0; inner < _options.InnerRounds; inner++) Round(values, weighted: outer > 0);
            if (outer == _options.OuterRounds) return;
            for (int i = 0; i < n; i++) _work[i] = Math.Abs(values[i] - _trend[i] - _season[i]);
            Weigh(_work, _moving, _weights);
            _trendLoess.SetWeights(_weights);
        }
    }

    private void Round(ReadOnlySpan<double> values, bool weighted)
    {
        int n = values.Length, period = _options.Period;
        for (int i = 0; i < n; i++) _work[i] = values[i] - _trend[i];
        _seasonal.Smooth(_work, weighted ? _weights : default, _extended);
        MovingMean(_extended, _moving, period);
        MovingMean(_moving.AsSpan(0, n + period + 1), _moved, period);
        for (int i = 0; i < n; i++) _moving[i] = (_moved[i] + _moved[i + 1] + _moved[i + 2]) / 3;
        _lowPass.Smooth(_moving.AsSpan(0, n), _season);
        for (int i = 0; i < n; i++)
        {
            _season[i] = _extended[period + i] - _season[i];
            _work[i] = values[i] - _season[i];
        }

        _trendLoess.Smooth(_work, _trend);
    }

    /// <summary>Means of so many neighbours, from sums up to and from the ends of blocks: nothing is subtracted, so nothing large leaves a trace.</summary>
    private void MovingMean(ReadOnlySpan<double> x, Span<double> result, int width)
    {
        int count = x.Length - width + 1;
        double inverse = 1.0 / width;
        for (int start = 0; start < count; start += width)
        {
            double sum = 0;
            for (int i = width - 1; i >= 0; i--) _suffix[i] = sum += x[start + i];
            int end = Math.Min(width, count - start);
            sum = 0;
            result[start] = _suffix[0] * inverse;
            for (int i = 1; i < end; i++)
            {
                sum += x[start + width + i - 1];
                result[start + i] = (_suffix[i] + sum) * inverse;
            }
        }
    }

    /// <summary>Turns remainders' sizes into weights; the work space is as long or longer.</summary>
    internal static void Weigh(ReadOnlySpan<double> sizes, Span<double> work, Span<double> weights)
    {
        int n = sizes.Length;
        sizes.CopyTo(work);
        work = work[..n];
        double high = Selection.Take(work, n / 2), low = n % 2 == 1 ? high : Selection.Greatest(work[..(n / 2)]);
        double reach = 3 * (high + low), far = 0.999 * reach, near = 0.001 * reach;
        for (int i = 0; i < n; i++)
        {
            double share = sizes[i] / reach, rest = 1 - (share * share);
            weights[i] = sizes[i] <= near ? 1 : sizes[i] <= far ? rest * rest : 0;
        }
    }
}
