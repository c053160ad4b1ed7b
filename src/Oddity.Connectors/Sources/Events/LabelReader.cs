using System.Text.Json;

namespace Oddity.Connectors.Sources.Events;

/// <summary>Reads labels out of a <c>labels</c>, <c>meta</c> or <c>tags</c> object: its texts, numbers and booleans, as written. Nulls, objects and arrays in it say nothing about a series and are passed over.</summary>
internal static class LabelReader
{
    /// <summary>False if a name or value is not valid Unicode.</summary>
    public static bool TryRead(JsonToken labels, ReadOnlySpan<byte> body, List<KeyValuePair<string, string>> into)
    {
        var reader = new Utf8JsonReader(labels.Bytes(body));
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            JsonToken name = JsonEvent.Take(ref reader, labels.Start);
            reader.Read();
            JsonToken value = JsonEvent.Take(ref reader, labels.Start);
            if (value.Type is not (JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False)) continue;
            if (!name.TryText(body, out string? key) || !value.TryText(body, out string? text)) return false;
            into.Add(new(key, text));
        }

        return true;
    }
}
