namespace Oddity.Engine.Anomalies;

/// <summary>One page of anomalies.</summary>
/// <param name="Items">Newest start first.</param>
/// <param name="NextCursor">Where the next page begins; null at the end.</param>
public sealed record AnomalyPage(IReadOnlyList<Anomaly> Items, string? NextCursor);
