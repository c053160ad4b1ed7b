namespace Oddity.Detection.Statistics;

/// <summary>
/// The additive model of Taylor and Letham, "Forecasting at scale", The American Statistician 72, 2018:
/// <code>
/// value / max |value| = k·t + m + Σ δⱼ·max(0, t − sⱼ) + Σ βᵢ·(sines and cosines of day, week, year; holidays) + noise,   t from 0 to 1
/// k, m ~ N(0, 5)   δ ~ Laplace(0, 0.05)   β ~ N(0, 10)   deviation of the noise ~ |N(0, 0.5)|
/// </code>
/// fitted to its most probable parameters. Squares and products of all regressors are summed once; after that the objective is a quadratic form
/// and no point is looked at again. For a given deviation it is solved exactly (<see cref="SlopeChanges"/> after everything without a Laplace prior was eliminated), the
/// deviation then follows in closed form, and the two alternate until neither moves.
/// O(n · regressors²) with a small factor to sum, some tens of small systems to solve. Weakness: no cycles but those of the calendar; the trend goes straight on after the last point.
/// </summary>
public sealed class Prophet
{
    private const double TrendPrior = 5;
    private const double NoisePrior = 0.5;
    private const int MostRounds = 100;

    private readonly ProphetFeatures _features;
    private readonly double[] _changepoints;
    private readonly double[] _slopes;
    private readonly double[] _coefficients;
    private readonly double[] _row;
    private readonly double _middle;
    private readonly double _scale;
    private double _variance;
    private readonly double _spread;

    /// <summary>Fits to points in order of time, two or more; values finite and within ±1e150.</summary>
    /// <param name="timesMs">Milliseconds since 1970, none before the one ahead of it.</param>
    /// <param name="values">As many.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <exception cref="ArgumentException">Fewer than two points, or not as many times as values.</exception>
    public Prophet(ReadOnlySpan<long> timesMs, ReadOnlySpan<double> values, ProphetOptions? options = null)
    {
        if (timesMs.Length != values.Length || values.Length < 2) throw new ArgumentException("Two points or more, as many times as values.", nameof(values));
        options ??= new();
        long first = timesMs[0], span = timesMs[^1] - first;
        _features = Features(timesMs, options, first, span);
        double greatest = 0, sum = 0;
        foreach (double value in values) (greatest, sum) = (Math.Max(greatest, Math.Abs(value)), sum + (value / values.Length));
        (_scale, _middle) = (greatest > 0 ? greatest : 1, sum);
        _changepoints = Spaced(timesMs, options);
        _slopes = new double[_changepoints.Length];
        _coefficients = new double[_features.Count];
        _row = new double[(_features.Count + 3) & ~3];
        Fit(timesMs, values, options);
        _spread = Spread();
    }

    private Prophet(StateReader reader, ProphetOptions options)
    {
        _features = ProphetFeatures.Load(reader, options.Holidays);
        (_middle, _scale, _variance) = (reader.Double(), reader.Double(), reader.Double());
        int changepoints = reader.Count(16);
        (_changepoints, _slopes, _coefficients) = (new double[changepoints], new double[changepoints], new double[_features.Count]);
        reader.Doubles(_changepoints);
        reader.Doubles(_slopes);
        reader.Doubles(_coefficients);
        bool possible = Math.Abs(_middle) <= Band.Largest && _scale is > 0 and <= Band.Largest && _variance is > 0 and < 1e6 && _changepoints.All(double.IsFinite)
            && _slopes.All(slope => Math.Abs(slope) < 1e9) && _coefficients.All(one => Math.Abs(one) < 1e9);
        if (!possible) throw new InvalidDataException("A model that cannot be.");
        _row = new double[(_features.Count + 3) & ~3];
        _spread = Spread();
    }

    /// <summary>Deviation of the noise around the fit, in the values' unit.</summary>
    public double NoiseDeviation => Math.Sqrt(_variance) * _scale;

    /// <summary>Changes of slope at the changepoints, in shares of the greatest value's size for the whole history's length.</summary>
    public ReadOnlySpan<double> SlopeChangesFound => _slopes;

    /// <summary>The expected value at a time, before, in or after the history.</summary>
    public double Predict(long timeMs) => Predict(timeMs, anew: true);

    /// <summary>
    /// Deviation of a value at a time from <see cref="Predict(long)"/>. After the history slopes go on changing as often and, in the mean, by as much as they did in it: a compound
    /// Poisson process, whose variance λ² · 2 · changepoints · (t − 1)³ / 3 is added to the noise's. Prophet draws samples of that process; this is their limit.
    /// </summary>
    public double Deviation(long timeMs)
    {
        double ahead = Math.Max(0, _features.Scaled(timeMs) - 1);
        return Math.Sqrt(_variance + (_spread * ahead * ahead * ahead)) * _scale;
    }

    /// <summary>The interval that holds this share of the values at a time, 0 to 1; Prophet's default share is 0.8.</summary>
    public (double Lower, double Upper) Interval(long timeMs, double width = 0.8)
    {
        double middle = Predict(timeMs), reach = Normal.Reach(width) * Deviation(timeMs);
        return (middle - reach, middle + reach);
    }

