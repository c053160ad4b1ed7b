using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Oddity.Engine.Changes;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Sources.Changes;

/// <summary>Decodes changes as people post them, and annotations in the shapes of Grafana's API. See docs/sources/changes.md. Never throws on bad input.</summary>
public static class ChangesDecoder
{
    /// <summary>Most changes in one request.</summary>
    public const int MaxRecords = 10_000;

    /// <summary>Decodes <c>{kind, service, version, title, text, time, end, tags, link, id}</c>: one, an array, or NDJSON.</summary>
    /// <param name="body">UTF-8.</param>
    /// <param name="tenant">Whose.</param>
    /// <param name="precision">The unit of times given as numbers.</param>
    /// <param name="nowMs">The time of arrival, for those without a time.</param>
    /// <param name="batch">What was decoded.</param>
    /// <param name="failure">Why nothing was.</param>
    public static bool TryDecode(
        ReadOnlyMemory<byte> body,
        string tenant,
        TimePrecision precision,
        long nowMs,
        [NotNullWhen(true)] out ChangeBatch? batch,
        [NotNullWhen(false)] out DecodeFailure? failure) =>
        TryDecode(body, (item, changes) => Read(item, tenant, precision, nowMs, changes), out batch, out failure);

    /// <summary>Decodes an annotation of Grafana: <c>{time, timeEnd, tags, text}</c>, times in milliseconds.</summary>
    public static bool TryDecodeAnnotation(
        ReadOnlyMemory<byte> body, string tenant, long nowMs, [NotNullWhen(true)] out ChangeBatch? batch, [NotNullWhen(false)] out DecodeFailure? failure) =>
        TryDecode(body, (item, changes) => ReadAnnotation(item, tenant, nowMs, changes), out batch, out failure);

    /// <summary>Decodes an annotation in Graphite's shape: <c>{what, when, tags, data}</c>, <c>when</c> in seconds.</summary>
    public static bool TryDecodeGraphite(
        ReadOnlyMemory<byte> body, string tenant, long nowMs, [NotNullWhen(true)] out ChangeBatch? batch, [NotNullWhen(false)] out DecodeFailure? failure) =>
        TryDecode(body, (item, changes) => ReadGraphite(item, tenant, nowMs, changes), out batch, out failure);

    private static bool TryDecode(
        ReadOnlyMemory<byte> body,
        Func<JsonElement, List<Change>, (string, string)?> read,
        [NotNullWhen(true)] out ChangeBatch? batch,
        [NotNullWhen(false)] out DecodeFailure? failure)
    {
        var changes = new List<Change>();
        bool decoded = JsonRecords.TryEach(body, MaxRecords, item => read(item, changes), out int records, out List<IngestError> errors, out failure);
        batch = decoded ? new(changes, records, errors) : null;
        return decoded;
    }

