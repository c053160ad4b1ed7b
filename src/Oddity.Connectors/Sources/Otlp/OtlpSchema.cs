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
    }

    private readonly Dictionary<string, (int Number, Kind Kind, OtlpSchema? Type)> _fields = new(StringComparer.Ordinal);

    private static readonly OtlpSchema s_value = new OtlpSchema()
        .Add("stringValue", 1, Kind.Text).Add("boolValue", 2, Kind.Bool).Add("intValue", 3, Kind.Integer).Add("doubleValue", 4, Kind.Double);

    private static readonly OtlpSchema s_attribute = new OtlpSchema().Add("key", 1, Kind.Text).Add("value", 2, s_value);

    private static readonly OtlpSchema s_number = new OtlpSchema()
        .Add("attributes", 7, s_attribute).Add("timeUnixNano", 3, Kind.Fixed64).Add("asDouble", 4, Kind.Double).Add("asInt", 6, Kind.Fixed64).Add("flags", 8, Kind.Integer);

    private static readonly OtlpSchema s_histogram = new OtlpSchema()
        .Add("attributes", 9, s_attribute).Add("timeUnixNano", 3, Kind.Fixed64).Add("count", 4, Kind.Fixed64).Add("sum", 5, Kind.Double)
        .Add("bucketCounts", 6, Kind.Fixed64).Add("explicitBounds", 7, Kind.Double).Add("flags", 10, Kind.Integer);

    private static readonly OtlpSchema s_buckets = new OtlpSchema().Add("offset", 1, Kind.SignedInteger).Add("bucketCounts", 2, Kind.Integer);

    private static readonly OtlpSchema s_exponential = new OtlpSchema()
        .Add("attributes", 1, s_attribute).Add("timeUnixNano", 3, Kind.Fixed64).Add("count", 4, Kind.Fixed64).Add("sum", 5, Kind.Double)
        .Add("scale", 6, Kind.SignedInteger).Add("zeroCount", 7, Kind.Fixed64).Add("positive", 8, s_buckets).Add("negative", 9, s_buckets)
        .Add("flags", 10, Kind.Integer).Add("zeroThreshold", 14, Kind.Double);

    private static readonly OtlpSchema s_summary = new OtlpSchema()
        .Add("attributes", 7, s_attribute).Add("timeUnixNano", 3, Kind.Fixed64).Add("count", 4, Kind.Fixed64).Add("sum", 5, Kind.Double)
        .Add("quantileValues", 6, new OtlpSchema().Add("quantile", 1, Kind.Double).Add("value", 2, Kind.Double)).Add("flags", 8, Kind.Integer);

    private static readonly OtlpSchema s_metric = new OtlpSchema()
        .Add("name", 1, Kind.Text)
        .Add("gauge", 5, Points(s_number)).Add("sum", 7, Points(s_number)).Add("histogram", 9, Points(s_histogram))
        .Add("exponentialHistogram", 10, Points(s_exponential)).Add("summary", 11, Points(s_summary));

    /// <summary>ExportMetricsServiceRequest.</summary>
    public static OtlpSchema Metrics { get; } = new OtlpSchema().Add(
        "resourceMetrics",
        1,
        new OtlpSchema().Add("resource", 1, new OtlpSchema().Add("attributes", 1, s_attribute)).Add("scopeMetrics", 2, new OtlpSchema().Add("metrics", 2, s_metric)));

    private static readonly OtlpSchema s_span = new OtlpSchema()
        .Add("traceId", 1, Kind.Hex).Add("spanId", 2, Kind.Hex).Add("parentSpanId", 4, Kind.Hex).Add("name", 5, Kind.Text).Add("kind", 6, Kind.Integer)
        .Add("startTimeUnixNano", 7, Kind.Fixed64).Add("endTimeUnixNano", 8, Kind.Fixed64).Add("attributes", 9, s_attribute)
        .Add("status", 15, new OtlpSchema().Add("message", 2, Kind.Text).Add("code", 3, Kind.Integer));

    /// <summary>ExportTraceServiceRequest.</summary>
    public static OtlpSchema Traces { get; } = new OtlpSchema().Add(
        "resourceSpans",
        1,
        new OtlpSchema().Add("resource", 1, new OtlpSchema().Add("attributes", 1, s_attribute)).Add("scopeSpans", 2, new OtlpSchema().Add("spans", 2, s_span)));

    /// <summary>The field of that name; false where there is none that is read.</summary>
    public bool TryFind(string name, out int number, out Kind kind, out OtlpSchema? type)
    {
        bool found = _fields.TryGetValue(name, out (int Number, Kind Kind, OtlpSchema? Type) field);
        (number, kind, type) = found ? (field.Number, field.Kind, field.Type) : default;
        return found;
    }

    private static OtlpSchema Points(OtlpSchema point) => new OtlpSchema().Add("dataPoints", 1, point);

    private OtlpSchema Add(string name, int number, Kind kind)
    {
        _fields.Add(name, (number, kind, null));
        return this;
    }

    private OtlpSchema Add(string name, int number, OtlpSchema type)
    {
        _fields.Add(name, (number, Kind.Message, type));
        return this;
    }
}
