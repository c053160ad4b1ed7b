using System.Text;

namespace Oddity.Connectors.Sources.Otlp;

/// <summary>Turns OTLP's attributes into labels. Texts, numbers and booleans are labels; lists, maps and bytes say too much for one and are passed over.</summary>
internal static class OtlpAttributes
{
    /// <summary>Most attributes of a resource that become labels, the first in order of name: SDKs send dozens, and a series has 40 labels at most.</summary>
    public const int MaxOfResource = 20;

    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);
    private static readonly OtlpValue s_value = new(s_strict, nested: false);

    /// <summary>Adds the attributes in field <paramref name="field"/> of a message.</summary>
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    /// <exception cref="DecoderFallbackException">A text is not UTF-8.</exception>
    public static void AddTo(SortedDictionary<string, string> labels, ReadOnlySpan<byte> message, int field)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (!reader.Is(field, ProtoReader.TypeBytes)) reader.Skip();
            else if (s_value.Pair(reader.Bytes()) is { Name.Length: > 0, Value: { } value } attribute) labels[attribute.Name] = value;
        }

        reader.End();
    }

    /// <inheritdoc cref="ProtoReader"/>
    public static string Text(ReadOnlySpan<byte> utf8) => s_strict.GetString(utf8);
}
