using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// The default for several values measured together. A row is odd when values are far from where they used to be, or when they no longer go together:
/// <code>
/// total = Σ max(|z| − 3, 0)  +  2 · Σ max(|r| − 2, 0)
/// </code>
/// z is a value's distance from its mean in deviations, r what of it the other values leave unexplained (<see cref="PrincipalSubspace"/>) in the usual
/// size of that.
/// Both stop at 20, so that one wild value is no more than that. How rare such a total was (<see cref="TailBank"/>) is the score. A vote also needs a total
/// above those just before it: a long disturbance is one alarm. The severity follows averages of the total over about 15 and 60 rows and so lasts as long as
/// the disturbance. O(d·k) a row, k ≤ 16 directions; 40 + 16·k bytes a value. Weakness: knows no seasons; what only one value's shape over time shows.
/// </summary>
public sealed class VectorAdaptive : VectorDetector
{
    internal const string FarTerm = "value far from where it was";
    internal const string ApartTerm = "values that do not go together";

    /// <summary>Deviations, and usual residuals, up to which a value counts nothing.</summary>
    private const double FarFrom = 3;

    private const double ApartFrom = 2;

    private const double WeightOfApart = 2;

    /// <summary>Least usual residual, in deviations, beside the distances and where residuals are all there is.</summary>
    private const double LeastResidual = 0.5;

    private const double LeastResidualAlone = 0.1;

    /// <summary>Default of "alarm_at": the rarity of a total, on the scale of <see cref="Score.Value"/>, that raises an alarm; one row in 1,600.</summary>
    private const double AlarmAt = 0.32;

    /// <summary>Least total of an alarm: rarer than anything, but a trifle, is no news.</summary>
    private const double LeastTotal = 3;

    /// <summary>Rows before anything is said.</summary>
    private const int WarmUp = 256;

    private const int TailMemory = 30_000;

    /// <summary>Totals taken to have been seen: where everything was calm so far, the first larger one is news.</summary>
    private static readonly double[] Prior = [1, 2, 4];

    /// <summary>What is left of a total a row later: the next alarm must exceed it.</summary>
    private const double Calming = 0.99;

    /// <summary>Most that a row in the shadow of a worse one shows as value; its severity stays.</summary>
    private const double Suppressed = 0.1;

    /// <summary>Smoothed total of severity ½.</summary>
    private const double HalfSevere = 20;

    private readonly double _alarmAt;
    private readonly bool _far;
    private readonly VectorScales _scales;
    private readonly PrincipalSubspace _subspace;
    private readonly TailBank _tail = new(1) { Memory = TailMemory };
    private readonly double[] _standard;
    private readonly double[] _residual;
    private double _short;
    private double _long;
    private double _calm;
    private int _leading;

    /// <param name="dimensions">Values in each row, 1 to 65,535.</param>
    /// <param name="parameters">"alarm_at", 0.2 to 1, default 0.32: the score that raises an alarm. Null for the default.</param>
    public VectorAdaptive(int dimensions, DetectorParameters? parameters = null)
        : this(dimensions, (parameters ?? DetectorParameters.None).Number("alarm_at", AlarmAt, 0.2, 1), far: true)
    {
    }

