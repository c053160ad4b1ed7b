using Oddity.Engine.Anomalies;

namespace Oddity.Server.Configuration;

/// <summary>Who hears of anomalies, and how.</summary>
internal static partial class Settings
{
    private static Setting[] Alerting =>
    [
        SlackWebhook, Webhook, WebhookSecret, RulesFile, AlertRules, DefaultChannels, DefaultSeverity, AlertMaxAge, MaxAttempts,
    ];

    public static Setting<Uri?> SlackWebhook { get; } = new(
        "alerts.slack.webhook_url", Kinds.WebAddress, null, "A Slack-compatible incoming webhook: the channel `slack`.")
    {
        Aliases = ["SLACK_WEBHOOK_URL", "SLACK_WEBHOOK"],
        Secret = true,
    };

    public static Setting<Uri?> Webhook { get; } = new(
        "alerts.webhook.url", Kinds.WebAddress, null, "An address that gets alerts as JSON: the channel `webhook`.")
    {
        Secret = true,
    };

    public static Setting<string?> WebhookSecret { get; } = new(
        "alerts.webhook.secret", Kinds.OptionalText, null, "Key of the webhook's HMAC-SHA256 signature.")
    {
        Secret = true,
    };

    public static Setting<string?> RulesFile { get; } = new(
        "alerts.rules_file", Kinds.OptionalText, null, "A file of alert rules: `rules: [{metric, severity, channels}]`.");

    public static Structure AlertRules { get; } = new(
        "alerts.rules", "list of {metric, severity, channels}", "", "The same rules in place. The first that fits an anomaly decides where it is sent.");

    public static Setting<IReadOnlyList<string>> DefaultChannels { get; } = new(
        "alerts.default_channels", Kinds.Texts, [], "Channels for anomalies no rule names.")
    {
        DefaultMeaning = "every channel there is; none with rules or the preset routed",
    };

    public static Setting<Severity> DefaultSeverity { get; } = new(
        "alerts.default_severity", Kinds.Severities, Severity.Low, "Least severity that goes to the default channels.");

    public static Setting<TimeSpan> AlertMaxAge { get; } = new(
        "alerts.max_age",
        Kinds.DurationBetween(TimeSpan.Zero, TimeSpan.FromDays(3650)),
        TimeSpan.FromHours(1),
        "Anomalies older than this when their samples arrive are not sent: a backfill alarms nobody.");

    public static Setting<int> MaxAttempts { get; } = new(
        "alerts.max_attempts", Kinds.Whole(1, 1_000), 12, "Attempts before an alert is given up and counted as failed.");
}
