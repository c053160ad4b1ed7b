namespace Oddity.Engine.Intake;

/// <summary>How far a source has come at one place, such as a partition of a topic.</summary>
/// <param name="Place">The source and the place, such as <c>kafka/anomaly-ingest-group/events/3</c>; at most some thousands of them exist.</param>
/// <param name="Position">Where to go on, in the source's own words.</param>
public sealed record SourcePosition(string Place, string Position);
