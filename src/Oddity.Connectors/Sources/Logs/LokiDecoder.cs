using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Oddity.Engine.Logs;

namespace Oddity.Connectors.Sources.Logs;

/// <summary>Loki's push request, in JSON or (unpacked) protocol buffers: streams of labels, each with entries of a time in nanoseconds, a line and further facts.</summary>
public static class LokiDecoder
{
    /// <summary>Decodes the JSON form. False: it is none.</summary>
    public static bool TryDecodeJson(ReadOnlyMemory<byte> body, LogBatch batch, [NotNullWhen(false)] out DecodeFailure? failure)
    {
        failure = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, new() { MaxDepth = LogDecoder.MaxDepth });
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("streams", out JsonElement streams) || streams.ValueKind != JsonValueKind.Array)
                throw new JsonException();
            foreach (JsonElement stream in streams.EnumerateArray()) ReadStream(stream, batch);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            failure = new("bad_json", "The body is not a push request: an object with an array 'streams'.");
        }

        if (failure is null && batch.IsTooLong) failure = LogDecoder.TooLong();
        return failure is null;
    }

    /// <summary>Decodes logproto.PushRequest. False: it is none.</summary>
    public static bool TryDecodeProtobuf(ReadOnlySpan<byte> body, LogBatch batch, [NotNullWhen(false)] out DecodeFailure? failure)
    {
        failure = null;
        try
        {
            var reader = new ProtoReader(body);
            while (reader.Next())
            {
                if (reader.Is(1, ProtoReader.TypeBytes)) ReadStream(reader.Bytes(), batch);
                else reader.Skip();
            }

            reader.End();
        }
        catch (Exception error) when (error is InvalidDataException or DecoderFallbackException)
        {
            failure = new("bad_protobuf", $"The body is not a push request: {error.Message}.");
        }

        if (failure is null && batch.IsTooLong) failure = LogDecoder.TooLong();
        return failure is null;
    }

    private static void ReadStream(JsonElement stream, LogBatch batch)
    {
        if (stream.ValueKind != JsonValueKind.Object || !stream.TryGetProperty("values", out JsonElement values) || values.ValueKind != JsonValueKind.Array)
        {
            batch.Reject("bad_stream", "A stream is an object with an array 'values'.");
            return;
        }

        stream.TryGetProperty("stream", out JsonElement labels);
        var fields = new LogFields();
        foreach (JsonElement entry in values.EnumerateArray())
        {
            if (batch.IsTooLong) return;
            if (entry.ValueKind != JsonValueKind.Array || entry.GetArrayLength() < 2 || entry[1].ValueKind != JsonValueKind.String)
            {
                batch.Reject("bad_entry", "An entry is an array of a time in nanoseconds and a line.");
                continue;
            }

            string time = entry[0].ValueKind == JsonValueKind.String ? LogFields.TextOf(entry[0]) : LogFields.RawOf(entry[0]);
            if (!long.TryParse(time, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long nanoseconds))
            {
                batch.Reject("bad_time", $"The time {InputEcho.Quote(time)} is not a number of nanoseconds.");
                continue;
            }

            fields.Clear();
            if (entry.GetArrayLength() > 2 && entry[2].ValueKind == JsonValueKind.Object) fields.Set("", entry[2]);
            if (labels.ValueKind == JsonValueKind.Object) fields.Set("", labels);
            Add(fields, LogFields.TextOf(entry[1]), nanoseconds, batch);
        }
    }

    private static void ReadStream(ReadOnlySpan<byte> stream, LogBatch batch)
    {
        List<(string Name, string Value)> labels = [];
        var reader = new ProtoReader(stream);
        while (reader.Next())
        {
            if (reader.Is(1, ProtoReader.TypeBytes)) labels = Labels(Encoding.UTF8.GetString(reader.Bytes()));
            else reader.Skip();
        }

        reader.End();
        var fields = new LogFields();
        reader = new(stream);
        while (reader.Next())
        {
            if (!reader.Is(2, ProtoReader.TypeBytes)) reader.Skip();
            else if (!batch.IsTooLong) ReadEntry(reader.Bytes(), labels, fields, batch);
            else return;
        }
    }

    private static void ReadEntry(ReadOnlySpan<byte> entry, List<(string Name, string Value)> labels, LogFields fields, LogBatch batch)
    {
        long nanoseconds = 0;
        string line = "";
        fields.Clear();
        var reader = new ProtoReader(entry);
        while (reader.Next())
        {
            if (reader.Is(1, ProtoReader.TypeBytes)) nanoseconds = Timestamp(reader.Bytes());
            else if (reader.Is(2, ProtoReader.TypeBytes)) line = Encoding.UTF8.GetString(reader.Bytes());
            else if (reader.Is(3, ProtoReader.TypeBytes)) Pair(reader.Bytes(), fields);
            else reader.Skip();
        }

        reader.End();
        foreach ((string name, string value) in labels) fields.Set(name, value);
        Add(fields, line, nanoseconds, batch);
    }

    /// <summary>Of the labels the line keeps all but those that say what it is; what its time is called among them does not count.</summary>
    private static void Add(LogFields fields, string line, long nanoseconds, LogBatch batch)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        fields.AddLineTo(batch, line, nanoseconds / 1_000_000);
    }

    private static long Timestamp(ReadOnlySpan<byte> message)
    {
        long seconds = 0, nanos = 0;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Is(1, ProtoReader.TypeVarint)) seconds = (long)reader.Varint();
            else if (reader.Is(2, ProtoReader.TypeVarint)) nanos = (long)reader.Varint();
            else reader.Skip();
        }

        reader.End();
        return unchecked((seconds * 1_000_000_000) + nanos);
    }

    private static void Pair(ReadOnlySpan<byte> message, LogFields fields)
    {
        (string name, string value) = ("", "");
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Is(1, ProtoReader.TypeBytes)) name = Encoding.UTF8.GetString(reader.Bytes());
            else if (reader.Is(2, ProtoReader.TypeBytes)) value = Encoding.UTF8.GetString(reader.Bytes());
            else reader.Skip();
        }

        reader.End();
        if (name.Length > 0) fields.Set(name, value);
    }

    /// <summary>Reads <c>{name="value", …}</c> with backslashes before quotes; what is none of it is passed over.</summary>
    private static List<(string Name, string Value)> Labels(string text)
    {
        var labels = new List<(string, string)>();
        for (int i = 0; i < text.Length && labels.Count < 100;)
        {
            int equals = text.IndexOf("=\"", i, StringComparison.Ordinal);
            if (equals < 0) break;
            string name = text[i..equals].Trim(' ', ',', '{');
            var value = new StringBuilder();
            for (i = equals + 2; i < text.Length && text[i] != '"'; i++)
            {
                if (text[i] == '\\' && i + 1 < text.Length) i++;
                value.Append(text[i]);
            }

            i++;
            if (name.Length > 0) labels.Add((name, value.ToString()));
        }

        return labels;
    }
}
