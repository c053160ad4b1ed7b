using System.Text;
using System.Text.Json;
using Oddity.Engine.Logs;

namespace Oddity.Connectors.Sources.Logs;

/// <summary>
/// The fields of one structured record, from whatever protocol, and which of them are the line, its time, service and severity. Nested objects count as
/// fields with dots in their names. Made to be used again for the next record. Not thread-safe.
/// </summary>
internal sealed class LogFields
{
    /// <summary>Most fields of a record that are kept.</summary>
    private const int MaxFields = 200;

    private static readonly string[] BodyNames =
        ["message", "msg", "log", "body", "text", "line", "event.original", "short_message", "full_message", "event.message", "event"];

    private static readonly string[] TimeNames = ["timestamp", "@timestamp", "time", "ts", "date", "datetime", "_source_realtime_timestamp"];

    private static readonly string[] ServiceNames =
    [
        "service.name", "service", "service_name", "app", "application", "kubernetes.labels.app", "kubernetes.container_name", "container_name", "container.name", "program", "ident", "appname",
        "syslog_identifier", "_systemd_unit", "job", "logger", "source", "tag", "container", "host.name", "host", "hostname",
    ];

    private static readonly string[] SeverityNames = ["level", "severity", "log.level", "severity_text", "loglevel", "lvl", "detected_level", "priority"];

    private static readonly string[] TraceNames = ["trace_id", "traceid", "trace.id", "traceId"];

    private readonly List<(string Name, string Value)> _fields = [];

    public int Count => _fields.Count;

    public void Clear() => _fields.Clear();

    /// <summary>Adds a field; an empty value is none.</summary>
    public void Set(string name, string value)
    {
        if (value.Length > 0 && _fields.Count < MaxFields) _fields.Add((name, value));
    }

    /// <summary>Adds all fields of another.</summary>
    public void AddAll(LogFields other)
    {
        foreach ((string name, string value) in other._fields) Set(name, value);
    }

    /// <summary>Adds what a JSON value holds below a name.</summary>
    public void Set(string prefix, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in value.EnumerateObject()) Set(prefix.Length > 0 ? $"{prefix}.{NameOf(property)}" : NameOf(property), property.Value);
                break;
            case JsonValueKind.String: Set(prefix, TextOf(value)); break;
            case JsonValueKind.Null or JsonValueKind.Undefined: break;
            default: Set(prefix, RawOf(value)); break;
        }
    }

    /// <summary>The text of a JSON text; one that is none, by its bytes or by half a pair of surrogates, is U+FFFD.</summary>
    public static string TextOf(JsonElement value)
    {
        try
        {
            return value.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return "\uFFFD";
        }
    }

    /// <summary>The JSON of a value; with bytes in it that are not UTF-8 it is U+FFFD.</summary>
    public static string RawOf(JsonElement value)
    {
        try
        {
            return value.GetRawText();
        }
        catch (InvalidOperationException)
        {
            return "\uFFFD";
        }
    }

    /// <summary>The same for a name.</summary>
    public static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return "\uFFFD";
        }
    }

    /// <summary>Adds the record to a batch; one without any field is bad.</summary>
    /// <param name="batch">Where to.</param>
    /// <param name="service">Whose line it is if no field says so.</param>
    /// <param name="timeMs">When, if no field says so; null for the time of arrival.</param>
    public void AddTo(LogBatch batch, string? service, long? timeMs)
    {
        string? own = Take(ServiceNames);
        string? time = Take(TimeNames);
        string? severity = Take(SeverityNames);
        string? trace = Take(TraceNames);
        string? body = Take(BodyNames);
        if (time is not null)
        {
            if (!EventTime.TryParse(time, TimePrecision.Auto, out long ms))
            {
                batch.Reject("bad_time", $"The time {InputEcho.Quote(time)} is neither a Unix time nor ISO 8601.");
                return;
            }

            timeMs = ms;
        }

        string rest = Rest();
        if (body is null && rest.Length == 0)
        {
            batch.Reject("missing_field", "The record holds nothing: 'message' is missing.");
            return;
        }

        batch.Add(timeMs, own ?? service, LogSeverity.Of(severity), body ?? rest, body is null ? "" : rest, trace);
    }

    /// <summary>Adds a line of which the fields are only what is known besides; they say its service and severity.</summary>
    public void AddLineTo(LogBatch batch, string line, long? timeMs, string? service = null, int severity = 0)
    {
        string? own = Take(ServiceNames), said = Take(SeverityNames), trace = Take(TraceNames);
        batch.Add(timeMs, own ?? service, severity > 0 ? severity : LogSeverity.Of(said), line, Rest(), trace);
    }

    private string? Take(string[] names)
    {
        foreach (string name in names)
        {
            int found = _fields.FindIndex(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (found < 0) continue;
            string value = _fields[found].Value;
            _fields.RemoveAt(found);
            return value;
        }

        return null;
    }

    private string Rest()
    {
        if (_fields.Count == 0) return "";
        var text = new StringBuilder();
        foreach ((string name, string value) in _fields)
        {
            if (text.Length >= LogBatch.MaxAttributes) break;
            if (text.Length > 0) text.Append(' ');
            text.Append(name).Append('=').Append(value);
        }

        return text.ToString();
    }
}
