using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// An isolation forest over an exponential average of the series, made anew every <see cref="IsolationForestOptions.BatchSize"/> samples from the newest
/// <see cref="IsolationForestOptions.History"/>. A forest ranks by how easily a value is parted from the others, not by how far off it is, and the rarest tenth of a
/// healthy series is still healthy; so a sample is odd only when
/// <list type="bullet">
/// <item>its isolation score is at least three deviations above the mean of recent scores (<see cref="RollingThreshold"/>),</item>
/// <item>its distance from the mean is as rare as three standard deviations, given how few independent values the average has, and</item>
/// <item>so it has been for three samples in a row.</item>
/// </list>
/// The vote is not the band alone: inside it the detector is silent, outside it the other conditions must hold too.
/// Weakness: one-sample spikes are smoothed away by design; blind to shapes and seasons. 0.2 ms for each new forest, 20 ns a score, 10 KB a series.
/// </summary>
internal sealed class IsolationForestDetector : Detector
{
    public const string Id = "isolation_forest";

    private readonly IsolationForestOptions _options;
    private readonly ulong _seed;
    private readonly SortedWindow _window;
    private readonly LearntTail _shown = new();
    private RollingThreshold _recent;
    private IsolationLine? _forest;
    private int _forests;
    private int _sinceFit;
    private int _streak;
    private bool _started;
    private double _smoothed;
    private double _mean;
    private double _deviation;
    private double _prior;
    private int _fitted;

    public IsolationForestDetector(DetectorParameters? parameters = null, ulong seed = 1)
    {
        _options = new(parameters ?? DetectorParameters.None);
        _seed = seed;
        _window = new(Math.Max(_options.History, _options.BatchSize));
    }

    public override Score Observe(in Sample sample)
    {
        double value = Band.Hold(sample.Value);
        double before = _started ? _smoothed : value;
        _smoothed = before + (_options.SmoothingAlpha * (value - before));
        _started = true;
        Score score = _forest is null ? Score.WarmUp(value) : Judge(value, before);
        _window.Add(0, _smoothed);
        if (++_sinceFit >= _options.BatchSize) Fit();
        return score;
    }

    public override void Save(StateWriter writer)
    {
        writer.Bool(_started);
        writer.Double(_smoothed);
        writer.Int32(_sinceFit);
        writer.Int32(_streak);
        writer.Int32(_forests);
        _window.Save(writer);
        _shown.Save(writer);
        writer.Bool(_forest is not null);
        if (_forest is null) return;
        _recent.Save(writer);
        writer.Int32(_fitted);
        writer.Double(_mean);
        writer.Double(_deviation);
        writer.Double(_prior);
        _forest.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        _started = reader.Bool();
        _smoothed = reader.Double();
        (_sinceFit, _streak, _forests) = (reader.Int32(), reader.Int32(), reader.Int32());
        _window.Load(reader);
        _shown.Load(reader);
        _forest = null;
        bool possible = Math.Abs(_smoothed) <= Band.Largest && _sinceFit >= 0 && _sinceFit < _options.BatchSize && _streak >= 0;
        if (!possible) throw new InvalidDataException("A forest that cannot be.");
        if (!reader.Bool()) return;
        _recent.Load(reader);
        _fitted = reader.Int32();
        (_mean, _deviation, _prior) = (reader.Double(), reader.Double(), reader.Double());
        possible = _fitted >= 2 && Math.Abs(_mean) <= Band.Largest && _deviation is >= 0 and <= 2 * Band.Largest && _prior is >= 0 and <= 1;
        if (!possible) throw new InvalidDataException("A forest that cannot be.");
        _forest = IsolationLine.Load(reader, Math.Max(_options.History, _options.BatchSize));
    }

    private Score Judge(double value, double before)
    {
        double score = _forest!.Score(_smoothed);
        double degrees = Math.Max(1, (_fitted * _options.SmoothingAlpha / (2 - _options.SmoothingAlpha)) - 1);
        double reach = Math.Max(_deviation * Student.Equivalent(_options.MinDistance, degrees), Band.LeastChange(_mean, 0));
        Band band = Raw(_mean - reach, _mean + reach, before);
        bool rare = score >= _recent.Between(_prior, MostKnown()) && band.Excludes(value);
        if (rare) _streak = Math.Min(_streak + 1, int.MaxValue - 1);
        else _streak = 0;
        _recent.Learn(score);

        bool constant = _deviation == 0, odd = _streak >= _options.MinConsecutive;
        double distance = constant ? 0 : Math.Abs(Student.Ratio(_smoothed - _mean, _deviation));
        double tail = constant ? Student.ScoreOfBrokenConstant(_fitted) : Student.Score(distance, degrees);
        if (!constant)
        {
            tail = _shown.Hold(tail, distance);
            _shown.Learn(distance);
        }

        return new Score
        {
            Value = rare ? tail : constant ? 0 : Math.Min(tail, 0.2),
            Expected = _mean,
            Lower = band.Lower,
            Upper = band.Upper,
            Anomalous = odd,
            Statistic = constant ? _smoothed - _mean : score,
            Term = constant ? "constant series broken" : "isolation score",
        };
    }

    /// <summary>Values that leave the average between two ends, and all that are between the ends themselves: back there, a disturbance is over.</summary>
    private Band Raw(double lower, double upper, double before) => Band.Open(
        Math.Min(lower, before + ((lower - before) / _options.SmoothingAlpha)),
        Math.Max(upper, before + ((upper - before) / _options.SmoothingAlpha)));

    private double MostKnown()
    {
        ReadOnlySpan<double> scores = _forest!.Scores;
        return Math.Max(scores[0], scores[^1]); // A path is never shorter than at one of the two ends.
    }

    private void Fit()
    {
        _sinceFit = 0;
        ReadOnlySpan<double> sorted = _window.Sorted;
        _forest = new(sorted, _options.Trees, _seed + (ulong)++_forests);
        _fitted = sorted.Length;
        double middle = sorted[_fitted / 2], sum = 0, squares = 0;
        foreach (double row in sorted)
        {
            sum += (row - middle) / _fitted;
            squares += (row - middle) * ((row - middle) / _fitted);
        }

        _mean = middle + sum;
        _deviation = Math.Sqrt(Math.Max(0, squares - (sum * sum)));
        double[] scores = _forest.Scores.ToArray();
        Array.Sort(scores);
        _prior = scores[(int)((1 - _options.Contamination) * (_fitted - 1))];
    }
}
