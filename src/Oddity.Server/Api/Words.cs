using Oddity.Engine.Anomalies;

namespace Oddity.Server.Api;

/// <summary>Severities and states as the API spells them: lower case out, any case in.</summary>
internal static class Words
{
    public const string Severities = "info, low, medium, high, critical";
    public const string Statuses = "open (or active), acknowledged, resolved, false_positive (or suppressed)";

    public static string Of(Severity severity) => severity switch
    {
        Severity.Info => "info",
        Severity.Low => "low",
        Severity.Medium => "medium",
        Severity.High => "high",
        _ => "critical",
    };

    public static string Of(AnomalyStatus status) => status switch
    {
        AnomalyStatus.Open => "open",
        AnomalyStatus.Acknowledged => "acknowledged",
        AnomalyStatus.Resolved => "resolved",
        _ => "false_positive",
    };

    public static Severity? ParseSeverity(string word) => word.ToLowerInvariant() switch
    {
        "info" => Severity.Info,
        "low" => Severity.Low,
        "medium" or "warning" => Severity.Medium,
        "high" => Severity.High,
        "critical" => Severity.Critical,
        _ => null,
    };

    public static AnomalyStatus? ParseStatus(string word) => word.ToLowerInvariant() switch
    {
        "open" or "active" => AnomalyStatus.Open,
        "acknowledged" => AnomalyStatus.Acknowledged,
        "resolved" => AnomalyStatus.Resolved,
        "false_positive" or "false-positive" or "suppressed" => AnomalyStatus.FalsePositive,
        _ => null,
    };
}
