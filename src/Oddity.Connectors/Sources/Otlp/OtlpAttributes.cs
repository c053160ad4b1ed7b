using System.Globalization;
using System.Text;

namespace Oddity.Connectors.Sources.Otlp;

/// <summary>Turns OTLP's attributes into labels. Texts, numbers and booleans are labels; lists, maps and bytes say too much for one and are passed over.</summary>
internal static class OtlpAttributes
{
    /// <summary>Most attributes of a resource that become labels, the first in order of name: SDKs send dozens, and a series has 40 labels at most.</summary>
    public const int MaxOfResource = 20;

    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Adds the attributes in field <paramref name="field"/> of a message.</summary>
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    /// <exception cref="DecoderFallbackException">A text is not UTF-8.</exception>
    public static void AddTo(SortedDictionary<string, string> labels, ReadOnlySpan<byte> message, int field)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (!reader.Is(field, ProtoReader.TypeBytes)) reader.Skip();
            else if (Read(reader.Bytes()) is { Value: { } value } attribute) labels[attribute.Name] = value;
        }

        reader.End();
    }

    /// <inheritdoc cref="ProtoReader"/>
    public static string Text(ReadOnlySpan<byte> utf8) => s_strict.GetString(utf8);

    private static (string Name, string? Value) Read(ReadOnlySpan<byte> keyValue)
    {
        string name = "";
        string? value = null;
        var reader = new ProtoReader(keyValue);
        while (reader.Next())
        {
            if (reader.Is(1, ProtoReader.TypeBytes)) name = Text(reader.Bytes());
            else if (reader.Is(2, ProtoReader.TypeBytes)) value = AnyValue(reader.Bytes());
            else reader.Skip();
        }

        reader.End();

        return (name, name.Length == 0 ? null : value);
    }

    private static string? AnyValue(ReadOnlySpan<byte> message)
    {
        string? text = null;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Is(1, ProtoReader.TypeBytes)) text = Text(reader.Bytes());
            else if (reader.Is(2, ProtoReader.TypeVarint)) text = reader.Varint() != 0 ? "true" : "false";
            else if (reader.Is(3, ProtoReader.TypeVarint)) text = ((long)reader.Varint()).ToString(CultureInfo.InvariantCulture);
            else if (reader.Is(4, ProtoReader.TypeFixed64)) text = reader.Double().ToString("R", CultureInfo.InvariantCulture);
            else reader.Skip();
        }

        reader.End();

        return text;
    }
}
