namespace Oddity.Engine.Alerting;

/// <summary>Which anomalies are sent where.</summary>
public sealed record AlertingOptions
{
    /// <summary>The first rule that fits decides; none fitting, <see cref="DefaultChannels"/> at or above <see cref="DefaultSeverity"/>.</summary>
    public IReadOnlyList<AlertRule> Rules { get; init; } = [];

    /// <summary>Channel names for anomalies no rule names. Default: none.</summary>
    public IReadOnlyList<string> DefaultChannels { get; init; } = [];

    /// <summary>Least severity that goes to <see cref="DefaultChannels"/>. Default low.</summary>
    public Anomalies.Severity DefaultSeverity { get; init; } = Anomalies.Severity.Low;

    /// <summary>Where the dashboard is, for links in messages; null for none.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>An anomaly that was over this long before its samples arrived is kept but nobody is alerted: old data that was uploaded. Default 1 hour.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Attempts before an alert is given up and counted as failed. Default 12.</summary>
    public int MaxAttempts { get; init; } = 12;
}
