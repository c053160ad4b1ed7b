using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Oddity.Connectors.Sources.Events;

/// <summary>Where a JSON token lies in the body; strings without their quotes, objects and arrays with their brackets.</summary>
internal readonly record struct JsonToken(JsonTokenType Type, int Start, int Length, bool Escaped)
{
    public bool Given => Type is not (JsonTokenType.None or JsonTokenType.Null);

    public bool IsText => Type is JsonTokenType.String or JsonTokenType.PropertyName;

    public ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> body) => body.Slice(Start, Length);

    /// <summary>The text of a string or property name, or a scalar as it was written; false if it is not valid Unicode.</summary>
    public bool TryText(ReadOnlySpan<byte> body, [NotNullWhen(true)] out string? text)
    {
        ReadOnlySpan<byte> bytes = Bytes(body);
        text = null;
        if (!Utf8.IsValid(bytes)) return false;
        if (!Escaped)
        {
            text = Encoding.UTF8.GetString(bytes);
            return true;
        }

        var reader = new Utf8JsonReader(body.Slice(Start - 1, Length + 2));
        reader.Read();
        try
        {
            text = reader.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            // An escaped lone surrogate; the reader has no way to ask beforehand.
            return false;
        }
    }

    /// <summary>A number, or a string that holds nothing but a number; infinite if it is too large for a double.</summary>
    public bool TryNumber(ReadOnlySpan<byte> body, out double value)
    {
        value = 0;
        if (Type is not (JsonTokenType.Number or JsonTokenType.String)) return false;
        return NumberText.TryParse(Bytes(body), out value);
    }
}
