namespace Oddity.Server.Configuration;

/// <summary>
/// Environment names of the systems Oddity replaces that belong to parts it does not have yet, or never needs. They are recognised, so that nobody
/// believes they take effect.
/// </summary>
internal static class LaterNames
{
    private static readonly (string Why, string[] Names)[] Groups =
    [
        ("mail alerts are not there yet", [
            "EMAIL_ENABLED", "EMAIL_FROM", "EMAIL_TO", "EMAIL_RATE_LIMIT_SECONDS", "EMAIL_SMTP_HOST", "EMAIL_SMTP_PORT", "SMTP_HOST", "SMTP_PORT",
            "SMTP_USER", "SMTP_PASSWORD",
        ]),
        ("Oddity keeps its data in data_dir; other stores are not there yet", [
            "DATABASE_URL", "DATABASE_HOST", "DATABASE_PORT", "DATABASE_NAME", "DATABASE_USER", "DATABASE_PASSWORD", "DATABASE_DRIVER",
            "HIKARI_MAXIMUM_POOL_SIZE", "HIKARI_MINIMUM_IDLE", "INFLUXDB_URL", "INFLUXDB_TOKEN", "INFLUXDB_ORG", "INFLUXDB_BUCKET",
        ]),
        ("alerts are not published to Redis yet", ["ALERTS_CHANNEL"]),
        ("sessions are random tokens, not JWT; see auth.session_idle", ["JWT_SECRET", "JWT_EXPIRATION"]),
        ("every sample is looked at when it arrives", ["DETECTION_INTERVAL"]),
        ("models are part of the server", ["ML_SERVICE_URL", "ML_MODEL_PATH"]),
        ("logs go to standard error", ["LOG_FILE"]),
        ("has no meaning here", [
            "ENVIRONMENT", "FLASK_APP", "FLASK_ENV", "REACT_APP_API_URL", "REACT_APP_WS_URL", "REACT_APP_ENV", "REACT_APP_DEBUG", "REACT_APP_THEME",
            "JAVA_OPTS",
        ]),
    ];

    /// <summary>Name and why it does nothing.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } =
        Groups.SelectMany(group => group.Names.Select(name => (name, group.Why))).ToDictionary(pair => pair.name, pair => pair.Why);

    /// <summary>A line for each of those names that is set.</summary>
    public static IEnumerable<string> Notices(IReadOnlyDictionary<string, string> environment) =>
        from name in All.Keys.Order(StringComparer.Ordinal)
        where environment.GetValueOrDefault(name) is { Length: > 0 }
        select $"{name}: not used yet ({All[name]})";
}
