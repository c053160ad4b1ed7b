using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Oddity.Detection;
using Oddity.Engine.Series;

namespace Oddity.Engine.Anomalies;

/// <summary>
/// The canonical JSON of an anomaly: fixed order of fields, shortest round-trip numbers, null for an infinite bound, no wall-clock field and nothing
/// that people set. It is what the store holds, the export prints and the digest covers.
/// </summary>
internal static class AnomalyJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(Anomaly anomaly)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("id", anomaly.Id);
            json.WriteString("tenant", anomaly.Series.Tenant);
            json.WriteString("series", anomaly.Series.Text);
            if (anomaly.Subject is { } subject) json.WriteString("subject", subject.Text);
            json.WriteString("detector", anomaly.Detector);
            json.WriteNumber("start_ms", anomaly.StartMs);
            if (anomaly.EndMs is { } end) json.WriteNumber("end_ms", end);
            else json.WriteNull("end_ms");
            json.WriteNumber("last_odd_ms", anomaly.LastOddMs);
            json.WriteNumber("peak_ms", anomaly.PeakMs);
            json.WriteNumber("value", anomaly.Value);
            json.WriteNumber("expected", anomaly.Expected);
            WriteBound(json, "lower", anomaly.Lower);
            WriteBound(json, "upper", anomaly.Upper);
            json.WriteNumber("score", anomaly.Score);
            json.WriteNumber("statistic", anomaly.Statistic);
            json.WriteString("term", anomaly.Term);
            json.WriteString("severity", anomaly.Severity.ToString().ToLowerInvariant());
            json.WriteNumber("count", anomaly.Count);
            json.WriteString("explanation", anomaly.Explanation);
            json.WriteStartArray("votes");
            foreach (Vote vote in anomaly.Votes) WriteVote(json, vote);
            json.WriteEndArray();
            json.WriteStartArray("window");
            foreach (Sample sample in anomaly.Window)
            {
                json.WriteStartArray();
                json.WriteNumberValue(sample.TimeMs);
                json.WriteNumberValue(sample.Value);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteStartObject("config");
            foreach ((string name, string value) in anomaly.Configuration) json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <exception cref="InvalidDataException">The text is not such an anomaly.</exception>
    public static Anomaly Read(string text, string tenant)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement json = document.RootElement;
            if (!SeriesKey.TryParse(tenant, json.GetProperty("series").GetString()!, out SeriesKey series)) throw new InvalidDataException("An anomaly whose series cannot be read.");
            SeriesKey? subject = null;
            if (json.TryGetProperty("subject", out JsonElement of) && !SeriesKey.TryParse(tenant, of.GetString()!, out subject))
                throw new InvalidDataException("An anomaly whose subject cannot be read.");
            JsonElement end = json.GetProperty("end_ms");
            string detector = json.GetProperty("detector").GetString()!;
            var anomaly = new Anomaly
            {
                Id = json.GetProperty("id").GetString()!,
                Series = series,
                Subject = subject,
                Detector = detector,
                StartMs = json.GetProperty("start_ms").GetInt64(),
                EndMs = end.ValueKind == JsonValueKind.Null ? null : end.GetInt64(),
                LastOddMs = json.GetProperty("last_odd_ms").GetInt64(),
                PeakMs = json.GetProperty("peak_ms").GetInt64(),
                Value = json.GetProperty("value").GetDouble(),
                Expected = json.GetProperty("expected").GetDouble(),
                Lower = ReadBound(json, "lower", double.NegativeInfinity),
                Upper = ReadBound(json, "upper", double.PositiveInfinity),
                Score = json.GetProperty("score").GetDouble(),
                Statistic = json.GetProperty("statistic").GetDouble(),
                Term = json.GetProperty("term").GetString()!,
                Severity = Enum.Parse<Severity>(json.GetProperty("severity").GetString()!, ignoreCase: true),
                Count = json.GetProperty("count").GetInt32(),
                Votes = [.. json.GetProperty("votes").EnumerateArray().Select(ReadVote)],
                Window = [.. json.GetProperty("window").EnumerateArray().Select(pair => new Sample(pair[0].GetInt64(), pair[1].GetDouble()))],
                Configuration = new SortedDictionary<string, string>(
                    json.GetProperty("config").EnumerateObject().ToDictionary(setting => setting.Name, setting => setting.Value.GetString()!), StringComparer.Ordinal),
            };
            return detector == ManualAnomaly.Detector ? anomaly with { Explanation = json.GetProperty("explanation").GetString()! } : anomaly;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException("An anomaly that cannot be read.", error);
        }
    }

    private static void WriteVote(Utf8JsonWriter json, in Vote vote)
    {
        json.WriteStartObject();
        json.WriteString("detector", vote.Detector);
        json.WriteNumber("weight", vote.Weight);
        json.WriteNumber("score", vote.Score.Value);
        json.WriteBoolean("anomalous", vote.Score.Anomalous);
        json.WriteBoolean("warming_up", vote.Score.WarmingUp);
        json.WriteNumber("expected", vote.Score.Expected);
        WriteBound(json, "lower", vote.Score.Lower);
        WriteBound(json, "upper", vote.Score.Upper);
        json.WriteNumber("statistic", vote.Score.Statistic);
        json.WriteString("term", vote.Score.Term);
        json.WriteEndObject();
    }

    private static Vote ReadVote(JsonElement json) => new(
        json.GetProperty("detector").GetString()!,
        json.GetProperty("weight").GetDouble(),
        new()
        {
            Value = json.GetProperty("score").GetDouble(),
            Expected = json.GetProperty("expected").GetDouble(),
            Lower = ReadBound(json, "lower", double.NegativeInfinity),
            Upper = ReadBound(json, "upper", double.PositiveInfinity),
            Anomalous = json.GetProperty("anomalous").GetBoolean(),
            WarmingUp = json.GetProperty("warming_up").GetBoolean(),
            Statistic = json.GetProperty("statistic").GetDouble(),
            Term = json.GetProperty("term").GetString()!,
        });

    private static void WriteBound(Utf8JsonWriter json, string name, double bound)
    {
        if (double.IsFinite(bound)) json.WriteNumber(name, bound);
        else json.WriteNull(name);
    }

    private static double ReadBound(JsonElement json, string name, double none) =>
        json.GetProperty(name) is { ValueKind: JsonValueKind.Number } bound ? bound.GetDouble() : none;
}
