namespace Oddity.Detection.Statistics;

/// <summary>
/// How large a forecast's errors usually are: the size that 68 % of them stay below, and how many times that 99.7 % stay below (3 for normal errors, up to 12 for
/// heavy tails), each followed by small steps up and down whose odds are those shares (Robbins and Monro, 1951). Shifts raise it slowly and for a while only;
/// O(1), 20 bytes.
/// </summary>
internal struct ErrorScale
{
    private const double Usual = 0.6827, Nearly = 0.9973, Least = 3, Most = 12, Step = 0.01;

    /// <summary>Errors it needs before it can be relied on.</summary>
    public const int Enough = 60;

    private double _usual;
    private double _ratio;

    /// <summary>Errors learnt.</summary>
    public int Seen { get; private set; }

    /// <summary>Begins with what a model says of itself.</summary>
    public void Start(double deviation) => (_usual, _ratio, Seen) = (deviation, Least, 0);

    /// <summary>What 99.7 % of the errors stay below; 0 where there never was one.</summary>
    public readonly double Reach => _usual * _ratio;

    public void Learn(double error, double least)
    {
        double size = Math.Abs(error), step = Math.Max(Step, 2.0 / (4 + Seen));
        if (_usual <= least) _usual = size > least ? Math.Max(size / 10, least) : _usual;
        else
        {
            double reach = Reach;
            _usual = Math.Clamp(_usual * (1 + (size > _usual ? step * Usual : -step * (1 - Usual))), least, Band.Largest);
            if (Seen >= Enough) _ratio = Math.Clamp(_ratio * (1 + (size > reach ? 2 * Step * Nearly : -2 * Step * (1 - Nearly))), Least, Most);
        }

        if (Seen < int.MaxValue) Seen++;
    }

    public readonly void Save(StateWriter writer)
    {
        writer.Double(_usual);
        writer.Double(_ratio);
        writer.Int32(Seen);
    }

    public void Load(StateReader reader)
    {
        (_usual, _ratio, Seen) = (reader.Double(), reader.Double(), reader.Int32());
        if (_usual is not (>= 0 and <= Band.Largest) || _ratio is not (>= 0 and <= Most) || Seen < 0) throw new InvalidDataException("A scale that cannot be.");
    }
}
