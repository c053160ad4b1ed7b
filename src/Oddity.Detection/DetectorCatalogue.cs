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
        new("zscore", "stub", (p, s) => new ZScoreStub()), new("threshold", "stub", (p, s) => new ThresholdStub(p.Number("above", 1e300))),
    ];

    /// <summary>The entry of that id; null where there is none.</summary>
    public static DetectorEntry? Find(string id) => All.FirstOrDefault(entry => entry.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
}
