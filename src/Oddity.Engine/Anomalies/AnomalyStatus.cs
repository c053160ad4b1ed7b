namespace Oddity.Engine.Anomalies;

/// <summary>What people made of an anomaly. Whether it still goes on is another matter: <see cref="Anomaly.EndMs"/>.</summary>
public enum AnomalyStatus
{
    /// <summary>Nobody has dealt with it.</summary>
    Open,

    /// <summary>Somebody is on it.</summary>
    Acknowledged,

    /// <summary>Dealt with.</summary>
    Resolved,

    /// <summary>It was none; feedback for the detectors.</summary>
    FalsePositive,
}
