namespace Oddity.Engine.Anomalies;

/// <summary>How much an anomaly matters, least first.</summary>
public enum Severity
{
    Info,
    Low,
    Medium,
    High,
    Critical,
}
