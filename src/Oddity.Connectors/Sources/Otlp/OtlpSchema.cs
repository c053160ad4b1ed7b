namespace Oddity.Connectors.Sources.Otlp;

/// <summary>What OTLP's messages hold, as far as it is read: the numbers and kinds of their fields by their names in JSON. Facts of opentelemetry-proto 1.x.</summary>
internal sealed class OtlpSchema
{
    /// <summary>How a field is written in protocol buffers.</summary>
    public enum Kind
    {
        Message,
        Text,
        Bool,
        Integer,
        SignedInteger,
        Fixed64,
        Double,

        /// <summary>Bytes, which JSON writes as hexadecimal digits: ids.</summary>
        Hex,

        /// <summary>Bytes, which JSON writes by base 64.</summary>
        Base64,
    }

    /// <summary>A field.</summary>
    /// <param name="Number">Its number in protocol buffers.</param>
    /// <param name="Kind">How it is written.</param>
    /// <param name="Type">What a message holds; null for other kinds.</param>
    /// <param name="IsList">Whether it may come several times, which JSON writes as an array.</param>
    public readonly record struct Field(int Number, Kind Kind, OtlpSchema? Type, bool IsList);

    private readonly Dictionary<string, Field> _fields = new(StringComparer.Ordinal);

    private static readonly OtlpSchema s_value = new OtlpSchema()
        .Add("stringValue", 1, Kind.Text).Add("boolValue", 2, Kind.Bool).Add("intValue", 3, Kind.Integer).Add("doubleValue", 4, Kind.Double).Add("bytesValue", 7, Kind.Base64);

    private static readonly OtlpSchema s_attribute = new OtlpSchema().Add("key", 1, Kind.Text).Add("value", 2, s_value);

    // Values hold values.
    static OtlpSchema() => s_value.Add("arrayValue", 5, new OtlpSchema().AddList("values", 1, s_value)).Add("kvlistValue", 6, new OtlpSchema().AddList("values", 1, s_attribute));

    private static readonly OtlpSchema s_number = new OtlpSchema()
        .AddList("attributes", 7, s_attribute).Add("timeUnixNano", 3, Kind.Fixed64).Add("asDouble", 4, Kind.Double).Add("asInt", 6, Kind.Fixed64).Add("flags", 8, Kind.Integer);

    private static readonly OtlpSchema s_histogram = new OtlpSchema()
        .AddList("attributes", 9, s_attribute).Add("timeUnixNano", 3, Kind.Fixed64).Add("count", 4, Kind.Fixed64).Add("sum", 5, Kind.Double)
        .AddList("bucketCounts", 6, Kind.Fixed64).AddList("explicitBounds", 7, Kind.Double).Add("flags", 10, Kind.Integer);

    private static readonly OtlpSchema s_buckets = new OtlpSchema().Add("offset", 1, Kind.SignedInteger).AddList("bucketCounts", 2, Kind.Integer);

    private static readonly OtlpSchema s_exponential = new OtlpSchema()
        .AddList("attributes", 1, s_attribute).Add("timeUnixNano", 3, Kind.Fixed64).Add("count", 4, Kind.Fixed64).Add("sum", 5, Kind.Double)
        .Add("scale", 6, Kind.SignedInteger).Add("zeroCount", 7, Kind.Fixed64).Add("positive", 8, s_buckets).Add("negative", 9, s_buckets)
        .Add("flags", 10, Kind.Integer).Add("zeroThreshold", 14, Kind.Double);

    private static readonly OtlpSchema s_summary = new OtlpSchema()
        .AddList("attributes", 7, s_attribute).Add("timeUnixNano", 3, Kind.Fixed64).Add("count", 4, Kind.Fixed64).Add("sum", 5, Kind.Double)
        .AddList("quantileValues", 6, new OtlpSchema().Add("quantile", 1, Kind.Double).Add("value", 2, Kind.Double)).Add("flags", 8, Kind.Integer);

    private static readonly OtlpSchema s_metric = new OtlpSchema()
        .Add("name", 1, Kind.Text)
        .Add("gauge", 5, Points(s_number)).Add("sum", 7, Points(s_number)).Add("histogram", 9, Points(s_histogram))
        .Add("exponentialHistogram", 10, Points(s_exponential)).Add("summary", 11, Points(s_summary));

    /// <summary>ExportMetricsServiceRequest.</summary>
    public static OtlpSchema Metrics { get; } = Request("resourceMetrics", "scopeMetrics", "metrics", s_metric);

    private static readonly OtlpSchema s_span = new OtlpSchema()
        .Add("traceId", 1, Kind.Hex).Add("spanId", 2, Kind.Hex).Add("parentSpanId", 4, Kind.Hex).Add("name", 5, Kind.Text).Add("kind", 6, Kind.Integer)
        .Add("startTimeUnixNano", 7, Kind.Fixed64).Add("endTimeUnixNano", 8, Kind.Fixed64).AddList("attributes", 9, s_attribute)
        .Add("status", 15, new OtlpSchema().Add("message", 2, Kind.Text).Add("code", 3, Kind.Integer));

    /// <summary>ExportTraceServiceRequest.</summary>
    public static OtlpSchema Traces { get; } = Request("resourceSpans", "scopeSpans", "spans", s_span);

    private static readonly OtlpSchema s_record = new OtlpSchema()
        .Add("timeUnixNano", 1, Kind.Fixed64).Add("severityNumber", 2, Kind.Integer).Add("severityText", 3, Kind.Text).Add("body", 5, s_value)
        .AddList("attributes", 6, s_attribute).Add("traceId", 9, Kind.Hex).Add("observedTimeUnixNano", 11, Kind.Fixed64);

    /// <summary>ExportLogsServiceRequest.</summary>
    public static OtlpSchema Logs { get; } = Request("resourceLogs", "scopeLogs", "logRecords", s_record);

    /// <summary>The field of that name; false where there is none that is read.</summary>
    public bool TryFind(string name, out Field field) => _fields.TryGetValue(name, out field);

    private static OtlpSchema Points(OtlpSchema point) => new OtlpSchema().AddList("dataPoints", 1, point);

    /// <summary>All three signals nest alike: resources, their scopes, the records.</summary>
    private static OtlpSchema Request(string resources, string scopes, string records, OtlpSchema record) => new OtlpSchema().AddList(
        resources, 1, new OtlpSchema().Add("resource", 1, new OtlpSchema().AddList("attributes", 1, s_attribute)).AddList(scopes, 2, new OtlpSchema().AddList(records, 2, record)));

    private OtlpSchema Add(string name, int number, Kind kind) => Add(name, new(number, kind, null, false));

    private OtlpSchema Add(string name, int number, OtlpSchema type) => Add(name, new(number, Kind.Message, type, false));

    private OtlpSchema AddList(string name, int number, Kind kind) => Add(name, new(number, kind, null, true));

    private OtlpSchema AddList(string name, int number, OtlpSchema type) => Add(name, new(number, Kind.Message, type, true));

    private OtlpSchema Add(string name, Field field)
    {
        _fields.Add(name, field);
        return this;
    }
}
