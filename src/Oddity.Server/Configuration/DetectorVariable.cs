namespace Oddity.Server.Configuration;

/// <summary>
/// An environment name of a system Oddity replaces that stands for one parameter of exactly one detector: "threshold" meant five things there.
/// </summary>
/// <param name="Name">The environment name.</param>
/// <param name="Detector">Detector id.</param>
/// <param name="Parameter">The detector's parameter.</param>
internal sealed record DetectorVariable(string Name, string Detector, string Parameter)
{
    public static IReadOnlyList<DetectorVariable> All { get; } =
    [
        new("WINDOW_SECONDS", "zscore", "window_seconds"),
        new("ANOMALY_THRESHOLD", "zscore", "threshold"),
        new("ANOMALY_MIN_COUNT", "zscore", "min_count"),
        new("MA_WINDOW_SIZE", "moving_average", "window"),
        new("MA_THRESHOLD", "moving_average", "threshold"),
        new("ENSEMBLE_THRESHOLD", "ensemble", "vote_threshold"),
        new("IF_SMOOTHING_ALPHA", "isolation_forest", "smoothing_alpha"),
        new("IF_BATCH_SIZE", "isolation_forest", "batch_size"),
        new("IF_CONTAMINATION", "isolation_forest", "contamination"),
        new("IF_MIN_ANOMALY_CONSEC", "isolation_forest", "min_consecutive"),
    ];

    public string Key => $"{Settings.Parameters.Key}.{Detector}.{Parameter}";
}
