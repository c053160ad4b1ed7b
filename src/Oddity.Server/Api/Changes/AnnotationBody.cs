using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Oddity.Engine.Changes;

namespace Oddity.Server.Api.Changes;

/// <summary>A change as Grafana's annotations API writes one.</summary>
internal sealed record AnnotationBody(
    [property: JsonPropertyName("id")] long Id,
    [property: JsonPropertyName("alertId")] int AlertId,
    [property: JsonPropertyName("dashboardId")] int DashboardId,
    [property: JsonPropertyName("panelId")] int PanelId,
    [property: JsonPropertyName("userId")] int UserId,
    [property: JsonPropertyName("newState")] string NewState,
    [property: JsonPropertyName("prevState")] string PrevState,
    [property: JsonPropertyName("time")] long Time,
    [property: JsonPropertyName("timeEnd")] long TimeEnd,
    [property: JsonPropertyName("text")] string Text,
    [property: JsonPropertyName("tags")] IReadOnlyList<string> Tags)
{
    public static AnnotationBody From(Change change)
    {
        List<string> tags = [.. change.Tags];
        if (change.Kind != ChangeKind.Other && !tags.Exists(tag => ChangeKind.Parse(tag) == change.Kind)) tags.Add(change.Kind);
        if (change.Service is { } service && !tags.Contains($"service:{service}")) tags.Add($"service:{service}");
        if (change.Version is { } version && !tags.Contains($"version:{version}")) tags.Add($"version:{version}");
        return new(NumberOf(change.Id), 0, 0, 0, 0, "", "", change.StartMs, change.EndMs ?? change.StartMs, change.Text ?? change.Title, tags);
    }

    /// <summary>Grafana's ids are numbers: 53 bits of a hash, which JavaScript can hold.</summary>
    public static long NumberOf(string id) => long.Parse(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 7)), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> 3;
}
