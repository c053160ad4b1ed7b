using System.Globalization;
using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// Far from trend plus season, as a seasonal-trend decomposition by loess found them (<see cref="Stl"/>, Cleveland et al., 1990; robust, R's jumps) and as they go on.
/// <code>
/// expected = last trend + its slope, for half a day at most + last season at the same phase
/// odd if |value − expected| > what 99.7 % of the forecasts' errors stayed below
/// </code>
/// Seasons are the day and the week where the data confirm them (<see cref="SeasonFinder"/>), or those that were set; before, the trend alone.
/// Weakness: a new level is odd until the trend has followed, some hours; a shape must come at the same time of day. Fitted anew every hour to the last two weeks:
/// 2 ms with a day, 8 ms with a day and a week, 0.05 µs a sample between; 33 to 50 KB a series.
/// </summary>
internal sealed class StlDetector : ForecastDetector
{
    public const string Id = "stl";

    /// <summary>Robustness rounds; weights have settled by then, and R's 15 take twice as long.</summary>
    private const int Outer = 6;

    private readonly double[]? _seasonsMs;
    private readonly StlOptions _options;
    private double[][] _seasons = [];
    private long _slotMs = 1;
    private long _next;
    private double _level;
    private double _slope;
    private double _limit;

    public StlDetector(DetectorParameters? parameters = null)
        : base(parameters ??= DetectorParameters.None)
    {
        int seasonal = parameters.Count("seasonal", 7, 3, 9999);
        _options = new(2) { Seasonal = seasonal | 1, Robust = parameters.Flag("robust", true), JumpShare = parameters.Flag("exact", false) ? 0 : 0.1, Inner = 1, Outer = Outer };
        if (seasonal % 2 == 0) parameters.Mistake("seasonal", "must be odd");
        _seasonsMs = Seasons(parameters);
    }

    protected override string Term => _seasons.Length == 0 ? "trend residual" : "trend and season residual";

    protected override int Fit(SlotHistory history)
    {
        int n = history.Count;
        double[] values = new double[n];
        history.CopyTo(values);
        int[] periods = Periods(history.SlotMs, values);
        var parts = new Mstl(values, periods, _options);
        (_slotMs, _next) = (history.SlotMs, history.Open);
        _seasons = [.. periods.Select((period, s) => Cycle(parts.Season(s), period))];
        int back = Math.Min(n - 1, Math.Max(6, (periods.Length > 0 ? periods[0] : 48) / 8));
        (_level, _slope, _limit) = (parts.Trend[n - 1], (parts.Trend[n - 1] - parts.Trend[n - 1 - back]) / back, 4 * back);
        return periods.Length;
    }

    protected override (double Expected, double Widening) Forecast(long timeMs)
    {
        // Slots after the last one of the fit, between the middles of slots.
        double ahead = ((double)timeMs / _slotMs) - _next + 0.5, expected = _level + (_slope * Math.Clamp(ahead, -_limit, _limit));
        double whole = Math.Floor(ahead), share = ahead - whole;
        foreach (double[] season in _seasons)
        {
            int at = (int)(((((long)whole - 1) % season.Length) + season.Length) % season.Length);
            double left = season[at], right = season[at + 1 == season.Length ? 0 : at + 1];
            expected += left + (share * (right - left));
        }

        return (expected, 1);
    }

    protected override void SaveFit(StateWriter writer)
    {
        writer.Int64(_next);
        writer.Double(_level);
        writer.Double(_slope);
        writer.Double(_limit);
        writer.Int32(_seasons.Length);
        foreach (double[] season in _seasons)
        {
            writer.Int32(season.Length);
            writer.Doubles(season);
        }
    }

    protected override void LoadFit(StateReader reader, long slotMs)
    {
        (_slotMs, _next) = (Math.Max(1, slotMs), reader.Int64());
        (_level, _slope, _limit) = (reader.Double(), reader.Double(), reader.Double());
        _seasons = new double[reader.Count(8)][];
        for (int s = 0; s < _seasons.Length; s++)
        {
            int period = reader.Count(8);
            if (period < 2) throw new InvalidDataException("A season of no length.");
            reader.Doubles(_seasons[s] = new double[period]);
        }

        bool possible = double.IsFinite(_level) && double.IsFinite(_slope) && _limit is >= 0 and < 1e9 && Math.Abs((double)_next) < 1e17 && _seasons.All(season => season.All(double.IsFinite));
        if (!possible) throw new InvalidDataException("A decomposition that cannot be.");
    }

    /// <summary>The last whole season, from the slot after the fit's last one on.</summary>
    private static double[] Cycle(ReadOnlySpan<double> season, int period) => season[^period..].ToArray();

    private int[] Periods(long slotMs, double[] values)
    {
        var periods = new List<int>();
        double[] rest = values;
        foreach (double season in _seasonsMs ?? [SeasonMemory.DayMs, 7.0 * SeasonMemory.DayMs])
        {
            int period = (int)Math.Min(1e6, Math.Round(season / slotMs));
            if (period < 2 || values.Length < 2 * period || periods.Contains(period)) continue;
            if (_seasonsMs is null && !SeasonFinder.Has(rest, period)) continue;
            periods.Add(period);
            if (_seasonsMs is null) rest = Without(rest, period);
        }

        return [.. periods];
    }

    /// <summary>Less the mean of each phase.</summary>
    private static double[] Without(double[] values, int period)
    {
        double[] rest = [.. values];
        for (int phase = 0; phase < period; phase++)
        {
            double sum = 0;
            int count = 0;
            for (int i = phase; i < rest.Length; i += period) (sum, count) = (sum + values[i], count + 1);
            for (int i = phase; i < rest.Length; i += period) rest[i] -= sum / count;
        }

        return rest;
    }

    /// <summary>"86400, 604800": seasons in seconds instead of those found.</summary>
    private static double[]? Seasons(DetectorParameters parameters)
    {
        if (parameters.Text("season_seconds") is not { } text) return null;
        var seasons = new List<double>();
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (double.TryParse(item, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 2 and <= 1e9) seasons.Add(seconds * 1000);
            else parameters.Mistake("season_seconds", $"'{item}' is not a number of seconds from 2 to 1e9");
        }

        if (seasons.Count > 4) parameters.Mistake("season_seconds", "more than 4");
        return [.. seasons.Order().Take(4)];
    }
}
