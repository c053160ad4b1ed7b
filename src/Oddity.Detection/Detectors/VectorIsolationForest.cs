using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// Watches several values measured together with an isolation forest: made after two minutes and at least 40 rows, and anew from the newest 512 each
/// time a quarter of them is new.
/// A forest ranks by how easily a row is parted from the others, not by how far off it is, and of 40 rows the next is often the rarest. So a row is odd
/// when its isolation score stands out from the recent ones (<see cref="RollingThreshold"/>) <em>and</em> its leading value is as far from the mean of the rows as
/// six standard deviations. The vote is not the band alone: inside the leading dimension's band no vote, outside the forest must agree.
/// Weakness: rows whose values are each usual, but not together, are hardly seen.
/// Cost: 100 tree walks a row, about 1 µs; 0.3 ms for each new forest; 8 KB a dimension and 80 KB for the trees.
/// </summary>
public sealed class VectorIsolationForest : VectorDetector
{
    /// <summary>Rows of each tree. 64 part the rare rows of 512 as well as all would, in an eighth of the memory.</summary>
    private const int RowsOfTree = 64;

    /// <summary>A value that never varied has no deviation; this share of it takes its place, so that a disk's 60.1 % after 60 % is no news. Zero has no size: skipped.</summary>
    private const double ShareOfConstant = 0.01;

    private readonly IsolationForestOptions _options;
    private readonly ulong _seed;
    private readonly double[] _means;
    private readonly double[] _deviations;
    private double[] _rows = [];
    private double[] _fitted = [];
    private IsolationTrees? _forest;
    private RollingThreshold _recent;
    private int _count;
    private int _next;
    private int _sinceFit;
    private int _leading;
    private long _firstMs;
    private double _prior;
    private double _most;

