using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Sources.Events;

/// <summary>
/// Decodes JSON events, whatever their content type says: one object, an array of objects, or objects one after another (NDJSON, blank lines and a
/// byte order mark allowed). The shape of each object tells what it is, see docs/sources/events.md. Never throws on bad input, takes time linear in it.
/// </summary>
public static class EventsDecoder
{
    /// <summary>Deepest nesting of objects and arrays.</summary>
    public const int MaxDepth = 32;

    /// <summary>With more bad records than this nothing of a request is decoded; bounds what their error texts take.</summary>
    public const int MaxRejected = 100_000;

    /// <summary>The same for records that are not valid JSON, which cost more to find.</summary>
    public const int MaxBroken = 10_000;

    /// <summary>Most different series in one request.</summary>
    public const int MaxSeries = 500_000;

    /// <summary>Most samples in one request.</summary>
    public const int MaxSamples = 2_000_000;

    private static readonly JsonReaderOptions s_options = new() { MaxDepth = MaxDepth };

    /// <summary>Decodes a request. True: the batch holds the good records and names the bad ones. False: nothing could be decoded.</summary>
    /// <param name="body">The bytes as they came, UTF-8.</param>
    /// <param name="tenant">Whose series they are.</param>
    /// <param name="precision">The unit of times given as numbers.</param>
    /// <param name="batch">What was decoded; null if nothing was.</param>
    /// <param name="failure">Why not; null if all went well.</param>
    /// <param name="defaultMetric">Name of the metric of events that have a value and no name; null to reject those.</param>
    public static bool TryDecode(
        ReadOnlySpan<byte> body,
        string tenant,
        TimePrecision precision,
        [NotNullWhen(true)] out IngestBatch? batch,
        [NotNullWhen(false)] out DecodeFailure? failure,
        string? defaultMetric = null) => TryDecode(body, tenant, precision, defaultMetric, null, out batch, out failure);

    /// <summary>The same, and notes each record's time as it was given.</summary>
    internal static bool TryDecode(
        ReadOnlySpan<byte> body,
        string tenant,
        TimePrecision precision,
        string? defaultMetric,
        List<JsonToken>? times,
        [NotNullWhen(true)] out IngestBatch? batch,
        [NotNullWhen(false)] out DecodeFailure? failure)
    {
        batch = new IngestBatch(tenant);
        var shapes = new EventShapes(batch, precision, defaultMetric) { Times = times };
        int at = SkipBlanks(body, body.StartsWith("\uFEFF"u8) ? 3 : 0);
        if (at == body.Length) failure = new("empty_body", "There is nothing in the body.");
        else if (body[at] == (byte)'[') failure = DecodeArray(body, at, batch, shapes);
        else failure = DecodeSequence(body, at, batch, shapes);
        if (failure is not null) batch = null;
        return failure is null;
    }

    private static DecodeFailure? DecodeArray(ReadOnlySpan<byte> body, int start, IngestBatch batch, EventShapes shapes)
    {
        var item = new JsonEvent();
        var reader = new Utf8JsonReader(body[start..], s_options);
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                shapes.NextRecord();
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    item.Read(ref reader, body, start);
                    shapes.Add(item, body);
                }
                else
                {
                    batch.Reject("bad_record", $"An event must be an object, not {InputEcho.Quote(JsonEvent.Take(ref reader, start).Bytes(body))}.");
                }

                if (LimitHit(batch, shapes.KeyCount) is { } failure) return failure;
            }

            // Finds what follows the array.
            reader.Read();
            return null;
        }
        catch (JsonException)
        {
            return new("bad_json", Broken(body, start + (int)reader.BytesConsumed));
        }
    }

    // A record that is not valid JSON costs its own line: decoding goes on at the next. It may have read on into lines that follow, but no byte is read
    // more than MaxDepth times so: each such reading leaves an object open in which the next one begins.
    private static DecodeFailure? DecodeSequence(ReadOnlySpan<byte> body, int at, IngestBatch batch, EventShapes shapes)
    {
        var item = new JsonEvent();
        string? firstBroken = null;
        int broken = 0;
        for (; at < body.Length; at = SkipBlanks(body, at))
        {
            shapes.NextRecord();
            if (TryReadObject(body, at, item, out int next))
            {
                shapes.Add(item, body);
            }
            else
            {
                string detail = Broken(body, next);
                firstBroken ??= detail;
                if (++broken > MaxBroken) return new("too_many_errors", $"More than {MaxBroken} records are not valid JSON; the first: {firstBroken}");
                batch.Reject("bad_json", detail);
                next = NextLine(body, at);
            }

            at = next;
            if (LimitHit(batch, shapes.KeyCount) is { } failure) return failure;
        }

        return broken == batch.RecordCount ? new("bad_json", firstBroken!) : null;
    }

    private static bool TryReadObject(ReadOnlySpan<byte> body, int start, JsonEvent item, out int next)
    {
        next = start;
        if (body[start] != (byte)'{') return false;
        var reader = new Utf8JsonReader(body[start..], s_options);
        try
        {
            reader.Read();
            item.Read(ref reader, body, start);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
        finally
        {
            next = start + (int)reader.BytesConsumed;
        }
    }

    /// <summary>Which limit the batch is over, if any.</summary>
    internal static DecodeFailure? LimitHit(IngestBatch batch, int series)
    {
        if (batch.Errors.Count > MaxRejected) return new("too_many_errors", $"More than {MaxRejected} records are bad; the first: {batch.Errors[0].Detail}");
        if (batch.Rows.Count > MaxSamples) return new("too_large", $"More than {MaxSamples} samples at once.", TooLarge: true);
        if (series > MaxSeries) return new("too_large", $"More than {MaxSeries} series at once.", TooLarge: true);
        return null;
    }

    private static string Broken(ReadOnlySpan<byte> body, int at)
    {
        string where = at >= body.Length ? "It ends too early." : $"At byte {at}: {InputEcho.Quote(body[at..])}.";
        return $"Not valid JSON, or nested deeper than {MaxDepth}. {where}";
    }

    private static int SkipBlanks(ReadOnlySpan<byte> body, int at)
    {
        int blanks = body[at..].IndexOfAnyExcept(" \t\r\n"u8);
        return blanks < 0 ? body.Length : at + blanks;
    }

    private static int NextLine(ReadOnlySpan<byte> body, int at)
    {
        int end = body[at..].IndexOf((byte)'\n');
        return end < 0 ? body.Length : at + end + 1;
    }
}
