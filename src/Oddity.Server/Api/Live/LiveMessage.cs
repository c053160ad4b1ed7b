using System.Text.Json.Serialization;
using Oddity.Server.Api.Anomalies;

namespace Oddity.Server.Api.Live;

/// <summary>What a dashboard hears.</summary>
/// <param name="Type">hello, opened, updated, closed, status or missed.</param>
/// <param name="Version">With hello: the server's.</param>
/// <param name="Anomaly">With opened, updated, closed and status: its state after that.</param>
/// <param name="Count">With missed: how many events were dropped since the last message, because this reader was slow.</param>
internal sealed record LiveMessage(
    string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Version = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AnomalyBody? Anomaly = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Count = null)
{
    public static LiveMessage Hello { get; } = new("hello", Version: Build.Version);
}
