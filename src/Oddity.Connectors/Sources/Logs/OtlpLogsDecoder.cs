using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Oddity.Engine.Logs;

namespace Oddity.Connectors.Sources.Logs;

/// <summary>OpenTelemetry's ExportLogsServiceRequest, in protocol buffers or JSON: resources, scopes, log records. Facts of opentelemetry-proto 1.x.</summary>
public static class OtlpLogsDecoder
{
    /// <summary>Deepest nesting of a body or attribute; what is deeper is left out.</summary>
    private const int MaxDepth = 16;

    /// <summary>Decodes protocol buffers. False: it is no such message.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> body, LogBatch batch, [NotNullWhen(false)] out DecodeFailure? failure)
    {
        failure = null;
        try
        {
            Each(body, 1, batch, ReadResource);
        }
        catch (InvalidDataException error)
        {
            failure = new("bad_protobuf", $"The body is not an OTLP logs request: {error.Message}.");
        }

        if (failure is null && batch.IsTooLong) failure = LogDecoder.TooLong();
        return failure is null;
    }

    /// <summary>Decodes JSON. False: it is no such object.</summary>
    public static bool TryDecodeJson(ReadOnlyMemory<byte> body, LogBatch batch, [NotNullWhen(false)] out DecodeFailure? failure)
    {
        failure = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, new() { MaxDepth = LogDecoder.MaxDepth });
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException();
            foreach (JsonElement resource in Items(document.RootElement, "resourceLogs"))
            {
                var known = new LogFields();
                if (resource.TryGetProperty("resource", out JsonElement who) && who.ValueKind == JsonValueKind.Object) Attributes(who, known);
                foreach (JsonElement scope in Items(resource, "scopeLogs"))
                {
                    foreach (JsonElement record in Items(scope, "logRecords")) ReadRecord(record, known, batch);
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            failure = new("bad_json", $"The body is not an OTLP logs request in JSON, or nested deeper than {LogDecoder.MaxDepth}.");
        }

        if (failure is null && batch.IsTooLong) failure = LogDecoder.TooLong();
        return failure is null;
    }

    private delegate void Reader(ReadOnlySpan<byte> message, LogFields known, LogBatch batch);

