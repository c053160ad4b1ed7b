using System.Text.Json;
using Oddity.Engine.Calls;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Events;

/// <summary>
/// Tells by an event's properties which of the three shapes it has, and turns it into samples or a rejection:
/// <list type="bullet">
/// <item>narrow, <c>{metric, value}</c>: one sample of that series;</item>
/// <item>API call, <c>{api_id, latency_ms, status_code}</c>: the derived series <c>api_latency_ms</c>, <c>api_error</c> and <c>api_response_size</c>;</item>
/// <item>wide, <c>{cpu, memory, disk}</c> or other numbers: <c>system_metrics_…</c> for each, and the vector <c>system_metrics</c> of them together.</item>
/// </list>
/// A record is judged whole before anything of it is added.
/// </summary>
internal sealed class EventShapes(IngestBatch batch, TimePrecision precision, string? defaultMetric)
{
    private const string WideMetric = "system_metrics";

    // What counts as an error in an API's error rate: the caller's mistakes (4xx) and the API's (5xx), so that it is 1 minus the success rate.
    private const int FirstErrorStatus = 400;

    private readonly SeriesCache _cache = new(defaultMetric is null ? batch.Tenant : null);
    private readonly List<KeyValuePair<string, string>> _labels = [];
    private readonly List<JsonToken> _names = [];
    private readonly List<double> _values = [];

    /// <summary>Keys met so far.</summary>
    public int KeyCount => _cache.KeyCount;

    /// <summary>For each record the time as it was given; null to do without.</summary>
    public List<JsonToken>? Times { get; init; }

    /// <summary>Begins a record.</summary>
    public void NextRecord()
    {
        batch.NextRecord();
        Times?.Add(default);
    }

    /// <summary>Adds the event to the record begun last, or rejects the record.</summary>
    public void Add(JsonEvent item, ReadOnlySpan<byte> body)
    {
        _values.Clear();
        if (Times is not null) Times[^1] = item.Time;
        if (item.TooManyFields) Reject("too_many_fields", $"An event may have at most {JsonEvent.MaxFields} fields.");
        else if (item.Value.Type != JsonTokenType.None || item.Metric.Given) AddNarrow(item, body);
        else if (item.ApiId.Given) AddApiCall(item, body);
        else AddWide(item, body);
    }

    private void AddNarrow(JsonEvent item, ReadOnlySpan<byte> body)
    {
        JsonToken metric = item.Metric.Given ? item.Metric : item.Name;
        if (!TryTime(item, body, out long? timeMs)) return;
        if (item.Value.Type == JsonTokenType.None) Reject("missing_field", "value is missing.");
        else if (metric.Given && metric.Type != JsonTokenType.String) Reject("bad_name", $"metric must be a text, not {InputEcho.Quote(metric.Bytes(body))}.");
        else if (!metric.Given && defaultMetric is null) Reject("missing_field", "metric is missing.");
        else if (TryValue("value", item.Value, body))
        {
            _cache.Begin('n');
            Append(metric, body);
            AppendLabels(item, body);
            if (!_cache.TryGet(out SeriesGroup? group))
            {
                string? name = defaultMetric;
                if (metric.Given && !metric.TryText(body, out name)) RejectText();
                else if (TryLabels(item, body)) group = _cache.Put(new([Key(name!)], [0]));
            }

            if (group is not null) batch.Add(group.Keys[0], timeMs, _values[0]);
        }
    }

    private void AddApiCall(JsonEvent item, ReadOnlySpan<byte> body)
    {
        if (!TryTime(item, body, out long? timeMs) || !TryMeasure("latency_ms", item.LatencyMs, required: true, body)) return;
        if (!TryMeasure("status_code", item.StatusCode, required: true, body)) return;
        if (_values[1] is not (>= 100 and <= 599) || _values[1] != Math.Floor(_values[1]))
        {
            Reject("bad_value", $"status_code must be a whole number from 100 to 599, not {InputEcho.Quote(item.StatusCode.Bytes(body))}.");
            return;
        }

        _values[1] = _values[1] >= FirstErrorStatus ? 1 : 0;
        if (!TryMeasure("response_size", item.ResponseSize, required: false, body)) return;
        if (item.ApiId.Type is not (JsonTokenType.String or JsonTokenType.Number) || item.ApiId.Length == 0)
        {
            Reject("bad_name", $"api_id must be a text, not {InputEcho.Quote(item.ApiId.Bytes(body))}.");
            return;
        }

        if (ApiCallSeries(item, body) is not { } group) return;
        for (int i = 0; i < _values.Count; i++) batch.Add(group.Keys[i], timeMs, _values[i]);
        double? size = _values.Count > 2 ? _values[2] : null;
        batch.Calls.Add((batch.RecordCount - 1, new(group.Keys[0].Label("api_id")!, EndpointOf(item, body), timeMs ?? IngestBatch.Arrival, _values[0], _values[1] > 0, size)));
    }

