using System.Buffers.Text;
using System.Text.Json;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Prometheus;

/// <summary>Reads the answers of Prometheus' HTTP API: bytes in, values out, in one pass. What is not such an answer is a <see cref="FormatException"/>.</summary>
internal static class PrometheusDecoder
{
    private delegate void DataReader(ref Utf8JsonReader json);

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 16 };

    /// <summary>A matrix: every sample becomes a record of the batch.</summary>
    /// <param name="body">The answer to query_range.</param>
    /// <param name="batch">Takes the samples; of no use after an exception.</param>
    /// <param name="metric">The name of the series; null: each bears its own.</param>
    /// <param name="labels">Added to the labels of each series.</param>
    public static RangeAnswer Range(ReadOnlySpan<byte> body, IngestBatch batch, string? metric, IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        int series = 0, samples = 0, skipped = 0;
        ReadData(body, (ref Utf8JsonReader json) => ReadResult(ref json, (ref Utf8JsonReader result) =>
        {
            Expect(result.TokenType == JsonTokenType.StartArray);
            while (result.Read() && result.TokenType == JsonTokenType.StartObject)
            {
                (int taken, int left) = ReadSeries(ref result, batch, metric, labels);
                series++;
                samples += taken;
                skipped += left;
            }
        }));
        return new(series, samples, skipped);
    }

    /// <summary>The time a query of <c>time()</c> told, Unix milliseconds.</summary>
    public static long Time(ReadOnlySpan<byte> body)
    {
        long? time = null;
        ReadData(body, (ref Utf8JsonReader json) => ReadResult(ref json, (ref Utf8JsonReader result) =>
        {
            Expect(result.TokenType == JsonTokenType.StartArray && result.Read() && result.TokenType == JsonTokenType.Number);
            time = Milliseconds(ref result);
            while (result.Read() && result.TokenType != JsonTokenType.EndArray)
            {
            }
        }));
        return time ?? throw Malformed();
    }

    /// <summary>A list of names.</summary>
    public static List<string> Names(ReadOnlySpan<byte> body)
    {
        var names = new List<string>();
        ReadData(body, (ref Utf8JsonReader json) =>
        {
            // Nothing found is null in some servers' words.
            if (json.TokenType == JsonTokenType.Null) return;
            Expect(json.TokenType == JsonTokenType.StartArray);
            while (json.Read() && json.TokenType == JsonTokenType.String) names.Add(Text(ref json));
        });
        return names;
    }

    /// <summary>Types by metric. Targets may disagree; then the first that knows it counts.</summary>
    public static Dictionary<string, string> Types(ReadOnlySpan<byte> body)
    {
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        string metric = "";
        ReadData(body, (ref Utf8JsonReader json) =>
        {
            Expect(json.TokenType == JsonTokenType.StartObject);
            int depth = json.CurrentDepth;
            while (json.Read() && json.CurrentDepth > depth)
            {
                if (json.TokenType != JsonTokenType.PropertyName) continue;
                if (json.CurrentDepth == depth + 1) metric = Text(ref json);
                else if (json.ValueTextEquals("type"u8) && json.Read() && json.TokenType == JsonTokenType.String) NoteType(types, metric, Text(ref json));
            }
        });
        return types;
    }

    /// <summary>The scrape interval of each active target.</summary>
    public static List<TimeSpan> ScrapeIntervals(ReadOnlySpan<byte> body)
    {
        var intervals = new List<TimeSpan>();
        ReadData(body, (ref Utf8JsonReader json) =>
        {
            Expect(json.TokenType == JsonTokenType.StartObject);
            int depth = json.CurrentDepth;
            while (json.Read() && json.CurrentDepth > depth)
            {
                if (json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("scrapeInterval"u8) && json.Read() && json.TokenType == JsonTokenType.String
                    && PrometheusDuration.TryParse(Text(ref json), out TimeSpan interval))
                    intervals.Add(interval);
            }
        });
        return intervals;
    }

    /// <summary>What Prometheus says is wrong; null if it does not say.</summary>
    public static string? Error(ReadOnlySpan<byte> body)
    {
        try
        {
            var json = new Utf8JsonReader(body, Options);
            while (json.Read())
            {
                if (json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("error"u8) && json.Read() && json.TokenType == JsonTokenType.String) return Text(ref json);
            }
        }
        catch (JsonException)
        {
            // Then it is a proxy's page, or nothing.
        }

        return null;
    }

    private static void NoteType(Dictionary<string, string> types, string metric, string type)
    {
        if (!types.TryGetValue(metric, out string? known) || known == "unknown") types[metric] = type;
    }

    /// <summary>Reads the envelope, and the value of "data" with the reader given, to the last byte: a cut answer is no answer.</summary>
    private static void ReadData(ReadOnlySpan<byte> body, DataReader read)
    {
        try
        {
            var json = new Utf8JsonReader(body, Options);
            Expect(json.Read() && json.TokenType == JsonTokenType.StartObject);
            bool success = false, data = false;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                bool isStatus = json.ValueTextEquals("status"u8), isData = json.ValueTextEquals("data"u8);
                Expect(json.Read());
                if (isStatus) success = json.TokenType == JsonTokenType.String && json.ValueTextEquals("success"u8);
                else if (isData) read(ref json);
                else json.Skip();
                data |= isData;
            }

            Expect(success && data && !json.Read());
        }
        catch (Exception mistake) when (mistake is JsonException or InvalidOperationException)
        {
            throw new FormatException("the answer is not what Prometheus answers", mistake);
        }
    }

    private static void ReadResult(ref Utf8JsonReader json, DataReader read)
    {
        Expect(json.TokenType == JsonTokenType.StartObject);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool isResult = json.ValueTextEquals("result"u8);
            Expect(json.Read());
            if (isResult) read(ref json);
            else json.Skip();
        }
    }

    private static (int Samples, int Skipped) ReadSeries(ref Utf8JsonReader json, IngestBatch batch, string? metric, IReadOnlyList<KeyValuePair<string, string>> added)
    {
        SeriesKey? key = null;
        int samples = 0, skipped = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool isMetric = json.ValueTextEquals("metric"u8), isValues = json.ValueTextEquals("values"u8);
            Expect(json.Read());
            if (isMetric) key = ReadKey(ref json, batch.Tenant, metric, added);
            else if (isValues) (samples, skipped) = ReadValues(ref json, batch, key ?? throw Malformed());
            else json.Skip();
        }

        return (samples, skipped);
    }

    private static SeriesKey ReadKey(ref Utf8JsonReader json, string tenant, string? metric, IReadOnlyList<KeyValuePair<string, string>> added)
    {
        Expect(json.TokenType == JsonTokenType.StartObject);
        var labels = new List<KeyValuePair<string, string>>(8);
        string? own = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string name = Text(ref json);
            Expect(json.Read() && json.TokenType == JsonTokenType.String);
            if (name == "__name__") own = Text(ref json);
            else labels.Add(new(name, Text(ref json)));
        }

        labels.AddRange(added);
        return SeriesKey.Create(tenant, metric ?? own ?? throw Malformed(), labels);
    }

    private static (int Samples, int Skipped) ReadValues(ref Utf8JsonReader json, IngestBatch batch, SeriesKey key)
    {
        Expect(json.TokenType == JsonTokenType.StartArray);
        int samples = 0, skipped = 0;
        while (json.Read() && json.TokenType == JsonTokenType.StartArray)
        {
            Expect(json.Read() && json.TokenType == JsonTokenType.Number);
            long timeMs = Milliseconds(ref json);
            Expect(json.Read() && json.TokenType == JsonTokenType.String);
            if (TryValue(ref json, out double value))
            {
                batch.NextRecord();
                batch.Add(key, timeMs, value);
                samples++;
            }
            else
            {
                skipped++;
            }

            Expect(json.Read() && json.TokenType == JsonTokenType.EndArray);
        }

        return (samples, skipped);
    }

    /// <summary>False for "NaN", "+Inf" and "-Inf".</summary>
    private static bool TryValue(ref Utf8JsonReader json, out double value)
    {
        ReadOnlySpan<byte> text = json.ValueSpan;
        if (Utf8Parser.TryParse(text, out value, out int read) && read == text.Length) return double.IsFinite(value);
        return text.SequenceEqual("NaN"u8) || text.SequenceEqual("+Inf"u8) || text.SequenceEqual("-Inf"u8) ? false : throw Malformed();
    }

    private static long Milliseconds(ref Utf8JsonReader json)
    {
        double seconds = json.GetDouble();
        return Math.Abs(seconds) < 1e11 ? (long)Math.Round(seconds * 1000) : throw Malformed();
    }

    private static string Text(ref Utf8JsonReader json) => json.GetString()!;

    private static void Expect(bool holds)
    {
        if (!holds) throw Malformed();
    }

    private static FormatException Malformed() => new("the answer is not what Prometheus answers");
}
