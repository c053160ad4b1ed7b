namespace Oddity.Connectors.Sources;

/// <summary>How a source is doing, for people.</summary>
/// <param name="Id">Such as "host", "simulator" or "prometheus".</param>
/// <param name="State">Whether it works.</param>
/// <param name="Detail">A sentence without secrets: what it brings, or why it fails; null if there is nothing to say.</param>
/// <param name="LastSuccessMs">When samples last came in, Unix milliseconds of the wall clock; null if never.</param>
public sealed record SourceStatus(string Id, SourceState State, string? Detail, long? LastSuccessMs);
