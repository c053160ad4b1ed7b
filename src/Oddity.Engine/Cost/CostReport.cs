namespace Oddity.Engine.Cost;

/// <summary>What a tenant's series cost: all detectors, and a page of series.</summary>
/// <param name="Detectors">In order of their ids.</param>
/// <param name="Series">The page, in the order that was asked for, equal ones by their text.</param>
/// <param name="Total">Series in all.</param>
public sealed record CostReport(IReadOnlyList<DetectorCost> Detectors, IReadOnlyList<SeriesCost> Series, int Total);
