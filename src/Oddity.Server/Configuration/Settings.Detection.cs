using Oddity.Detection;
using Side = Oddity.Detection.Direction;

namespace Oddity.Server.Configuration;

/// <summary>What watches series, and what counts as odd.</summary>
internal static partial class Settings
{
    private static Setting[] Detection =>
    [
        Detector, VectorDetector, Parameters, Preset, Threshold, Direction, MinimumChange, MinimumRelativeChange, Streak, ClearAfter, ClearRatio,
        Rules, Limits,
    ];

    private static readonly Kind<string> DetectorId = Kinds.Named("detector id or none", () => [.. DetectorCatalogue.All.Select(entry => entry.Id), "none"]);

    public static Setting<string> Detector { get; } = new(
        "detection.detector",
        DetectorId,
        DetectorCatalogue.Default,
        "What watches a series no rule names; `none` for nothing. `oddity score --list` names all.")
    {
        Option = "--detector",
    };

    public static Setting<string> VectorDetector { get; } = new(
        "detection.vector_detector",
        Kinds.Named("detector of several values", () => [.. DetectorCatalogue.All.Where(entry => entry.CreateVector is not null).Select(entry => entry.Id)]),
        DetectorCatalogue.DefaultVector,
        "What watches values that are measured together and arrive as one row: `isolation_forest`, `adaptive` or `pca`.");

    public static Structure Parameters { get; } = new(
        "detection.parameters",
        "detector: {parameter: value}",
        "",
        "Parameters for every detector of an id; `ODDITY_DETECTION__PARAMETERS__ZSCORE__THRESHOLD` in the environment.");

    public static Setting<Preset?> Preset { get; } = new(
        "detection.preset",
        Kinds.Word(
            ("", (Preset?)null),
            ("every-anomaly", Configuration.Preset.EveryAnomaly),
            ("streak", Configuration.Preset.Streak),
            ("routed", Configuration.Preset.Routed)),
        null,
        "Sets streak and routing together: `every-anomaly`, `streak` (three odd samples in a row), `routed` (only alert rules send). " +
        "What is set by itself wins.");

    public static Setting<double?> Threshold { get; } = new(
        "detection.policy.threshold",
        Kinds.Optional(Kinds.Number(0, 1)),
        null,
        "Least calibrated score, 0 to 1, that counts as odd; nothing: the detector's own vote decides.");

    public static Setting<Side> Direction { get; } = new(
        "detection.policy.direction",
        Kinds.Word(("both", Side.Both), ("above", Side.Above), ("below", Side.Below)),
        Side.Both,
        "Which side of the expected value counts.");

    public static Setting<double> MinimumChange { get; } = new(
        "detection.policy.minimum_change", Kinds.Number(0), 0, "Least distance from the expected value that counts, in the series' unit.");

    public static Setting<double> MinimumRelativeChange { get; } = new(
        "detection.policy.minimum_relative_change", Kinds.Number(0), 0, "The same as a share of the expected value: 0.1 is 10 %.");

    public static Setting<int> Streak { get; } = new("detection.policy.streak", Kinds.Whole(1, 100_000), 1, "How many odd samples in a row open an anomaly.");

    public static Setting<int> ClearAfter { get; } = new(
        "detection.policy.clear_after", Kinds.Whole(1, 100_000), 3, "How many samples in a row that are not odd close an anomaly.");

    public static Setting<double> ClearRatio { get; } = new(
        "detection.policy.clear_ratio", Kinds.Number(0, 1), 0.8, "While an anomaly is open, a sample counts as odd down to this share of the threshold.");

    public static Structure Rules { get; } = new(
        "detection.rules", "list of {match, detector, parameters, policy}", "", "What watches which series; the first rule whose pattern fits counts.");

    public static Structure Limits { get; } = new(
        "detection.limits",
        "list of {match, above, below}",
        "system_metrics_cpu > 85, system_metrics_memory > 90, system_metrics_disk > 90",
        "Limits that hold from the first sample, beside whatever else watches the series. A list replaces the default.");
}
