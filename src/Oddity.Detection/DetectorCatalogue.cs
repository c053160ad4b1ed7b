namespace Oddity.Detection;

/// <summary>Every detector there is. A new one is a file in Detectors, its test, and a line here.</summary>
public static class DetectorCatalogue
{
    /// <summary>What watches a series unless the configuration says otherwise.</summary>
    public const string Default = "zscore";

    public static IReadOnlyList<DetectorEntry> All { get; } =
    [
    ];

    /// <summary>The entry of that id; null where there is none.</summary>
    public static DetectorEntry? Find(string id) => All.FirstOrDefault(entry => entry.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
}
