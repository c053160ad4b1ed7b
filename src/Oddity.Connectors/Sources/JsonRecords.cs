using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Sources;

/// <summary>
/// Takes a body apart into JSON records: one object, an array of objects, or objects one after another (NDJSON; blank lines and a byte order mark are
/// fine). For small bodies, whose records are read as documents; <see cref="Events.EventsDecoder"/> is for many.
/// </summary>
internal static class JsonRecords
{
    /// <summary>Deepest nesting of objects and arrays.</summary>
    public const int MaxDepth = 32;

    private const int MaxErrors = 1000;
    private static readonly JsonDocumentOptions s_document = new() { MaxDepth = MaxDepth };

    /// <summary>Reads each record by <paramref name="read"/>, which returns its mistake or null. False: nothing could be decoded.</summary>
    /// <param name="body">UTF-8, as it came.</param>
    /// <param name="most">Most records.</param>
    /// <param name="read">Reads an object; must not keep the element.</param>
    /// <param name="records">How many there were, good and bad.</param>
    /// <param name="errors">What was wrong with which.</param>
    /// <param name="failure">Why nothing was decoded.</param>
    public static bool TryEach(
        ReadOnlyMemory<byte> body,
        int most,
        Func<JsonElement, (string Code, string Detail)?> read,
        out int records,
        out List<IngestError> errors,
        [NotNullWhen(false)] out DecodeFailure? failure)
    {
        (records, errors, failure) = (0, [], null);
        if (body.Span.StartsWith("\uFEFF"u8)) body = body[3..];
        body = body[(body.Length - body.Span.TrimStart(" \t\r\n"u8).Length)..];
        if (body.IsEmpty) failure = new("empty_body", "There is nothing in the body.");
        else if (body.Span[0] == (byte)'[') failure = Array(body, most, read, ref records, errors);
        else failure = Sequence(body, most, read, ref records, errors);
        return failure is null;
    }

    private static DecodeFailure? Array(
        ReadOnlyMemory<byte> body, int most, Func<JsonElement, (string Code, string Detail)?> read, ref int records, List<IngestError> errors)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, s_document);
            if (document.RootElement.GetArrayLength() > most) return TooMany(most);
            foreach (JsonElement item in document.RootElement.EnumerateArray())
            {
                Take(item, read, records++, errors);
                if (errors.Count > MaxErrors) return TooManyErrors(errors);
            }

            return null;
        }
        catch (JsonException)
        {
            return new("bad_json", $"The array is not valid JSON, or nested deeper than {MaxDepth}.");
        }
    }

    private static DecodeFailure? Sequence(
        ReadOnlyMemory<byte> body, int most, Func<JsonElement, (string Code, string Detail)?> read, ref int records, List<IngestError> errors)
    {
        ReadOnlySpan<byte> rest = body.Span;
        int broken = 0;
        for (; !rest.IsEmpty; rest = rest.TrimStart(" \t\r\n"u8), records++)
        {
            if (records == most) return TooMany(most);
            var reader = new Utf8JsonReader(rest, new JsonReaderOptions { MaxDepth = MaxDepth });
            try
            {
                using JsonDocument document = JsonDocument.ParseValue(ref reader);
                Take(document.RootElement, read, records, errors);
                rest = rest[(int)reader.BytesConsumed..];
            }
            catch (JsonException)
            {
                errors.Add(new(records, "bad_json", $"Not valid JSON, or nested deeper than {MaxDepth}: {InputEcho.Quote(rest)}."));
                broken++;
                int line = rest.IndexOf((byte)'\n');
                rest = line < 0 ? [] : rest[(line + 1)..];
            }

            if (errors.Count > MaxErrors) return TooManyErrors(errors);
        }

        return broken == records ? new("bad_json", errors[0].Detail) : null;
    }

    private static void Take(JsonElement item, Func<JsonElement, (string Code, string Detail)?> read, int index, List<IngestError> errors)
    {
        (string Code, string Detail)? mistake;
        try
        {
            mistake = item.ValueKind == JsonValueKind.Object ? read(item) : ("bad_record", "A record must be an object.");
        }
        catch (InvalidOperationException)
        {
            // The one thing an element throws for where its kind was looked at before: text that is not valid Unicode.
            mistake = ("bad_text", "A text is not valid UTF-8 or has half of a surrogate pair.");
        }

        if (mistake is { } bad) errors.Add(new(index, bad.Code, bad.Detail));
    }

    private static DecodeFailure TooMany(int most) => new("too_large", $"More than {most} records at once.", TooLarge: true);

    private static DecodeFailure TooManyErrors(List<IngestError> errors) => new("too_many_errors", $"More than {MaxErrors} records are bad; the first: {errors[0].Detail}");
}
