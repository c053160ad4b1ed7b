using System.Text.Json.Serialization;

namespace Oddity.Server.Api.Health;

/// <summary>How the server is doing.</summary>
/// <param name="Status">healthy, starting (recovery goes on) or unhealthy.</param>
/// <param name="Version">Such as "0.1.0".</param>
/// <param name="QueueDepth">Batches on disk that are not applied to their series yet.</param>
/// <param name="Components">Its parts by name.</param>
internal sealed record HealthBody(string Status, string Version, int QueueDepth, IReadOnlyDictionary<string, HealthBody.ComponentBody> Components)
{
    /// <param name="Status">As of the whole; of the store also read_only while the disk is full.</param>
    /// <param name="Detail">A figure or a reason; left out where there is none.</param>
    internal sealed record ComponentBody(string Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail = null);
}
