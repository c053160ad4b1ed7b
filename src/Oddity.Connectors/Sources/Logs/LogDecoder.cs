using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Oddity.Engine.Logs;

namespace Oddity.Connectors.Sources.Logs;

/// <summary>
/// Log lines as plain HTTP bodies: a JSON object, an array of objects, objects one after another (NDJSON), or plain lines. Which it is the first character tells.
/// Pure: bytes in, lines out.
/// </summary>
public static class LogDecoder
{
    /// <summary>Deepest nesting of objects and arrays.</summary>
    public const int MaxDepth = 32;

    private static readonly JsonDocumentOptions s_document = new() { MaxDepth = MaxDepth };
    private static readonly JsonReaderOptions s_sequence = new() { MaxDepth = MaxDepth, AllowMultipleValues = true };

    /// <summary>Decodes a body. False: nothing of it can be.</summary>
    /// <param name="body">UTF-8, as it came; in plain lines, bytes that are not become U+FFFD.</param>
    /// <param name="plain">The sender says that it is plain text, whatever it begins with.</param>
    /// <param name="service">Whose lines they are where they do not say so; null for none.</param>
    /// <param name="batch">Takes the lines.</param>
    /// <param name="failure">Why not; null if all went well.</param>
    public static bool TryDecode(ReadOnlyMemory<byte> body, bool plain, string? service, LogBatch batch, [NotNullWhen(false)] out DecodeFailure? failure)
    {
        if (body.Span.StartsWith("\uFEFF"u8)) body = body[3..];
        ReadOnlySpan<byte> start = body.Span.TrimStart(" \t\r\n"u8);
        if (start.IsEmpty) failure = new("empty_body", "There is nothing in the body.");
        else if (plain || start[0] is not ((byte)'{' or (byte)'[')) failure = Lines(body.Span, service, batch);
        else if (start[0] == (byte)'[') failure = Array(body, service, batch);
        else failure = Objects(body, service, batch);
        if (failure is null && batch.IsTooLong) failure = TooLong();
        return failure is null;
    }

    internal static DecodeFailure TooLong() => new("too_large", FormattableString.Invariant($"The body holds more than {LogBatch.MaxLines} lines."), TooLarge: true);

    internal static DecodeFailure? Lines(ReadOnlySpan<byte> text, string? service, LogBatch batch)
    {
        while (!text.IsEmpty && !batch.IsTooLong)
        {
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            text = end < 0 ? [] : text[(end + 1)..];
            if (line.Length > 4 * LogBatch.MaxBody) line = line[..(4 * LogBatch.MaxBody)];
            batch.Add(null, service, 0, Encoding.UTF8.GetString(line));
        }

        return null;
    }

    private static DecodeFailure? Array(ReadOnlyMemory<byte> body, string? service, LogBatch batch)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, s_document);
            var fields = new LogFields();
            foreach (JsonElement item in document.RootElement.EnumerateArray())
            {
                if (batch.IsTooLong) break;
                Take(item, service, fields, batch);
            }

            return null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return new("bad_json", $"The array is not valid JSON, or nested deeper than {MaxDepth}.");
        }
    }

    /// <summary>Objects one after another; where that breaks, line by line from the line that broke.</summary>
    private static DecodeFailure? Objects(ReadOnlyMemory<byte> body, string? service, LogBatch batch)
    {
        var fields = new LogFields();
        int at = 0, good = 0;
        while (at < body.Length && !batch.IsTooLong)
        {
            if (TryNext(body[at..], out JsonDocument? document, out int length))
            {
                if (document is null) break;
                using (document) Take(document.RootElement, service, fields, batch);
                at += length;
                good++;
                continue;
            }

            ReadOnlySpan<byte> rest = body.Span[at..];
            int blanks = rest.Length - rest.TrimStart(" \t\r\n"u8).Length;
            int end = rest[blanks..].IndexOf((byte)'\n');
            batch.Reject("bad_json", $"The record is not a JSON object, or nested deeper than {MaxDepth}: {InputEcho.Quote(rest[blanks..])}.");
            at = end < 0 ? body.Length : at + blanks + end + 1;
        }

        return good > 0 ? null : new("bad_json", $"The body holds no JSON object that can be read, or it is nested deeper than {MaxDepth}.");
    }

    /// <summary>Reads one value; the document is null where nothing but blanks is left.</summary>
    internal static bool TryNext(ReadOnlyMemory<byte> text, out JsonDocument? document, out int length)
    {
        (document, length) = (null, 0);
        var reader = new Utf8JsonReader(text.Span, s_sequence);
        try
        {
            if (!reader.Read()) return true;
            document = JsonDocument.ParseValue(ref reader);
            length = (int)reader.BytesConsumed;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Take(JsonElement item, string? service, LogFields fields, LogBatch batch)
    {
        if (item.ValueKind == JsonValueKind.String)
        {
            batch.Add(null, service, 0, LogFields.TextOf(item));
            return;
        }

        if (item.ValueKind != JsonValueKind.Object)
        {
            batch.Reject("not_an_object", "The record is neither an object nor a text.");
            return;
        }

        fields.Clear();
        fields.Set("", item);
        fields.AddTo(batch, service, null);
    }
}
