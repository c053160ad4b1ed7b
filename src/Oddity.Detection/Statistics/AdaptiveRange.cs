namespace Oddity.Detection.Statistics;

/// <summary>
/// The rule "beyond anything seen": two samples in a row outside all values so far by most of their range, on a scale that is logarithmic but goes
/// through zero. Needs no history beyond the range, so it holds after two minutes; and it cannot cry often, because each time the range grows. O(1).
/// </summary>
internal struct AdaptiveRange
{
    /// <summary>How far outside counts, as a share of the range.</summary>
    private const double Share = 0.75;

    private const int InARow = 2;

    /// <summary>Samples over which the ends are forgotten.</summary>
    private const double Memory = 50_000;

    private double _low;
    private double _high;
    private double _size;
    private int _above;
    private int _below;
    private bool _started;

    /// <summary>True where the value is the second in a row that far outside.</summary>
    public readonly bool LeftBy(double value) => (IsAbove(value) && _above + 1 == InARow) || (IsBelow(value) && _below + 1 == InARow);

    public void Learn(double value)
    {
        if (!_started) (_started, _low, _high, _size) = (true, value, value, Math.Abs(value));
        _above = IsAbove(value) ? _above + 1 : 0;
        _below = IsBelow(value) ? _below + 1 : 0;
        // The first outside waits for a second and widens nothing; if it stays alone it was a glitch, and the other channels' affair.
        if (_above is > 0 and < InARow || _below is > 0 and < InARow) return;
        _low = Math.Min(_low + ((_high - _low) / Memory), value);
        _high = Math.Max(_high - ((_high - _low) / Memory), value);
        _size += 0.001 * (Math.Abs(value) - _size);
    }

    public readonly void Save(StateWriter writer)
    {
        writer.Doubles([_low, _high, _size]);
        writer.Int32(_above);
        writer.Int32(_below);
        writer.Bool(_started);
    }

    public void Load(StateReader reader)
    {
        Span<double> all = stackalloc double[3];
        reader.Doubles(all);
        (_low, _high, _size) = (all[0], all[1], all[2]);
        _above = reader.Int32();
        _below = reader.Int32();
        _started = reader.Bool();
    }

    private readonly bool IsAbove(double value) =>
        value > _high && _high > _low && Compress(value) - Compress(_high) >= Share * (Compress(_high) - Compress(_low));

    private readonly bool IsBelow(double value) =>
        value < _low && _high > _low && Compress(_low) - Compress(value) >= Share * (Compress(_high) - Compress(_low));

    private readonly double Compress(double value) => Elementary.Asinh(Math.Clamp(value / ((0.1 * _size) + 1e-300), -1e150, 1e150));
}
