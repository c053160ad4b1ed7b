namespace Oddity.Server.Configuration;

/// <summary>A usual way to go from odd samples to messages; what is set by itself wins over it.</summary>
internal enum Preset
{
    /// <summary>A single odd sample is an anomaly, and every anomaly is sent to every channel.</summary>
    EveryAnomaly,

    /// <summary>Three odd samples in a row are an anomaly, and every anomaly is sent to every channel.</summary>
    Streak,

    /// <summary>A single odd sample is an anomaly; only alert rules send.</summary>
    Routed,
}
