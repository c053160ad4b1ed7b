namespace Oddity.Detection;

/// <summary>A detector as users name it.</summary>
/// <param name="Id">Lower-case name in configuration, on the command line and in votes.</param>
/// <param name="Summary">One line for lists.</param>
/// <param name="Create">Makes one from its parameters and a seed derived from the series key.</param>
public sealed record DetectorEntry(string Id, string Summary, Func<DetectorParameters, ulong, Detector> Create)
{
    /// <summary>
    /// Makes the form that watches several values together, of so many dimensions; null where the detector has none and each value is watched by one of its own.
    /// </summary>
    public Func<int, DetectorParameters, ulong, VectorDetector>? CreateVector { get; init; }
}
