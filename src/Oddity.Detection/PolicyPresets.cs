namespace Oddity.Detection;

/// <summary>Policies with a name.</summary>
public static class PolicyPresets
{
    /// <summary>A single odd sample is an anomaly.</summary>
    public static PolicyOptions EveryAnomaly { get; } = new();

    /// <summary>Three odd samples in a row are an anomaly.</summary>
    public static PolicyOptions Streak { get; } = new() { Streak = 3 };

    /// <summary>A single odd sample is an anomaly; who hears of it is for the alert rules to say.</summary>
    public static PolicyOptions Routed { get; } = new();

    public static IReadOnlyDictionary<string, PolicyOptions> All { get; } = new SortedDictionary<string, PolicyOptions>(StringComparer.Ordinal)
    {
        ["every-anomaly"] = EveryAnomaly,
        ["streak"] = Streak,
        ["routed"] = Routed,
    };
}
