namespace Oddity.Connectors.Sources.Events;

/// <summary>What a property of an event means. Names are matched as they are written here, in lower case.</summary>
internal enum EventField
{
    Other,
    Metric,
    Name,
    Value,
    Time,
    Labels,
    ApiId,
    LatencyMs,
    StatusCode,
    ResponseSize,
}

internal static class EventFields
{
    public static EventField Of(ReadOnlySpan<byte> name)
    {
        switch (name.Length)
        {
            case 2 when name.SequenceEqual("ts"u8):
            case 4 when name.SequenceEqual("time"u8):
            case 9 when name.SequenceEqual("timestamp"u8):
            case 10 when name.SequenceEqual("@timestamp"u8):
                return EventField.Time;
            case 4 when name.SequenceEqual("meta"u8) || name.SequenceEqual("tags"u8):
            case 6 when name.SequenceEqual("labels"u8):
                return EventField.Labels;
            case 4 when name.SequenceEqual("name"u8): return EventField.Name;
            case 5 when name.SequenceEqual("value"u8): return EventField.Value;
            case 6 when name.SequenceEqual("metric"u8): return EventField.Metric;
            case 6 when name.SequenceEqual("api_id"u8): return EventField.ApiId;
            case 10 when name.SequenceEqual("latency_ms"u8): return EventField.LatencyMs;
            case 11 when name.SequenceEqual("status_code"u8): return EventField.StatusCode;
            case 13 when name.SequenceEqual("response_size"u8): return EventField.ResponseSize;
            default: return EventField.Other;
        }
    }
}
