using Oddity.Engine.Anomalies;

namespace Oddity.Engine.Alerting;

/// <summary>One line of alerts.yml.</summary>
/// <param name="Metric">A metric name or canonical series text, <c>*</c> for any run of characters.</param>
/// <param name="Severity">Least severity the rule is for.</param>
/// <param name="Channels">Channel names; empty sends nowhere.</param>
public sealed record AlertRule(string Metric, Severity Severity, IReadOnlyList<string> Channels);
