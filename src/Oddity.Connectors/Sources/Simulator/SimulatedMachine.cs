namespace Oddity.Connectors.Sources.Simulator;

/// <summary>A made-up machine: CPU, memory and disk in percent, now and then all three near full. The same seed tells the same story.</summary>
internal sealed class SimulatedMachine(int seed, double anomalousShare)
{
    private readonly Random _random = new(seed);
    private double _memory = 55;
    private double _disk = 60;

    /// <summary>One reading, each value 0 to 100.</summary>
    /// <param name="Cpu">Used processor time.</param>
    /// <param name="Memory">Used memory.</param>
    /// <param name="Disk">Used space.</param>
    /// <param name="Anomalous">Whether it was made to be odd.</param>
    internal readonly record struct Reading(double Cpu, double Memory, double Disk, bool Anomalous);

    public Reading Next()
    {
        bool anomalous = _random.NextDouble() < anomalousShare;
        double cpu = 40 + 6 * Normal();
        _memory = Drift(_memory, towards: 55, by: 0.8);
        _disk = Drift(_disk, towards: 60, by: 0.2);
        return anomalous
            ? new(Round(Between(88, 99)), Round(Between(85, 98)), Round(Between(91, 99)), true)
            : new(Round(cpu), Round(_memory), Round(_disk), false);
    }

    /// <summary>A step of a random walk that is drawn back to its middle.</summary>
    private double Drift(double value, double towards, double by) => value + 0.05 * (towards - value) + by * Normal();

    private double Between(double low, double high) => low + (high - low) * _random.NextDouble();

    /// <summary>Normally distributed, mean 0, deviation 1 (Box and Muller).</summary>
    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private static double Round(double percent) => Math.Round(Math.Clamp(percent, 0, 100), 1);
}
