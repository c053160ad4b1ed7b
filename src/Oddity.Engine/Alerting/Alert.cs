using Oddity.Engine.Anomalies;

namespace Oddity.Engine.Alerting;

/// <summary>A message about an anomaly to one channel.</summary>
/// <param name="Id">Hash of anomaly, channel and kind: the receiver may use it to drop a repeat.</param>
/// <param name="Channel">Name of the channel.</param>
/// <param name="Anomaly">The anomaly as it was when the alert was made.</param>
/// <param name="Link">Where a person can look at it; null if the server does not know its own address.</param>
public sealed record Alert(string Id, string Channel, Anomaly Anomaly, string? Link);
