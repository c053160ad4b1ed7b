using Oddity.Detection;

namespace Oddity.Engine.Series;

/// <summary>What watches vectors.</summary>
/// <param name="Plan">Revision, policy and configuration, as for a series.</param>
/// <param name="Create">Makes the detector for a vector of that many dimensions.</param>
internal sealed record VectorPlan(WatchPlan Plan, Func<SeriesKey, int, VectorDetector> Create)
{
    public string DetectorId => Plan.DetectorId;

    public string Revision => Plan.Revision;
}
