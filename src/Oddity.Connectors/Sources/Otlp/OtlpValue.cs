using System.Globalization;
using System.Text;

namespace Oddity.Connectors.Sources.Otlp;

/// <summary>Turns OTLP's AnyValue into text.</summary>
/// <param name="encoding">Reads texts; what it throws on bytes that are none goes through.</param>
/// <param name="nested">Whether lists, maps and bytes are written out too, as people write them; otherwise they say nothing.</param>
internal sealed class OtlpValue(Encoding encoding, bool nested)
{
    /// <summary>Deepest nesting; what is deeper is left out.</summary>
    private const int MaxDepth = 16;

    /// <summary>Lists and maps are not written on beyond so many characters.</summary>
    private const int MaxText = 32_768;

    /// <summary>The text of a message; null where it says nothing.</summary>
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    public string? Text(ReadOnlySpan<byte> message) => Text(message, 0);

    /// <summary>A KeyValue: its name, and the text of its value or null.</summary>
    /// <inheritdoc cref="Text(ReadOnlySpan{byte})" path="/exception"/>
    public (string Name, string? Value) Pair(ReadOnlySpan<byte> keyValue) => Pair(keyValue, 0);

    private (string Name, string? Value) Pair(ReadOnlySpan<byte> keyValue, int depth)
    {
        string name = "";
        string? value = null;
        var reader = new ProtoReader(keyValue);
        while (reader.Next())
        {
            if (reader.Is(1, ProtoReader.TypeBytes)) name = encoding.GetString(reader.Bytes());
            else if (reader.Is(2, ProtoReader.TypeBytes)) value = Text(reader.Bytes(), depth);
            else reader.Skip();
        }

        reader.End();
        return (name, value);
    }

    private string? Text(ReadOnlySpan<byte> message, int depth)
    {
        if (depth > MaxDepth) return "…";
        string? text = null;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Is(1, ProtoReader.TypeBytes)) text = encoding.GetString(reader.Bytes());
            else if (reader.Is(2, ProtoReader.TypeVarint)) text = reader.Varint() != 0 ? "true" : "false";
            else if (reader.Is(3, ProtoReader.TypeVarint)) text = ((long)reader.Varint()).ToString(CultureInfo.InvariantCulture);
            else if (reader.Is(4, ProtoReader.TypeFixed64)) text = reader.Double().ToString("R", CultureInfo.InvariantCulture);
            else if (nested && reader.Is(5, ProtoReader.TypeBytes)) text = Values(reader.Bytes(), depth, map: false);
            else if (nested && reader.Is(6, ProtoReader.TypeBytes)) text = Values(reader.Bytes(), depth, map: true);
            else if (nested && reader.Is(7, ProtoReader.TypeBytes)) text = Convert.ToBase64String(reader.Bytes());
            else reader.Skip();
        }

        reader.End();
        return text;
    }

    private string Values(ReadOnlySpan<byte> message, int depth, bool map)
    {
        var text = new StringBuilder(map ? "{" : "[");
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (!reader.Is(1, ProtoReader.TypeBytes))
            {
                reader.Skip();
                continue;
            }

            if (text.Length > MaxText) return text.ToString();
            if (text.Length > 1) text.Append(", ");
            if (map)
            {
                (string name, string? value) = Pair(reader.Bytes(), depth + 1);
                text.Append(name).Append('=').Append(value);
            }
            else
            {
                text.Append(Text(reader.Bytes(), depth + 1));
            }
        }

        reader.End();
        return text.Append(map ? '}' : ']').ToString();
    }
}
