using System.Text.Json;

namespace Oddity.Connectors.Sources.Events;

/// <summary>
/// The properties of one JSON object, sorted by what they mean but not yet judged. Reused from event to event, so reading allocates nothing. Of a
/// property given twice the last counts.
/// </summary>
internal sealed class JsonEvent
{
    /// <summary>Most properties that are kept besides those with a meaning of their own.</summary>
    public const int MaxFields = 1024;

    public JsonToken Metric, Name, Value, Time, ApiId, LatencyMs, StatusCode, ResponseSize;

    /// <summary>The objects under <c>labels</c>, <c>meta</c> and <c>tags</c>, in the order given.</summary>
    public List<JsonToken> Labels { get; } = [];

    /// <summary>All properties whose names have no meaning of their own.</summary>
    public List<(JsonToken Name, JsonToken Value)> Others { get; } = [];

    /// <summary>There were more than <see cref="MaxFields"/>; the rest was not kept.</summary>
    public bool TooManyFields { get; private set; }

    /// <summary>Reads up to the end of the object on whose start the reader stands. Throws what the reader throws: the JSON is broken.</summary>
    /// <param name="reader">Stands on the start of an object.</param>
    /// <param name="body">The whole body.</param>
    /// <param name="offset">Where in the body the reader's input begins.</param>
    public void Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, int offset)
    {
        Metric = Name = Value = Time = ApiId = LatencyMs = StatusCode = ResponseSize = default;
        Labels.Clear();
        Others.Clear();
        TooManyFields = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            JsonToken name = Take(ref reader, offset);
            EventField field = FieldOf(name, body);
            reader.Read();
            Put(field, name, Take(ref reader, offset));
        }
    }

    /// <summary>The token the reader stands on; of an object or array all of it, the reader then stands on its end.</summary>
    public static JsonToken Take(ref Utf8JsonReader reader, int offset)
    {
        JsonTokenType type = reader.TokenType;
        int start = offset + (int)reader.TokenStartIndex;
        if (type is JsonTokenType.String or JsonTokenType.PropertyName) return new(type, start + 1, reader.ValueSpan.Length, reader.ValueIsEscaped);
        if (type is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return new(type, start, reader.ValueSpan.Length, false);
        reader.Skip();
        return new(type, start, offset + (int)reader.BytesConsumed - start, false);
    }

    private static EventField FieldOf(JsonToken name, ReadOnlySpan<byte> body)
    {
        if (!name.Escaped) return EventFields.Of(name.Bytes(body));
        return name.TryText(body, out string? text) ? EventFields.Of(System.Text.Encoding.UTF8.GetBytes(text)) : EventField.Other;
    }

    private void Put(EventField field, JsonToken name, JsonToken value)
    {
        switch (field)
        {
            case EventField.Metric: Metric = value; break;
            case EventField.Name: Name = value; break;
            case EventField.Value: Value = value; break;
            case EventField.Time: Time = value; break;
            case EventField.ApiId: ApiId = value; break;
            case EventField.LatencyMs: LatencyMs = value; break;
            case EventField.StatusCode: StatusCode = value; break;
            case EventField.ResponseSize: ResponseSize = value; break;
            default: TooManyFields |= !TryKeep(field, name, value); break;
        }
    }

    private bool TryKeep(EventField field, JsonToken name, JsonToken value)
    {
        if (Labels.Count + Others.Count == MaxFields) return false;
        if (field == EventField.Other) Others.Add((name, value));
        else if (value.Type == JsonTokenType.StartObject) Labels.Add(value);
        return true;
    }
}