    /// <summary>The endpoint, where the event names one: <c>endpoint</c>, <c>path</c> or <c>route</c>, after <c>method</c> if there is one.</summary>
    private static string EndpointOf(JsonEvent item, ReadOnlySpan<byte> body)
    {
        string? path = null, method = null;
        foreach ((JsonToken name, JsonToken value) in item.Others)
        {
            if (name.Escaped || value.Type != JsonTokenType.String) continue;
            ReadOnlySpan<byte> property = name.Bytes(body);
            if (property.SequenceEqual("endpoint"u8) || property.SequenceEqual("path"u8) || property.SequenceEqual("route"u8)) value.TryText(body, out path);
            else if (property.SequenceEqual("method"u8)) value.TryText(body, out method);
        }

        if (path is null) return "";
        path = CallNames.PathName(path);
        return string.IsNullOrEmpty(method) ? path : $"{method.ToUpperInvariant()} {path}";
    }

    private SeriesGroup? ApiCallSeries(JsonEvent item, ReadOnlySpan<byte> body)
    {
        _cache.Begin('a');
        Append(item.ApiId, body);
        AppendLabels(item, body);
        if (_cache.TryGet(out SeriesGroup? group)) return group;
        if (!item.ApiId.TryText(body, out string? id))
        {
            RejectText();
            return null;
        }

        if (!TryLabels(item, body)) return null;
        _labels.Add(new("api_id", id));
        return _cache.Put(new([Key("api_latency_ms"), Key("api_error"), Key("api_response_size")], [0, 1, 2]));
    }

    private void AddWide(JsonEvent item, ReadOnlySpan<byte> body)
    {
        if (!TryTime(item, body, out long? timeMs) || !TryNumbers(item, body)) return;
        if (_values.Count == 0)
        {
            if (item.Name.Given) Reject("missing_field", "value is missing.");
            else Reject("unknown_shape", "The event has neither metric and value, nor api_id, nor a field with a number.");
        }
        else if (WideSeries(item, body) is { } group)
        {
            double[] values = new double[group.Keys.Length];
            for (int i = 0; i < values.Length; i++) values[i] = _values[group.Sources[i]];
            if (group.Vector is null) batch.Add(group.Keys[0], timeMs, values[0]);
            else batch.AddVector(group.Vector, group.Keys, timeMs, values);
        }
    }

    private bool TryNumbers(JsonEvent item, ReadOnlySpan<byte> body)
    {
        _names.Clear();
        foreach ((JsonToken name, JsonToken value) in item.Others)
        {
            bool known = !name.Escaped && IsSystemMetric(name.Bytes(body));
            if (!known && value.Type != JsonTokenType.Number) continue;
            if (!TryValue(name, value, body)) return false;
            _names.Add(name);
        }

        return true;
    }

    private SeriesGroup? WideSeries(JsonEvent item, ReadOnlySpan<byte> body)
    {
        _cache.Begin('w');
        foreach (JsonToken name in _names) Append(name, body);
        AppendLabels(item, body);
        Append(item.Name, body);
        foreach ((JsonToken name, JsonToken value) in item.Others)
        {
            if (!IsLabel(name, value, body)) continue;
            Append(name, body);
            Append(value, body);
        }

        if (_cache.TryGet(out SeriesGroup? group)) return group;
        return TryLabels(item, body) && TryTexts(item, body) && TryDimensions(body, out SortedDictionary<string, int> fields)
            ? _cache.Put(new(
                [.. fields.Keys.Select(field => Key($"{WideMetric}_{field}"))],
                [.. fields.Values],
                fields.Count > 1 ? Key(WideMetric) : null))
            : null;
    }

