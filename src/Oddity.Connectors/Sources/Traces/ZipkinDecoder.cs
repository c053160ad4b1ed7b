using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Oddity.Engine.Calls;

namespace Oddity.Connectors.Sources.Traces;

/// <summary>Decodes Zipkin's JSON, version 2: an array of spans. Never throws on bad input.</summary>
public static class ZipkinDecoder
{
    private const int MaxDepth = 32;
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = MaxDepth };

    /// <summary>Decodes a request. True: the batch holds the good spans and names the bad ones. False: it is no array of JSON.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out CallBatch? batch, [NotNullWhen(false)] out DecodeFailure? failure)
    {
        (batch, failure) = (new(), null);
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, s_options);
            if (document.RootElement.ValueKind != JsonValueKind.Array) failure = new("bad_json", "Spans come as a JSON array.");
            else failure = Walk(document.RootElement, batch);
        }
        catch (JsonException)
        {
            failure = new("bad_json", $"The body is not valid JSON, or nested deeper than {MaxDepth}.");
        }

        if (failure is not null) batch = null;
        return failure is null;
    }

    private static DecodeFailure? Walk(JsonElement spans, CallBatch batch)
    {
        var draft = new SpanDraft();
        foreach (JsonElement span in spans.EnumerateArray())
        {
            draft.Clear();
            try
            {
                if (span.ValueKind != JsonValueKind.Object) batch.Reject("bad_record", "A span is an object.");
                else if (Read(span, draft) is { } mistake) batch.Reject("bad_value", mistake);
                else draft.Finish(batch);
            }
            catch (InvalidOperationException)
            {
                batch.Reject("bad_text", "A text is not valid UTF-8 or has half of a surrogate pair.");
            }

            if (batch.LimitHit() is { } limit) return limit;
        }

        return null;
    }

    private static string? Read(JsonElement span, SpanDraft draft)
    {
        if (!TryText(span, "traceId", out string? trace) || !TryText(span, "id", out string? id) || !TryText(span, "parentId", out string? parent)) return "traceId, id and parentId are texts.";
        if (!TryText(span, "name", out draft.Name) || !TryText(span, "kind", out string? kind)) return "name and kind are texts.";
        if (!TryWhole(span, "timestamp", out long? start) || !TryWhole(span, "duration", out long? duration)) return "timestamp and duration are whole microseconds.";
        if (!TryService(span, "localEndpoint", out draft.Service) || !TryService(span, "remoteEndpoint", out draft.Peer)) return "localEndpoint and remoteEndpoint are objects.";
        draft.TraceId = trace is { Length: 16 } ? new string('0', 16) + trace.ToLowerInvariant() : trace?.ToLowerInvariant();
        (draft.SpanId, draft.ParentId) = (id?.ToLowerInvariant(), string.IsNullOrEmpty(parent) ? null : parent.ToLowerInvariant());
        draft.Kind = kind switch { "CLIENT" => SpanKind.Client, "SERVER" => SpanKind.Server, "PRODUCER" => SpanKind.Producer, "CONSUMER" => SpanKind.Consumer, _ => SpanKind.Internal };
        (draft.StartUs, draft.DurationUs) = (start, duration ?? 0);
        if (!span.TryGetProperty("tags", out JsonElement tags) || tags.ValueKind == JsonValueKind.Null) return null;
        if (tags.ValueKind != JsonValueKind.Object) return "tags are an object.";
        foreach (JsonProperty tag in tags.EnumerateObject())
        {
            if (tag.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null) continue;
            string value = tag.Value.ValueKind == JsonValueKind.String ? tag.Value.GetString()! : tag.Value.GetRawText();
            draft.Tag(tag.Name, value);
            if (tag.NameEquals("error"u8) && value != "false") (draft.Failed, draft.Message) = (true, value is "" or "true" ? null : value);
        }

        return null;
    }

    private static bool TryText(JsonElement from, string name, out string? text)
    {
        text = null;
        if (!from.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null) return true;
        if (value.ValueKind != JsonValueKind.String) return false;
        text = value.GetString();
        return true;
    }

    private static bool TryWhole(JsonElement from, string name, out long? number)
    {
        number = null;
        if (!from.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null) return true;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out long whole)) return false;
        number = whole;
        return true;
    }

    private static bool TryService(JsonElement from, string name, out string? service)
    {
        service = null;
        if (!from.TryGetProperty(name, out JsonElement endpoint) || endpoint.ValueKind == JsonValueKind.Null) return true;
        return endpoint.ValueKind == JsonValueKind.Object && TryText(endpoint, "serviceName", out service);
    }
}
