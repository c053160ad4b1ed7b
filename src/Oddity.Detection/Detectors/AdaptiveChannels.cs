using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// The ways in which <see cref="AdaptiveDetector"/> looks at a series: each channel is a signed deviation of the sample, or of a short window that
/// ends with it, from what one simple prediction expected. O(1) a sample (windows are at most forty values, summed afresh: no drift).
/// </summary>
internal sealed class AdaptiveChannels
{
    public const int Count = 14;
    public const int Fast = 0;
    public const int Season = 4;
    public const int LevelledSeason = 11;

    private const int Window = 40;
    private static readonly int[] DaysBack = [1, 2, 3, 7, 14];

    private readonly SeasonMemory _season = new();
    private readonly double[] _recent = new double[Window];
    private readonly double[] _offSeason = new double[10];
    private readonly double[] _deviation = new double[Count];
    private readonly bool[] _known = new bool[Count];
    private long _seen;
    private long _seasonal;
    private double _last, _fast, _middle, _slow, _slower, _offset, _spread, _top, _bottom;

    /// <summary>What each channel says, named for an explanation.</summary>
    public static IReadOnlyList<string> Terms { get; } =
    [
        "far from the last few samples", "far from the recent mean", "far from the usual level", "sudden change", "unlike the same time of day",
        "unlike the same time of day for a while", "fits neither recent nor earlier days", "level shift", "unusual variability",
        "unusual recent maximum", "unusual recent minimum", "off the daily pattern", "far from the long-run level", "drifting level",
    ];

    public ReadOnlySpan<double> Deviations => _deviation;

    public ReadOnlySpan<bool> Known => _known;

    /// <summary>Prediction of the channels <see cref="Fast"/>, <see cref="Season"/> and <see cref="LevelledSeason"/> before the sample; NaN where there is none.</summary>
    public (double Fast, double Season, double Levelled) Predictions { get; private set; }

    /// <summary>Fills <see cref="Deviations"/> with what the sample looks like given the samples before it.</summary>
    public void Look(long timeMs, double value)
    {
        Array.Clear(_known);
        Predictions = (double.NaN, double.NaN, double.NaN);
        if (_seen == 0) return;
        Set(Fast, value - _fast);
        Set(1, value - _middle);
        Set(2, value - _slow);
        Set(3, value - _last);
        Set(12, value - _slower);
        double season = LookBack(timeMs, value);
        Predictions = (_fast, season, _seasonal > 0 ? season + _offset : double.NaN);
        if (!double.IsNaN(season)) LookAtSeason(value - season);
        if (_seen >= Window) LookAtWindows(value);
    }

    public void Learn(long timeMs, double value)
    {
        if (_seen == 0) _fast = _middle = _slow = _slower = value;
        double first = 1.0 / (_seen + 1);
        _fast += Math.Max(0.3, first) * (value - _fast);
        _middle += Math.Max(0.1, first) * (value - _middle);
        _slow += Math.Max(0.01, first) * (value - _slow);
        _slower += Math.Max(0.001, first) * (value - _slower);
        _season.Learn(timeMs, value);
        _recent[_seen % Window] = value;
        _last = value;
        _seen++;
    }

    public void Save(StateWriter writer)
    {
        _season.Save(writer);
        writer.Doubles(_recent);
        writer.Doubles(_offSeason);
        writer.Int64(_seen);
        writer.Int64(_seasonal);
        writer.Doubles([_last, _fast, _middle, _slow, _slower, _offset, _spread, _top, _bottom]);
    }

    public void Load(StateReader reader)
    {
        _season.Load(reader);
        reader.Doubles(_recent);
        reader.Doubles(_offSeason);
        _seen = reader.Int64();
        _seasonal = reader.Int64();
        if (_seen < 0 || _seasonal < 0) throw new InvalidDataException("A negative count.");
        Span<double> means = stackalloc double[9];
        reader.Doubles(means);
        (_last, _fast, _middle, _slow, _slower) = (means[0], means[1], means[2], means[3], means[4]);
        (_offset, _spread, _top, _bottom) = (means[5], means[6], means[7], means[8]);
    }

    private void Set(int channel, double deviation) => (_deviation[channel], _known[channel]) = (deviation, true);

    /// <summary>The median of earlier days at this time, or NaN; and the smallest deviation over all explanations: odd only if none fits.</summary>
    private double LookBack(long timeMs, double value)
    {
        Span<double> days = stackalloc double[4];
        int have = 0;
        double smallest = value - _middle;
        foreach (int ago in DaysBack)
        {
            if (!_season.TryGet(timeMs, ago, out double then, out double least, out double greatest)) continue;
            if (ago < 14) days[have++] = then;
            double deviation = value > greatest ? value - greatest : value < least ? value - least : 0;
            if (Math.Abs(deviation) < Math.Abs(smallest)) smallest = deviation;
        }

        Set(6, smallest);
        if (have == 0) return double.NaN;
        days = days[..have];
        days.Sort();
        return have % 2 == 1 ? days[have / 2] : (days[have / 2] + days[(have / 2) - 1]) / 2;
    }

    private void LookAtSeason(double off)
    {
        Set(Season, off);
        if (_seasonal > 0) Set(LevelledSeason, off - _offset);
        _offSeason[_seasonal % 10] = off;
        _seasonal++;
        if (_seasonal >= 10)
        {
            double sum = 0;
            foreach (double earlier in _offSeason) sum += earlier;
            Set(5, sum / 10);
        }

        _offset += Math.Max(0.1, 1.0 / _seasonal) * (off - _offset);
    }

    private void LookAtWindows(double value)
    {
        double near = value, far = 0, middle = value, top = value, bottom = value;
        for (int ago = 1; ago < 36; ago++)
        {
            double then = _recent[(_seen - ago) % Window];
            if (ago < 20) near += then;
            else far += then;
            if (ago < 30) middle += then;
            if (then > top) top = then;
            if (then < bottom) bottom = then;
        }

        (near, far, middle) = (near / 20, far / 16, middle / 30);
        double squares = (value - middle) * (value - middle);
        for (int ago = 1; ago < 30; ago++)
        {
            double off = _recent[(_seen - ago) % Window] - middle;
            squares += off * off;
        }

        // Standard deviation as a logarithm, so that halving and doubling are alike; the floor is what double precision can tell from zero.
        double spread = 0.5 * Math.Log(Math.Min((squares / 30) + (1e-18 * middle * middle) + 1e-300, double.MaxValue));
        Set(7, near - _slower);
        Set(13, near - far);
        long windows = _seen - Window;
        if (windows > 0)
        {
            Set(8, spread - _spread);
            Set(9, top - _top);
            Set(10, bottom - _bottom);
        }

        double share = Math.Max(0.003, 1.0 / (windows + 1));
        _spread += share * (spread - _spread);
        _top += share * (top - _top);
        _bottom += share * (bottom - _bottom);
    }
}
