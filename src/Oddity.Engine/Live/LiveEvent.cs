using Oddity.Engine.Anomalies;

namespace Oddity.Engine.Live;

/// <summary>Something dashboards hear of at once.</summary>
/// <param name="Kind">"opened", "updated", "closed" or "status".</param>
/// <param name="Anomaly">Its state after that.</param>
public sealed record LiveEvent(string Kind, Anomaly Anomaly);
