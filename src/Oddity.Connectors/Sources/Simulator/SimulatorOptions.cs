namespace Oddity.Connectors.Sources.Simulator;

/// <summary>What the simulator makes.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Time between readings. Default 3 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Share of the readings that are anomalous, 0 to 1. Default 0.1.</summary>
    public double AnomalousShare { get; init; } = 0.1;

    /// <summary>The same seed gives the same readings. Default 1.</summary>
    public int Seed { get; init; } = 1;
}
