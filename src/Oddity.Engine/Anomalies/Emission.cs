namespace Oddity.Engine.Anomalies;

/// <summary>A new state of an anomaly on its way to the store, the outbox and the live feed.</summary>
/// <param name="Kind">"opened", "updated" or "closed".</param>
/// <param name="Anomaly">The state.</param>
/// <param name="ReceivedMs">When the batch that brought it arrived, Unix milliseconds; long.MaxValue where nobody is to be alerted.</param>
internal readonly record struct Emission(string Kind, Anomaly Anomaly, long ReceivedMs);
