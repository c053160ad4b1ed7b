using Oddity.Detection.Detectors;

namespace Oddity.Detection;

/// <summary>Every detector there is. A new one is a file in Detectors, its test, and a line here.</summary>
public static class DetectorCatalogue
{
    /// <summary>What watches a series unless the configuration says otherwise.</summary>
    public const string Default = AdaptiveDetector.Id;

    public static IReadOnlyList<DetectorEntry> All { get; } =
    [
        new(AdaptiveDetector.Id, "the default: many simple views, each judged by how rare its deviations were; learns seasons, cadence and tails",
            (parameters, _) => new AdaptiveDetector(parameters)),
        new(ZScoreDetector.Id, "standard deviations from the mean of a time window", (parameters, _) => new ZScoreDetector(parameters)),
        new(PercentileDetector.Id, "beyond the 1st or 99th percentile of a time window", (parameters, _) => new PercentileDetector(parameters)),
        new(MovingAverageDetector.Id, "distance from the mean of the last few samples, in the series' unit", (parameters, _) => new MovingAverageDetector(parameters)),
        new(ThresholdDetector.Id, "a limit that holds from the first sample", (parameters, _) => new ThresholdDetector(parameters)),
        new(Ensemble.Id, "weighted votes of other detectors", Ensemble.Create),
    ];

    /// <summary>The entry of that id; null where there is none.</summary>
    public static DetectorEntry? Find(string id) => All.FirstOrDefault(entry => entry.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
}
