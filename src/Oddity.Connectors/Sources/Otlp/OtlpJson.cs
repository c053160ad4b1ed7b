using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace Oddity.Connectors.Sources.Otlp;

/// <summary>
/// Rewrites OTLP's JSON as protocol buffers, so that one decoder gives both their meaning. As the protocol asks: names in lowerCamel, 64-bit numbers as
/// texts or numbers, unknown fields ignored.
/// </summary>
public static class OtlpJson
{
    private const int MaxDepth = 32;

    /// <summary>A length that is written before it is known takes this much: a number of five bytes holds any.</summary>
    private const int LengthBytes = 5;

    /// <summary>Rewrites an ExportMetricsServiceRequest. False: it is no such object, and <paramref name="failure"/> says why.</summary>
    public static bool TryRewriteMetrics(
        ReadOnlySpan<byte> json, [NotNullWhen(true)] out byte[]? message, out int length, [NotNullWhen(false)] out DecodeFailure? failure) =>
        TryRewrite(json, OtlpSchema.Metrics, out message, out length, out failure);

    /// <summary>Rewrites an ExportTraceServiceRequest. False: it is no such object, and <paramref name="failure"/> says why.</summary>
    public static bool TryRewriteTraces(
        ReadOnlySpan<byte> json, [NotNullWhen(true)] out byte[]? message, out int length, [NotNullWhen(false)] out DecodeFailure? failure) =>
        TryRewrite(json, OtlpSchema.Traces, out message, out length, out failure);

    /// <summary>Rewrites an ExportLogsServiceRequest. False: it is no such object, and <paramref name="failure"/> says why.</summary>
    public static bool TryRewriteLogs(
        ReadOnlySpan<byte> json, [NotNullWhen(true)] out byte[]? message, out int length, [NotNullWhen(false)] out DecodeFailure? failure) =>
        TryRewrite(json, OtlpSchema.Logs, out message, out length, out failure);

    private static bool TryRewrite(
        ReadOnlySpan<byte> json, OtlpSchema schema, [NotNullWhen(true)] out byte[]? message, out int length, [NotNullWhen(false)] out DecodeFailure? failure)
    {
        var writer = new Writer(json.Length);
        (message, length, failure) = (null, 0, null);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("an object is expected");
            Rewrite(ref reader, schema, writer);
            if (reader.Read()) throw new JsonException("something follows the object");
            (message, length) = (writer.Buffer, writer.Length);
            return true;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            int at = (int)reader.TokenStartIndex;
            failure = new("bad_json", $"The body is not an OTLP request in JSON, or nested deeper than {MaxDepth}. At byte {at}: {InputEcho.Quote(json[Math.Min(at, json.Length)..])}.");
            return false;
        }
    }

    private static void Rewrite(ref Utf8JsonReader reader, OtlpSchema schema, Writer writer)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool known = schema.TryFind(reader.GetString()!, out OtlpSchema.Field field);
            reader.Read();
            if (!known) reader.Skip();
            else if (!field.IsList) RewriteValue(ref reader, field, writer);
            else if (reader.TokenType == JsonTokenType.StartArray) while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) RewriteValue(ref reader, field, writer);
            else if (reader.TokenType != JsonTokenType.Null) throw new JsonException("an array is expected");
        }
    }

    private static void RewriteValue(ref Utf8JsonReader reader, OtlpSchema.Field field, Writer writer)
    {
        if (reader.TokenType == JsonTokenType.Null) return;
        int number = field.Number;
        switch (field.Kind)
        {
            case OtlpSchema.Kind.Message:
                if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("an object is expected");
                int start = writer.BeginMessage(number);
                Rewrite(ref reader, field.Type!, writer);
                writer.EndMessage(start);
                break;
            case OtlpSchema.Kind.Text: writer.Text(number, reader.GetString()!); break;
            case OtlpSchema.Kind.Hex: writer.Bytes(number, Convert.FromHexString(reader.GetString()!)); break;
            case OtlpSchema.Kind.Base64: writer.Bytes(number, Convert.FromBase64String(reader.GetString()!)); break;
            case OtlpSchema.Kind.Bool: writer.Varint(number, reader.GetBoolean() ? 1UL : 0); break;
            case OtlpSchema.Kind.Integer: writer.Varint(number, Whole(ref reader)); break;
            case OtlpSchema.Kind.SignedInteger:
                int signed = Signed(ref reader);
                writer.Varint(number, (uint)((signed << 1) ^ (signed >> 31)));
                break;
            case OtlpSchema.Kind.Fixed64: writer.Fixed64(number, Whole(ref reader)); break;
            default: writer.Fixed64(number, BitConverter.DoubleToUInt64Bits(Number(ref reader))); break;
        }
    }

    /// <summary>A whole number, signed or not, as 64 bits.</summary>
    private static ulong Whole(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            string text = reader.GetString()!;
            return text.StartsWith('-') ? (ulong)long.Parse(text, CultureInfo.InvariantCulture) : ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
        }

        return reader.TryGetUInt64(out ulong whole) ? whole : (ulong)reader.GetInt64();
    }

    private static int Signed(ref Utf8JsonReader reader)
    {
        long whole = (long)Whole(ref reader);
        return checked((int)whole);
    }

    private static double Number(ref Utf8JsonReader reader) => reader.TokenType != JsonTokenType.String
        ? reader.GetDouble()
        : reader.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            { } text => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
            null => throw new JsonException("a number is expected"),
        };

    private sealed class Writer(int expected)
    {
        private byte[] _buffer = new byte[Math.Max(64, expected)];

        public byte[] Buffer => _buffer;

        public int Length { get; private set; }

        public void Varint(int number, ulong value)
        {
            Raw(((ulong)number << 3) | ProtoReader.TypeVarint);
            Raw(value);
        }

        public void Fixed64(int number, ulong value)
        {
            Raw(((ulong)number << 3) | ProtoReader.TypeFixed64);
            BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);
        }

        public void Text(int number, string value)
        {
            Raw(((ulong)number << 3) | ProtoReader.TypeBytes);
            int bytes = System.Text.Encoding.UTF8.GetByteCount(value);
            Raw((ulong)bytes);
            System.Text.Encoding.UTF8.GetBytes(value, Take(bytes));
        }

        public void Bytes(int number, ReadOnlySpan<byte> value)
        {
            Raw(((ulong)number << 3) | ProtoReader.TypeBytes);
            Raw((ulong)value.Length);
            value.CopyTo(Take(value.Length));
        }

        public int BeginMessage(int number)
        {
            Raw(((ulong)number << 3) | ProtoReader.TypeBytes);
            Take(LengthBytes);
            return Length;
        }

        public void EndMessage(int start)
        {
            int length = Length - start;
            for (int i = 0; i < LengthBytes; i++, length >>= 7) _buffer[start - LengthBytes + i] = (byte)((length & 0x7f) | (i < LengthBytes - 1 ? 0x80 : 0));
        }

        private void Raw(ulong value)
        {
            Span<byte> bytes = stackalloc byte[10];
            int count = 0;
            for (; value >= 0x80; value >>= 7) bytes[count++] = (byte)(value | 0x80);
            bytes[count++] = (byte)value;
            bytes[..count].CopyTo(Take(count));
        }

        private Span<byte> Take(int count)
        {
            if (Length + count > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + count));
            Length += count;
            return _buffer.AsSpan(Length - count, count);
        }
    }
}