    private static (string, string)? Read(JsonElement item, string tenant, TimePrecision precision, long nowMs, List<Change> changes)
    {
        var fields = new ChangeFields(item, precision);
        string? kindWord = fields.Text(ChangeFields.MaxName, "kind", "type");
        string? service = fields.Text(ChangeFields.MaxName, "service", "service_name", "application");
        string? version = fields.Text(ChangeFields.MaxName, "version");
        string? title = fields.Text(ChangeFields.MaxTitle, "title", "name", "what");
        string? text = fields.Lines(ChangeFields.MaxText, "text", "description", "message");
        long startMs = fields.Time("time", "timestamp", "start") ?? nowMs;
        long? endMs = fields.Time("end", "time_end");
        string? link = fields.Text(ChangeFields.MaxLink, "link", "url");
        string? id = fields.Text(64, "id");
        IReadOnlyList<string> tags = fields.Tags("tags");
        string? kind = kindWord is null ? (version is null ? ChangeKind.Other : ChangeKind.Deployment) : ChangeKind.Parse(kindWord);
        if (kind is null) fields.Bad("bad_value", $"kind is none of {ChangeKind.All}.");
        title ??= Made(service, version, text);
        if (title is null) fields.Bad("missing_field", "title is missing, and so are text and version that could stand in for it.");
        if (endMs < startMs) fields.Bad("bad_time", "end is before time.");
        if (link is not null && !(Uri.TryCreate(link, UriKind.Absolute, out Uri? address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)))
            fields.Bad("bad_value", "link is not an http or https address.");
        if (id is not null && !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':')) fields.Bad("bad_value", "id has letters, digits, - _ . : only.");
        if (fields.Mistake is not null) return fields.Mistake;
        changes.Add(new()
        {
            Id = id ?? Change.IdOf(tenant, kind!, startMs, service, version, title!, text),
            Kind = kind!,
            Title = title!,
            StartMs = startMs,
            EndMs = endMs > startMs ? endMs : null,
            Service = service,
            Version = version,
            Text = text,
            Link = link,
            Tags = tags,
        });
        return null;
    }

    private static (string, string)? ReadAnnotation(JsonElement item, string tenant, long nowMs, List<Change> changes)
    {
        var fields = new ChangeFields(item, TimePrecision.Milliseconds);
        string? text = fields.Lines(ChangeFields.MaxText, "text");
        long startMs = fields.Time("time") is { } given and > 0 ? given : nowMs;
        long? endMs = fields.Time("timeEnd") is { } end and > 0 ? end : null;
        IReadOnlyList<string> tags = fields.Tags("tags");
        if (text is null) fields.Bad("missing_field", "text is missing.");
        if (endMs < startMs) fields.Bad("bad_time", "timeEnd is before time.");
        if (fields.Mistake is null) changes.Add(Tagged(tenant, startMs, endMs > startMs ? endMs : null, FirstLine(text!), text!.Contains('\n', StringComparison.Ordinal) ? text : null, tags));
        return fields.Mistake;
    }

    private static (string, string)? ReadGraphite(JsonElement item, string tenant, long nowMs, List<Change> changes)
    {
        var fields = new ChangeFields(item, TimePrecision.Seconds);
        string? what = fields.Text(ChangeFields.MaxTitle, "what");
        string? data = fields.Lines(ChangeFields.MaxText, "data");
        long startMs = fields.Time("when") is { } given and > 0 ? given : nowMs;
        IReadOnlyList<string> tags = fields.Tags("tags", separator: ' ');
        if (what is null) fields.Bad("missing_field", "what is missing.");
        if (fields.Mistake is null) changes.Add(Tagged(tenant, startMs, null, what!, data, tags));
        return fields.Mistake;
    }

    /// <summary>An annotation says by its tags what it is: <c>deploy</c>, <c>service:checkout</c>, <c>version:1.2</c>.</summary>
    private static Change Tagged(string tenant, long startMs, long? endMs, string title, string? text, IReadOnlyList<string> tags)
    {
        string kind = tags.Select(ChangeKind.Parse).FirstOrDefault(word => word is not null) ?? ChangeKind.Other;
        (string? service, string? version) = (Value("service:"), Value("version:"));
        return new()
        {
            Id = Change.IdOf(tenant, kind, startMs, service, version, title, text),
            Kind = kind,
            Title = title,
            StartMs = startMs,
            EndMs = endMs,
            Service = service,
            Version = version,
            Text = text,
            Tags = tags,
        };

        string? Value(string prefix) => tags.FirstOrDefault(tag => tag.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && tag.Length > prefix.Length)?[prefix.Length..];
    }

    private static string? Made(string? service, string? version, string? text) =>
        version is not null ? (service is null ? $"Version {version}" : $"{service} {version}") : text is null ? null : FirstLine(text);

    private static string FirstLine(string text)
    {
        string line = text.Split('\n')[0].Trim();
        if (line.Length <= ChangeFields.MaxTitle) return line;
        int end = char.IsHighSurrogate(line[ChangeFields.MaxTitle - 2]) ? ChangeFields.MaxTitle - 2 : ChangeFields.MaxTitle - 1;
        return line[..end] + '…';
    }
}