    /// <summary>The same of many times; the three results are as long as the times.</summary>
    public void Intervals(ReadOnlySpan<long> timesMs, double width, Span<double> expected, Span<double> lower, Span<double> upper)
    {
        double reach = Normal.Reach(width);
        for (int i = 0; i < timesMs.Length; i++)
        {
            double middle = Predict(timesMs[i], anew: i == 0), distance = reach * Deviation(timesMs[i]);
            (expected[i], lower[i], upper[i]) = (middle, middle - distance, middle + distance);
        }
    }

    /// <summary>Slope, offset, (a place without meaning), seasons, holidays; for values scaled by the greatest and less their mean.</summary>
    internal ReadOnlySpan<double> Coefficients => _coefficients;

    internal ReadOnlySpan<double> Places => _changepoints;

    internal (int Daily, int Weekly, int Yearly) Harmonics => _features.Harmonics;

    internal void Save(StateWriter writer)
    {
        _features.Save(writer);
        writer.Double(_middle);
        writer.Double(_scale);
        writer.Double(_variance);
        writer.Int32(_changepoints.Length);
        writer.Doubles(_changepoints);
        writer.Doubles(_slopes);
        writer.Doubles(_coefficients);
    }

    internal static Prophet Load(StateReader reader, ProphetOptions options) => new(reader, options);

    private double Predict(long timeMs, bool anew)
    {
        _features.Fill(timeMs, _row, anew);
        double t = _row[ProphetFeatures.Time], sum = 0;
        for (int i = 0; i < _coefficients.Length; i++) sum += i == ProphetFeatures.Value ? 0 : _coefficients[i] * _row[i];
        for (int j = 0; j < _changepoints.Length && _changepoints[j] < t; j++) sum += _slopes[j] * (t - _changepoints[j]);
        return _middle + (sum * _scale);
    }

    private static ProphetFeatures Features(ReadOnlySpan<long> timesMs, ProphetOptions options, long first, long span)
    {
        long least = long.MaxValue;
        for (int i = 1; i < timesMs.Length; i++) if (timesMs[i] > timesMs[i - 1]) least = Math.Min(least, timesMs[i] - timesMs[i - 1]);
        const double day = ProphetFeatures.DayMs;
        return new(
            first,
            span,
            options.Daily ?? (span >= 2 * day && least < day ? 4 : 0),
            options.Weekly ?? (span >= 14 * day && least < 7 * day ? 3 : 0),
            options.Yearly ?? (span >= 730 * day ? 10 : 0),
            options.Holidays);
    }

    /// <summary>Scaled times of evenly spaced points of the first part of the history, as Prophet picks them.</summary>
    private double[] Spaced(ReadOnlySpan<long> timesMs, ProphetOptions options)
    {
        int range = (int)(timesMs.Length * options.ChangepointRange), count = Math.Min(options.Changepoints, range - 1);
        var places = new SortedSet<double>();
        for (int j = 1; j <= count; j++)
        {
            double place = _features.Scaled(timesMs[(int)Math.Round((double)j * (range - 1) / count)]);
            if (place > 0) places.Add(place);
        }

        return [.. places];
    }

    private double Spread()
    {
        double size = 0;
        foreach (double slope in _slopes) size += Math.Abs(slope) / _slopes.Length;
        return 2 * size * size * _slopes.Length / 3;
    }

    private void Fit(ReadOnlySpan<long> timesMs, ReadOnlySpan<double> values, ProphetOptions options)
    {
        ProphetSums sums = Sum(timesMs, values);
        int n = values.Length;
        double square = sums.Square, least = Math.Max(1e-14 * square, n * 1e-26);
        _variance = Math.Max(square, least) / n;
        if (!(square > n * 1e-24)) return; // A constant: its mean is all there is to know.
        var solver = new ProphetSolver(sums, options.SeasonalityScale, TrendPrior, _middle / _scale);
        for (int round = 0; round < MostRounds; round++)
        {
            double rest = Math.Max(least, solver.Solve(_variance, options.ChangepointScale, _coefficients, _slopes));
            // 4σ⁴ + nσ² = rest, from the derivative by σ of n·ln σ + rest/2σ² + σ²/(2·0.5²).
            double before = _variance;
            _variance = 2 * rest / (n + Math.Sqrt(((double)n * n) + (4 * rest / (NoisePrior * NoisePrior))));
            if (Math.Abs(_variance - before) <= 1e-10 * before) return;
        }
    }

    private ProphetSums Sum(ReadOnlySpan<long> timesMs, ReadOnlySpan<double> values)
    {
        var sums = new ProphetSums(_features.Count, _changepoints);
        for (int i = values.Length - 1; i >= 0; i--)
        {
            Span<double> row = sums.Next(_features.Scaled(timesMs[i]));
            _features.Fill(timesMs[i], row, anew: false);
            row[ProphetFeatures.Value] = (values[i] - _middle) / _scale;
        }

        sums.Finish();
        return sums;
    }
}
