namespace Oddity.Detection.Statistics;

/// <summary>
/// The quiet after an alarm: for a while only a clearly larger sum is another alarm, so that a disturbance is one message and a worse one inside it
/// another. For series sampled every two minutes or slower; of faster ones an anomaly soon after an alarm is often a new one, and was missed.
/// </summary>
internal struct AdaptiveQuiet
{
    /// <summary>By how much a sum must exceed the last alarm's to be one itself.</summary>
    private const double Larger = 1.2;

    private const double SlowMs = 8 * 3_600_000.0;
    private const double SlowFromMs = 120_000;
    private const int MostSamples = 160;

    private double _sum;
    private int _age;

    /// <summary>True where the sum says no more than the last alarm did.</summary>
    public readonly bool Covers(double sum, double intervalMs)
    {
        double lasts = intervalMs < SlowFromMs ? 0 : Math.Min(MostSamples, SlowMs / intervalMs);
        return _age < lasts && sum <= Larger * _sum;
    }

    public void Learn(bool alarm, double sum)
    {
        if (alarm) (_sum, _age) = (sum, 0);
        else if (_age < MostSamples) _age++;
    }

    public readonly void Save(StateWriter writer)
    {
        writer.Double(_sum);
        writer.Int32(_age);
    }

    public void Load(StateReader reader)
    {
        _sum = reader.Double();
        _age = reader.Int32();
    }
}
