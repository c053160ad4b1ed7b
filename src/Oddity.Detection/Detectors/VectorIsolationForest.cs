using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// Watches several values measured together by an isolation forest over the newest rows, fitted after 40 (two minutes at one every 3 s) and anew every 40
/// rows on the last 256. A forest ranks by how rare a row is but not by how far off it is, and of 40 rows the next is often the rarest; so a row is odd
/// when the forest sets it apart <em>and</em> its leading value is far from the rows before it. Cost: 100 tree walks a row, about 1 ms a fit.
/// </summary>
public sealed class VectorIsolationForest : VectorDetector
{
    private const int RefitEvery = 40;
    private const int Capacity = 256;

    /// <summary>The rarest tenth of the rows it was fitted on counts as rare: the usual contamination, here a prior and not a decision.</summary>
    private const double Contamination = 0.1;

    /// <summary>Standard deviations the leading value has to be away; one healthy sample in 15,000 of a normal one.</summary>
    private const double FarAway = 4;

    private readonly ulong _seed;
    private readonly double[] _rows;
    private readonly double[] _fitted;
    private IsolationTrees? _trees;
    private int _fittedCount;
    private int _count;
    private int _next;
    private int _sinceFit;
    private int _leading;
    private double _rareScore;

    public VectorIsolationForest(int dimensions, ulong seed)
    {
        (Dimensions, _seed) = (dimensions, seed);
        _rows = new double[Capacity * dimensions];
        _fitted = new double[Capacity * dimensions];
    }

    public override int Dimensions { get; }

    public override int Leading => _leading;

    public override Score Observe(long timeMs, ReadOnlySpan<double> values)
    {
        Score score = Judge(values);
        for (int d = 0; d < Dimensions; d++) _rows[(_next * Dimensions) + d] = Math.Clamp(values[d], -1e150, 1e150);
        _next = (_next + 1) % Capacity;
        _count = Math.Min(_count + 1, Capacity);
        if (++_sinceFit >= RefitEvery)
        {
            _sinceFit = 0;
            _fittedCount = _count;
            Array.Copy(_rows, _fitted, _count * Dimensions);
            Fit();
        }

        return score;
    }

    public override void Save(StateWriter writer)
    {
        writer.Int32(Dimensions);
        writer.Int32(_count);
        writer.Int32(_next);
        writer.Int32(_sinceFit);
        writer.Int32(_leading);
        writer.Doubles(_rows.AsSpan(0, _count * Dimensions));
        writer.Doubles(_fitted.AsSpan(0, _fittedCount * Dimensions));
    }

    public override void Load(StateReader reader)
    {
        if (reader.Int32() != Dimensions) throw new InvalidDataException("Saved with other dimensions.");
        (_count, _next, _sinceFit, _leading) = (reader.Int32(), reader.Int32(), reader.Int32(), reader.Int32());
        bool possible = _count is >= 0 and <= Capacity && _next is >= 0 and < Capacity && _sinceFit is >= 0 and < RefitEvery && _leading >= 0 && _leading < Dimensions;
        if (!possible) throw new InvalidDataException("An impossible forest.");
        reader.Doubles(_rows.AsSpan(0, _count * Dimensions));
        int fitted = reader.Count(8);
        if (fitted % Dimensions != 0 || fitted > _fitted.Length) throw new InvalidDataException("An impossible forest.");
        for (int i = 0; i < fitted; i++) _fitted[i] = reader.Double();
        _fittedCount = fitted / Dimensions;
        Fit();
    }

    private void Fit()
    {
        _trees = _fittedCount < 2 ? null : new(_fitted.AsSpan(0, _fittedCount * Dimensions), Dimensions, _seed);
        if (_trees is null) return;
        double[] scores = new double[_fittedCount];
        for (int i = 0; i < scores.Length; i++) scores[i] = _trees.Score(_fitted.AsSpan(i * Dimensions, Dimensions));
        Array.Sort(scores);
        _rareScore = scores[(int)((1 - Contamination) * (scores.Length - 1))];
    }

    private Score Judge(ReadOnlySpan<double> values)
    {
        if (_trees is null) return Silent(values[_leading = 0]);
        double furthest = -1, mean = 0, deviation = 0;
        for (int d = 0; d < Dimensions; d++)
        {
            (double m, double s) = Moments(d);
            double distance = Math.Abs(values[d] - m) / Math.Max(s, 1e-9 * Math.Max(1, Math.Abs(m)));
            if (distance <= furthest) continue;
            (furthest, mean, deviation, _leading) = (distance, m, s, d);
        }

        double rare = _trees.Score(values);
        double value = Math.Clamp(values[_leading], -1e150, 1e150);
        double reach = Math.Max(FarAway * deviation, 1e-9 * Math.Max(1, Math.Abs(mean)));
        return new()
        {
            Value = rare < _rareScore ? Math.Min(0.3, Student.Score(furthest, _fittedCount - 1)) : Student.Score(furthest, _fittedCount - 1),
            Expected = mean,
            Lower = mean - reach,
            Upper = mean + reach,
            Anomalous = rare >= _rareScore && Math.Abs(value - mean) > reach,
            Statistic = rare,
            Term = "isolation score of the values together",
        };
    }

    private (double Mean, double Deviation) Moments(int dimension)
    {
        double mean = 0, squares = 0;
        for (int i = 0; i < _fittedCount; i++)
        {
            double value = _fitted[(i * Dimensions) + dimension];
            double delta = value - mean;
            mean += delta / (i + 1);
            squares += delta * (value - mean);
        }

        return (mean, Math.Sqrt(squares / Math.Max(1, _fittedCount - 1)));
    }

    private static Score Silent(double value) => new()
    {
        Value = 0,
        Expected = value,
        Lower = double.NegativeInfinity,
        Upper = double.PositiveInfinity,
        Anomalous = false,
        WarmingUp = true,
        Term = "isolation score of the values together",
    };
}
