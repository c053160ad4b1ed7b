namespace Oddity.Detection.Statistics;

/// <summary>
/// How large a detector's errors usually are: exponentially decayed mean square, exact while there are few. Turns an error into a score for detectors whose own
/// threshold knows nothing about how the series varies.
/// </summary>
/// <param name="share">Weight of the newest error, once there are 1/share of them; 0 to 1.</param>
internal struct DecayedScale(double share)
{
    private double _meanSquare;
    private int _seen;

    /// <summary>The score of an error by the errors before it.</summary>
    public readonly double Score(double error, double expected)
    {
        if (_seen < 2) return 0;
        double deviation = Math.Sqrt(_meanSquare);
        if (deviation > 0) return Student.Score(Student.Ratio(error, deviation), Math.Min(_seen, (2 - share) / share));
        return Math.Abs(error) > Band.LeastChange(expected, 0) ? Student.ScoreOfBrokenConstant(_seen) : 0;
    }

    public void Learn(double error)
    {
        if (_seen < int.MaxValue) _seen++;
        _meanSquare += Math.Max(share, 1.0 / _seen) * ((error * error) - _meanSquare);
    }

    public readonly void Save(StateWriter writer)
    {
        writer.Double(_meanSquare);
        writer.Int32(_seen);
    }

    public void Load(StateReader reader)
    {
        _meanSquare = reader.Double();
        _seen = reader.Int32();
        if (!(_meanSquare is >= 0 and <= double.MaxValue) || _seen < 0) throw new InvalidDataException("A scale that cannot be.");
    }
}