    private static void Each(ReadOnlySpan<byte> message, int field, LogBatch batch, Reader read, LogFields? known = null)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Is(field, ProtoReader.TypeBytes)) read(reader.Bytes(), known ?? new(), batch);
            else reader.Skip();
        }

        reader.End();
    }

    private static void ReadResource(ReadOnlySpan<byte> message, LogFields known, LogBatch batch)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Is(1, ProtoReader.TypeBytes)) Attributes(reader.Bytes(), 1, known);
            else reader.Skip();
        }

        reader.End();
        Each(message, 2, batch, (scope, fields, into) => Each(scope, 2, into, ReadRecord, fields), known);
    }

    private static void ReadRecord(ReadOnlySpan<byte> message, LogFields known, LogBatch batch)
    {
        (ulong time, ulong observed, int severity) = (0, 0, 0);
        (string word, string body, string trace) = ("", "", "");
        var fields = new LogFields();
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Is(1, ProtoReader.TypeFixed64)) time = reader.Fixed64();
            else if (reader.Is(11, ProtoReader.TypeFixed64)) observed = reader.Fixed64();
            else if (reader.Is(2, ProtoReader.TypeVarint)) severity = (int)Math.Min(reader.Varint(), 24);
            else if (reader.Is(3, ProtoReader.TypeBytes)) word = Encoding.UTF8.GetString(reader.Bytes());
            else if (reader.Is(5, ProtoReader.TypeBytes)) body = Value(reader.Bytes(), 0);
            else if (reader.Is(6, ProtoReader.TypeBytes)) Attribute(reader.Bytes(), fields);
            else if (reader.Is(9, ProtoReader.TypeBytes)) trace = Convert.ToHexStringLower(reader.Bytes());
            else reader.Skip();
        }

        reader.End();
        fields.AddAll(known);
        Add(batch, fields, body, time, observed, severity > 0 ? severity : LogSeverity.Of(word), trace);
    }

    private static void ReadRecord(JsonElement record, LogFields known, LogBatch batch)
    {
        if (record.ValueKind != JsonValueKind.Object) throw new JsonException();
        var fields = new LogFields();
        Attributes(record, fields);
        fields.AddAll(known);
        string body = record.TryGetProperty("body", out JsonElement said) ? Value(said, 0) : "";
        int severity = record.TryGetProperty("severityNumber", out JsonElement number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out int given) ? given : 0;
        if (severity <= 0) severity = LogSeverity.Of(Text(record, "severityText"));
        Add(batch, fields, body, Nanoseconds(record, "timeUnixNano"), Nanoseconds(record, "observedTimeUnixNano"), severity, Text(record, "traceId"));
    }

    private static void Add(LogBatch batch, LogFields fields, string body, ulong time, ulong observed, int severity, string trace)
    {
        ulong nanoseconds = time > 0 ? time : observed;
        if (trace.Length > 0 && trace.AsSpan().IndexOfAnyExcept('0') >= 0) fields.Set("trace_id", trace);
        if (body.Length == 0 && fields.Count == 0) batch.Reject("missing_field", "The log record holds nothing.");
        else fields.AddLineTo(batch, body.Length > 0 ? body : "(no body)", nanoseconds > 0 ? (long)(nanoseconds / 1_000_000) : null, null, severity);
    }

    private static void Attributes(ReadOnlySpan<byte> message, int field, LogFields into)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Is(field, ProtoReader.TypeBytes)) Attribute(reader.Bytes(), into);
            else reader.Skip();
        }

        reader.End();
    }

    private static void Attribute(ReadOnlySpan<byte> keyValue, LogFields into)
    {
        (string name, string value) = Pair(keyValue, 0);
        if (name.Length > 0) into.Set(name, value);
    }

    private static (string Name, string Value) Pair(ReadOnlySpan<byte> keyValue, int depth)
    {
        (string name, string value) = ("", "");
        var reader = new ProtoReader(keyValue);
        while (reader.Next())
        {
            if (reader.Is(1, ProtoReader.TypeBytes)) name = Encoding.UTF8.GetString(reader.Bytes());
            else if (reader.Is(2, ProtoReader.TypeBytes)) value = Value(reader.Bytes(), depth + 1);
            else reader.Skip();
        }

        reader.End();
        return (name, value);
    }

    /// <summary>An AnyValue as text; lists and maps as people write them.</summary>
    private static string Value(ReadOnlySpan<byte> message, int depth)
    {
        if (depth > MaxDepth) return "…";
        string text = "";
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Is(1, ProtoReader.TypeBytes)) text = Encoding.UTF8.GetString(reader.Bytes());
            else if (reader.Is(2, ProtoReader.TypeVarint)) text = reader.Varint() != 0 ? "true" : "false";
            else if (reader.Is(3, ProtoReader.TypeVarint)) text = ((long)reader.Varint()).ToString(CultureInfo.InvariantCulture);
            else if (reader.Is(4, ProtoReader.TypeFixed64)) text = reader.Double().ToString("R", CultureInfo.InvariantCulture);
            else if (reader.Is(5, ProtoReader.TypeBytes)) text = Values(reader.Bytes(), depth, map: false);
            else if (reader.Is(6, ProtoReader.TypeBytes)) text = Values(reader.Bytes(), depth, map: true);
            else if (reader.Is(7, ProtoReader.TypeBytes)) text = Convert.ToBase64String(reader.Bytes());
            else reader.Skip();
        }

        reader.End();
        return text;
    }

    private static string Values(ReadOnlySpan<byte> message, int depth, bool map)
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

            if (text.Length > LogBatch.MaxBody) return text.ToString();
            if (text.Length > 1) text.Append(", ");
            if (map)
            {
                (string name, string value) = Pair(reader.Bytes(), depth + 1);
                text.Append(name).Append('=').Append(value);
            }
            else
            {
                text.Append(Value(reader.Bytes(), depth + 1));
            }
        }

        reader.End();
        return text.Append(map ? '}' : ']').ToString();
    }

    private static void Attributes(JsonElement of, LogFields into)
    {
        foreach (JsonElement attribute in Items(of, "attributes"))
        {
            if (attribute.ValueKind == JsonValueKind.Object && attribute.TryGetProperty("value", out JsonElement value)) into.Set(Text(attribute, "key"), Value(value, 0));
        }
    }

    private static string Value(JsonElement any, int depth)
    {
        if (depth > MaxDepth) return "…";
        if (any.ValueKind != JsonValueKind.Object) return any.ValueKind == JsonValueKind.Null ? "" : throw new JsonException();
        foreach (JsonProperty property in any.EnumerateObject())
        {
            switch (LogFields.NameOf(property))
            {
                case "stringValue": return LogFields.TextOf(property.Value);
                case "arrayValue": return $"[{string.Join(", ", Items(property.Value, "values").Select(item => Value(item, depth + 1)))}]";
                case "kvlistValue":
                    return $"{{{string.Join(", ", Items(property.Value, "values").Select(item => $"{Text(item, "key")}={(item.TryGetProperty("value", out JsonElement value) ? Value(value, depth + 1) : "")}"))}}}";
                case "intValue" or "doubleValue" or "boolValue" or "bytesValue":
                    return property.Value.ValueKind == JsonValueKind.String ? LogFields.TextOf(property.Value) : LogFields.RawOf(property.Value);
            }
        }

        return "";
    }

    /// <exception cref="JsonException">What is there is no array of objects.</exception>
    private static List<JsonElement> Items(JsonElement of, string name)
    {
        if (of.ValueKind != JsonValueKind.Object) throw new JsonException();
        if (!of.TryGetProperty(name, out JsonElement items) || items.ValueKind == JsonValueKind.Null) return [];
        return items.ValueKind == JsonValueKind.Array ? [.. items.EnumerateArray()] : throw new JsonException();
    }

    private static string Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? value.ValueKind == JsonValueKind.String ? LogFields.TextOf(value) : throw new JsonException()
            : "";

    private static ulong Nanoseconds(JsonElement of, string name)
    {
        if (!of.TryGetProperty(name, out JsonElement value)) return 0;
        if (value.ValueKind == JsonValueKind.String) return ulong.Parse(LogFields.TextOf(value), NumberStyles.None, CultureInfo.InvariantCulture);
        return value.GetUInt64();
    }
}
