using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Oddity.Connectors.Sources.Events;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Collectd;

/// <summary>
/// Decodes what collectd's <c>write_http</c> sends with <c>Format "JSON"</c>: an array of value lists {values, dsnames, time, host, plugin, plugin_instance,
/// type, type_instance}. A value list is a record; each value that is a number is a sample of <c>collectd_plugin_type_dsname</c>, without the type where it
/// is the plugin's name and without the dsname where it is "value". Null, which collectd writes for a rate it does not know yet, is no sample.
/// </summary>
public static class CollectdDecoder
{
    private const int MostValues = 256;

    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 16 };

    /// <summary>Decodes a request. True: the batch holds the good records and names the bad ones. False: nothing could be decoded.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> body, string tenant, [NotNullWhen(true)] out IngestBatch? batch, [NotNullWhen(false)] out DecodeFailure? failure)
    {
        batch = new(tenant);
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, s_options);
            failure = Read(document.RootElement, batch);
        }
        catch (JsonException broken)
        {
            failure = new("bad_json", $"The body is not valid JSON near byte {broken.BytePositionInLine ?? 0} of line {(broken.LineNumber ?? 0) + 1}.");
        }

        if (failure is not null) batch = null;
        return failure is null;
    }

    private static DecodeFailure? Read(JsonElement root, IngestBatch batch)
    {
        if (root.ValueKind != JsonValueKind.Array) return new("bad_record", "The body is not an array of value lists.");
        var cache = new SeriesCache(batch.Tenant);
        foreach (JsonElement list in root.EnumerateArray())
        {
            batch.NextRecord();
            try
            {
                if (Mistake(list, batch, cache) is { } mistake) batch.Reject(mistake.Code, mistake.Detail);
            }
            catch (InvalidOperationException)
            {
                batch.Reject("bad_text", "A text is not valid Unicode.");
            }

            if (EventsDecoder.LimitHit(batch, cache.KeyCount) is { } limit) return limit;
        }

        return null;
    }

    private static (string Code, string Detail)? Mistake(JsonElement list, IngestBatch batch, SeriesCache cache)
    {
        if (list.ValueKind != JsonValueKind.Object) return ("bad_record", "A value list is an object.");
        if (Text(list, "plugin") is not { Length: > 0 } plugin) return ("bad_name", "A value list has no plugin.");
        if (Text(list, "type") is not { Length: > 0 } type) return ("bad_name", "A value list has no type.");
        if (!list.TryGetProperty("values", out JsonElement values) || values.ValueKind != JsonValueKind.Array) return ("missing_value", "A value list has no values.");
        int count = values.GetArrayLength();
        if (count is 0 or > MostValues) return ("missing_value", $"A value list has 1 to {MostValues} values.");
        bool named = list.TryGetProperty("dsnames", out JsonElement names) && names.ValueKind == JsonValueKind.Array && names.GetArrayLength() == count;
        if (!named && count > 1) return ("bad_name", "A value list has as many dsnames as values.");
        long? timeMs = null;
        if (list.TryGetProperty("time", out JsonElement time) && time.ValueKind != JsonValueKind.Null)
        {
            if (time.ValueKind != JsonValueKind.Number || !EventTime.TryParse(time.GetRawText(), TimePrecision.Seconds, out long ms)) return ("bad_time", "The time is not a number of seconds.");
            timeMs = ms;
        }

        SeriesGroup group = Series(list, plugin, type, named ? names : default, count, batch.Tenant, cache);
        for (int i = 0; i < count; i++)
        {
            JsonElement value = values[i];
            if (value.ValueKind == JsonValueKind.Null) continue;
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number)) return ("bad_value", "A value is not a number.");
            if (!double.IsFinite(number)) return ("not_finite", "A value is not finite.");
            batch.Add(group.Keys[i], timeMs, number);
        }

        return null;
    }

    private static SeriesGroup Series(JsonElement list, string plugin, string type, JsonElement names, int count, string tenant, SeriesCache cache)
    {
        (string host, string plugins, string types) = (Text(list, "host") ?? "", Text(list, "plugin_instance") ?? "", Text(list, "type_instance") ?? "");
        string[] suffixes = names.ValueKind == JsonValueKind.Array ? [.. names.EnumerateArray().Select(name => name.GetString() ?? "")] : new string[count];
        cache.Begin('d');
        foreach (string text in (string[])[plugin, type, host, plugins, types, .. suffixes]) cache.Append(0, System.Text.Encoding.UTF8.GetBytes(text ?? ""));
        if (cache.TryGet(out SeriesGroup? known)) return known;
        string metric = plugin == type ? $"collectd_{plugin}" : $"collectd_{plugin}_{type}";
        KeyValuePair<string, string>[] labels = [new("host", host), new("plugin_instance", plugins), new("type_instance", types)];
        return cache.Put(new([.. suffixes.Select(suffix => SeriesKey.Create(tenant, suffix is null or "" or "value" ? metric : $"{metric}_{suffix}", labels))], []));
    }

    private static string? Text(JsonElement list, string name) => list.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
