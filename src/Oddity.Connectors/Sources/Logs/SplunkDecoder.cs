using System.Text.Json;
using Oddity.Engine.Logs;

namespace Oddity.Connectors.Sources.Logs;

/// <summary>Splunk's HTTP event collector: JSON objects one after another, each with an event, a text or an object, and what is known of it.</summary>
public static class SplunkDecoder
{
    /// <summary>Decodes a body. What is good before a mistake is in the batch.</summary>
    /// <returns>Splunk's code, 0 for success, and the number of the event that is wrong, from 0; -1 for none.</returns>
    public static (int Code, int Event) Decode(ReadOnlyMemory<byte> body, LogBatch batch)
    {
        if (body.Span.Trim(" \t\r\n"u8).IsEmpty) return (5, -1);
        var fields = new LogFields();
        (int code, int wrong) = (0, -1);
        for (int number = 0, at = 0; at < body.Length && !batch.IsTooLong; number++)
        {
            if (!LogDecoder.TryNext(body[at..], out JsonDocument? document, out int length)) return wrong < 0 ? (6, number) : (code, wrong);
            if (document is null) break;
            using (document)
            {
                at += length;
                int mistake = Read(document.RootElement, fields, batch);
                if (mistake != 0 && wrong < 0) (code, wrong) = (mistake, number);
            }
        }

        return (code, wrong);
    }

    /// <summary>A name that is no text, which JSON can write, makes the event one that can't be read.</summary>
    private static int Read(JsonElement item, LogFields fields, LogBatch batch)
    {
        try
        {
            return Take(item, fields, batch);
        }
        catch (InvalidOperationException)
        {
            return Wrong(batch, 6, "The event can't be read.");
        }
    }

    private static int Take(JsonElement item, LogFields fields, LogBatch batch)
    {
        if (item.ValueKind != JsonValueKind.Object) return Wrong(batch, 6, "The event is not an object.");
        if (!item.TryGetProperty("event", out JsonElement payload)) return Wrong(batch, 12, "Event field is required.");
        if (payload.ValueKind is JsonValueKind.Null || (payload.ValueKind == JsonValueKind.String && string.IsNullOrWhiteSpace(LogFields.TextOf(payload)))) return Wrong(batch, 13, "Event field cannot be blank.");
        long? timeMs = null;
        if (item.TryGetProperty("time", out JsonElement time))
        {
            string text = time.ValueKind == JsonValueKind.String ? LogFields.TextOf(time) : LogFields.RawOf(time);
            if (!EventTime.TryParse(text, TimePrecision.Auto, out long ms)) return Wrong(batch, 6, "The time can't be read.");
            timeMs = ms;
        }

        fields.Clear();
        string? service = null;
        foreach (string name in new[] { "sourcetype", "source", "host", "index" })
        {
            if (!item.TryGetProperty(name, out JsonElement value) || value.ValueKind != JsonValueKind.String) continue;
            if (service is null && name is not "index") service = LogFields.TextOf(value);
            else if (name is "host") fields.Set("splunk_host", LogFields.TextOf(value));
        }

        if (item.TryGetProperty("fields", out JsonElement more) && more.ValueKind == JsonValueKind.Object) fields.Set("", more);
        if (payload.ValueKind == JsonValueKind.Object)
        {
            fields.Set("", payload);
            fields.AddTo(batch, service, timeMs);
        }
        else
        {
            fields.AddLineTo(batch, payload.ValueKind == JsonValueKind.String ? LogFields.TextOf(payload) : LogFields.RawOf(payload), timeMs, service);
        }

        return 0;
    }

    private static int Wrong(LogBatch batch, int code, string detail)
    {
        batch.Reject($"hec_{code}", detail);
        return code;
    }
}
