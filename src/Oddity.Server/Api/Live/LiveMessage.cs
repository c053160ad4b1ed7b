using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Oddity.Engine.Live;
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
    private static readonly ConditionalWeakTable<LiveEvent, LiveMessage> s_made = [];
    private byte[]? _text;

    public static LiveMessage Hello { get; } = new("hello", Version: Build.Version);

    /// <summary>The message as UTF-8 JSON; made once for all who hear it.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Text => _text ??= JsonSerializer.SerializeToUtf8Bytes(this, Json.Readable.LiveMessage);

    /// <summary>What is told of an event: the same message to every dashboard, so that a thousand of them cost one text.</summary>
    public static LiveMessage Of(LiveEvent happened) =>
        s_made.GetValue(happened, static told => new(told.Kind, Anomaly: AnomalyBody.From(told.Anomaly)));
}