    // In order of name, so that the same fields in another order are the same vector; of a field given twice the last counts.
    private bool TryDimensions(ReadOnlySpan<byte> body, out SortedDictionary<string, int> fields)
    {
        fields = new(StringComparer.Ordinal);
        for (int i = 0; i < _names.Count; i++)
        {
            if (!_names[i].TryText(body, out string? field)) return RejectText();
            fields[field] = i;
        }

        return true;
    }

    private bool TryTexts(JsonEvent item, ReadOnlySpan<byte> body)
    {
        foreach ((JsonToken name, JsonToken value) in item.Others)
        {
            if (!IsLabel(name, value, body)) continue;
            if (!name.TryText(body, out string? key) || !value.TryText(body, out string? text)) return RejectText();
            _labels.Add(new(key, text));
        }

        if (item.Name.Type != JsonTokenType.String) return true;
        if (!item.Name.TryText(body, out string? own)) return RejectText();
        _labels.Add(new("name", own));
        return true;
    }

    private static bool IsLabel(JsonToken name, JsonToken value, ReadOnlySpan<byte> body) =>
        value.Type == JsonTokenType.String && (name.Escaped || !IsSystemMetric(name.Bytes(body)));

    private static bool IsSystemMetric(ReadOnlySpan<byte> name) => name.SequenceEqual("cpu"u8) || name.SequenceEqual("memory"u8) || name.SequenceEqual("disk"u8);

    private void AppendLabels(JsonEvent item, ReadOnlySpan<byte> body)
    {
        foreach (JsonToken labels in item.Labels) Append(labels, body);
    }

    private void Append(JsonToken token, ReadOnlySpan<byte> body) => _cache.Append((byte)token.Type, token.Bytes(body));

    private bool TryLabels(JsonEvent item, ReadOnlySpan<byte> body)
    {
        _labels.Clear();
        foreach (JsonToken labels in item.Labels)
        {
            if (!LabelReader.TryRead(labels, body, _labels)) return RejectText();
        }

        return true;
    }

    private SeriesKey Key(string metric) => SeriesKey.Create(batch.Tenant, metric, _labels);

    private bool TryTime(JsonEvent item, ReadOnlySpan<byte> body, out long? timeMs)
    {
        timeMs = null;
        if (!item.Time.Given) return true;
        bool readable = item.Time.Type is JsonTokenType.Number or JsonTokenType.String;
        if (!readable || !EventTime.TryParse(item.Time.Bytes(body), precision, out long ms))
        {
            return Reject("bad_time", $"{InputEcho.Quote(item.Time.Bytes(body))} is not a Unix time or ISO 8601 date.");
        }

        timeMs = ms;
        return true;
    }

    private bool TryMeasure(string name, JsonToken token, bool required, ReadOnlySpan<byte> body)
    {
        if (!token.Given) return !required || Reject("missing_field", $"{name} is missing.");
        if (!TryValue(name, token, body)) return false;
        return _values[^1] >= 0 || Reject("bad_value", $"{name} must not be negative, but is {InputEcho.Quote(token.Bytes(body))}.");
    }

    private bool TryValue(JsonToken name, JsonToken token, ReadOnlySpan<byte> body) =>
        (token.TryNumber(body, out double value) && Keep(value)) || TryValue(InputEcho.Quote(name.Bytes(body)), token, body);

    private bool TryValue(string name, JsonToken token, ReadOnlySpan<byte> body)
    {
        if (!token.TryNumber(body, out double value)) return Reject("bad_value", $"{name} must be a number, not {InputEcho.Quote(token.Bytes(body))}.");
        return Keep(value) || Reject("not_finite", $"{name} must be finite, but is {InputEcho.Quote(token.Bytes(body))}.");
    }

    private bool Keep(double value)
    {
        if (!double.IsFinite(value)) return false;
        _values.Add(value);
        return true;
    }

    private bool RejectText() => Reject("bad_text", "A name or label is not valid UTF-8 or has half of a surrogate pair.");

    private bool Reject(string code, string detail)
    {
        batch.Reject(code, detail);
        return false;
    }
}