    /// <param name="dimensions">Values in each row.</param>
    /// <param name="alarmAt">Score that raises an alarm.</param>
    /// <param name="far">Whether values far from their means count, or only those that do not go together.</param>
    internal VectorAdaptive(int dimensions, double alarmAt, bool far)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, ushort.MaxValue);
        (Dimensions, _alarmAt, _far) = (dimensions, alarmAt, far || dimensions == 1);
        (_scales, _subspace) = (new(dimensions, far ? LeastResidual : LeastResidualAlone), new(dimensions));
        (_standard, _residual) = (new double[dimensions], new double[dimensions]);
        foreach (double total in Prior) _tail.Learn(0, total);
    }

    public override int Dimensions { get; }

    public override int Leading => _leading;

    /// <summary>The one value that may lead, such as the newest of a window; null where any may.</summary>
    internal int? Only { get; init; }

    public override Score Observe(long timeMs, ReadOnlySpan<double> values)
    {
        _scales.Standardise(values, _standard);
        if (Dimensions == 1) _residual[0] = 0; // One direction explains one value.
        else _subspace.Residual(_standard, _residual);
        bool warm = _scales.Seen >= WarmUp;
        double total = Weigh(out bool apart);
        Score score = Judge(values, total, apart, warm);
        _scales.Temper(_standard);
        if (Dimensions > 1) _subspace.Learn(_standard);
        _scales.Learn(values, _residual);
        return score;
    }

    public override void Save(StateWriter writer)
    {
        writer.Int32(Dimensions);
        writer.Int32(_leading);
        writer.Doubles([_short, _long, _calm]);
        _scales.Save(writer);
        _subspace.Save(writer);
        _tail.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        if (reader.Int32() != Dimensions) throw new InvalidDataException("Saved with other dimensions.");
        _leading = reader.Int32();
        Span<double> totals = stackalloc double[3];
        reader.Doubles(totals);
        (_short, _long, _calm) = (totals[0], totals[1], totals[2]);
        double most = 60.0 * Dimensions;
        bool possible = _leading >= 0 && _leading < Dimensions && _short >= 0 && _short <= most && _long >= 0 && _long <= most && _calm >= 0 && _calm <= most;
        if (!possible) throw new InvalidDataException("Totals that cannot be.");
        _scales.Load(reader);
        _subspace.Load(reader);
        _tail.Load(reader);
    }

    /// <summary>Adds up the row, finds the value that counts most, and whether it does so by not going with the others.</summary>
    private double Weigh(out bool apart)
    {
        double total = 0, most = -1, nearest = 0;
        apart = false;
        for (int d = 0; d < Dimensions; d++)
        {
            double z = Math.Abs(_standard[d]), r = Relative(d);
            double far = _far ? Math.Max(z - FarFrom, 0) : 0, off = WeightOfApart * Math.Max(r - ApartFrom, 0);
            double own = far + off, ofRank = _far ? z : r;
            total += own;
            if (Only is { } only && d != only) continue;
            if (own > most || (own == most && ofRank > nearest)) (most, nearest, _leading, apart) = (own, ofRank, d, off > far || !_far);
        }

        return total;
    }

    private double Relative(int d) => Dimensions == 1 ? 0 : Math.Min(Math.Abs(_residual[d]) / _scales.UsualResidual(d), VectorScales.Furthest);

    private Score Judge(ReadOnlySpan<double> values, double total, bool apart, bool warm)
    {
        double value = Band.Hold(values[_leading]);
        if (!warm)
        {
            _leading = Only ?? 0;
            return Score.WarmUp(Band.Hold(values[_leading]));
        }

        double rarity = _tail.Surprise(0, total);
        double scale = rarity > 0 ? Math.Min(1, rarity / 10) : 0; // Not NaN, whatever was loaded.
        _short += (total - _short) / 15;
        _long += (total - _long) / 60;
        bool rises = total > _calm;
        _tail.Learn(0, rises ? total : 0); // A disturbance counts as often as it may alarm, not as long as it lasts.
        _calm = Math.Max(total, Calming * _calm);
        double severe = _short + (0.3 * _long) + (0.15 * total);
        (double expected, Band band) = Usual(value, apart);
        return new Score
        {
            Value = rises ? scale : Math.Min(scale, Suppressed),
            Severity = severe / (severe + HalfSevere),
            Expected = expected,
            Lower = band.Lower,
            Upper = band.Upper,
            Anomalous = rises && scale >= _alarmAt && total >= LeastTotal && band.Excludes(value),
            Statistic = total,
            Term = apart ? ApartTerm : FarTerm,
        };
    }

    /// <summary>Where the leading value was to be expected, and how far it may be off before it counts.</summary>
    private (double Expected, Band Band) Usual(double value, bool apart)
    {
        double deviation = _scales.Deviation(_leading), mean = _scales.Mean(_leading), least = Band.LeastChange(mean, 0);
        if (!apart || deviation == 0) return (mean, Band.UpTo(mean, Math.Max(FarFrom * deviation, least)));
        double expected = Band.Hold(value - (_residual[_leading] * deviation));
        return (expected, Band.UpTo(expected, Math.Max(ApartFrom * _scales.UsualResidual(_leading) * deviation, least)));
    }
}