    /// <param name="dimensions">Values in each row, 1 to 65,535.</param>
    /// <param name="seed">Same seed and rows, same scores.</param>
    /// <param name="parameters">Those of the detector "isolation_forest"; null for the defaults.</param>
    public VectorIsolationForest(int dimensions, ulong seed, DetectorParameters? parameters = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, ushort.MaxValue);
        (Dimensions, _seed, _options) = (dimensions, seed, new(parameters ?? DetectorParameters.None));
        (_means, _deviations) = (new double[dimensions], new double[dimensions]);
    }

    public override int Dimensions { get; }

    public override int Leading => _leading;

    private int Capacity => Math.Max(_options.VectorHistory, _options.FitAfterRows);

    public override Score Observe(long timeMs, ReadOnlySpan<double> values)
    {
        if (_count == 0) _firstMs = timeMs;
        bool due = _forest is null ? _count >= _options.FitAfterRows && (double)timeMs - _firstMs >= _options.FitAfterMs
            : _options.RefitRows > 0 && _sinceFit >= Math.Max(_options.RefitRows, _fitted.Length / Dimensions / 4);
        if (due) Fit(_rows.AsSpan(0, _count * Dimensions));
        Score score;
        if (_forest is null)
        {
            _leading = 0;
            score = Score.WarmUp(Band.Hold(values[0]));
        }
        else
        {
            score = Judge(values);
        }

        if (_forest is null || _options.RefitRows > 0) Keep(values);
        return score;
    }

    public override void Save(StateWriter writer)
    {
        writer.Int32(Dimensions);
        writer.Int64(_firstMs);
        writer.Int32(_next);
        writer.Int32(_sinceFit);
        writer.Int32(_leading);
        writer.Doubles(_rows.AsSpan(0, _count * Dimensions));
        writer.Doubles(_fitted);
        _recent.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        if (reader.Int32() != Dimensions) throw new InvalidDataException("Saved with other dimensions.");
        _firstMs = reader.Int64();
        (_next, _sinceFit, _leading) = (reader.Int32(), reader.Int32(), reader.Int32());
        double[] rows = ReadRows(reader), fitted = ReadRows(reader);
        _recent.Load(reader);
        _count = rows.Length / Dimensions;
        bool possible = _next == _count % Capacity || (_count == Capacity && _next >= 0 && _next < Capacity);
        if (!possible || _sinceFit < 0 || _leading < 0 || _leading >= Dimensions) throw new InvalidDataException("A forest that cannot be.");
        _rows = rows;
        _forest = null;
        if (fitted.Length == 0) return;
        if (fitted.Length < 2 * Dimensions) throw new InvalidDataException("A forest that cannot be.");
        int sinceFit = _sinceFit;
        Fit(fitted);
        _sinceFit = sinceFit;
    }

    private double[] ReadRows(StateReader reader)
    {
        double[] rows = new double[reader.Count(8)];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = reader.Double();
            if (!(Math.Abs(rows[i]) <= Band.Largest)) throw new InvalidDataException("A value that no row holds.");
        }

        return rows.Length % Dimensions == 0 && rows.Length / Dimensions <= Capacity ? rows : throw new InvalidDataException("Rows that cannot be.");
    }

    private void Keep(ReadOnlySpan<double> values)
    {
        if (_count < Capacity)
        {
            if ((_count + 1) * Dimensions > _rows.Length) Array.Resize(ref _rows, Math.Min(Capacity, Math.Max(16, _count * 2)) * Dimensions);
            _count++;
        }

        for (int d = 0; d < Dimensions; d++) _rows[(_next * Dimensions) + d] = Band.Hold(values[d]);
        _next = (_next + 1) % Capacity;
        if (_sinceFit < int.MaxValue) _sinceFit++;
    }

    private void Fit(ReadOnlySpan<double> rows)
    {
        _sinceFit = 0;
        if (_fitted.Length != rows.Length) _fitted = new double[rows.Length];
        rows.CopyTo(_fitted);
        int count = rows.Length / Dimensions;
        _forest = new(_fitted, Dimensions, _options.Trees, RowsOfTree, _seed);
        for (int d = 0; d < Dimensions; d++) (_means[d], _deviations[d]) = Moments(d, count);
        double[] scores = new double[count];
        for (int i = 0; i < count; i++) scores[i] = _forest.Score(_fitted.AsSpan(i * Dimensions, Dimensions));
        Array.Sort(scores);
        (_prior, _most) = (scores[(int)((1 - _options.Contamination) * (count - 1))], scores[^1]);
    }

    private (double Mean, double Deviation) Moments(int dimension, int count)
    {
        double anchor = _fitted[dimension], sum = 0, squares = 0;
        for (int i = dimension; i < _fitted.Length; i += Dimensions)
        {
            double off = _fitted[i] - anchor;
            sum += off / count;
            squares += off * (off / count);
        }

        return (anchor + sum, Math.Sqrt(Math.Max(0, squares - (sum * sum))));
    }

    private Score Judge(ReadOnlySpan<double> values)
    {
        double furthest = Lead(values);
        int count = _fitted.Length / Dimensions;
        double value = Band.Hold(values[_leading]), mean = _means[_leading], deviation = _deviations[_leading];
        bool constant = deviation == 0;
        double reach = (constant ? ShareOfConstant * Math.Abs(mean) : deviation) * Student.Equivalent(_options.MinVectorDistance, count - 1);
        var band = constant && mean == 0 ? Band.Everything : Band.NearerThan(mean, Math.Max(reach, Band.LeastChange(mean, 0)));
        double score = _forest!.Score(values);
        // The trees have no split of a dimension that never varied.
        bool odd = band.Excludes(value) && (constant || score >= _recent.Between(_prior, _most));
        _recent.Learn(score);

        // The furthest of so many values is that much likelier to be far.
        double tail = Math.Max(0, Student.Score(furthest, count - 1) - (0.1 * Elementary.Log10(Dimensions)));
        return new Score
        {
            Value = odd ? tail : Math.Min(tail, 0.2),
            Expected = mean,
            Lower = band.Lower,
            Upper = band.Upper,
            Anomalous = odd,
            Statistic = constant ? value - mean : score,
            Term = constant ? "constant series broken" : "isolation score of the values together",
        };
    }

    /// <summary>Finds the leading dimension, the one most deviations from its mean; returns how many.</summary>
    private double Lead(ReadOnlySpan<double> values)
    {
        _leading = 0;
        double furthest = 0;
        for (int d = 0; d < Dimensions; d++)
        {
            double deviation = _deviations[d] > 0 ? _deviations[d] : ShareOfConstant * Math.Abs(_means[d]);
            if (deviation == 0) continue;
            double distance = Math.Abs(Student.Ratio(Band.Hold(values[d]) - _means[d], deviation));
            if (distance > furthest) (furthest, _leading) = (distance, d);
        }

        return furthest;
    }
}
