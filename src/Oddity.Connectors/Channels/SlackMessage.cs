using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Oddity.Engine.Alerting;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Channels;

/// <summary>
/// The message about an anomaly, for a Slack-compatible webhook. Slack's limits (150 characters a header, 3,000 a section, 2,000 a field) are far from
/// reached by the caps here.
/// </summary>
internal static class SlackMessage
{
    private const int MaxSeries = 600;
    private const int MaxExplanation = 2_000;
    private const string SystemMetrics = "system_metrics";

    private static readonly string[] Dimensions = ["_cpu", "_memory", "_disk"];

    /// <param name="alert">What to tell.</param>
    /// <param name="system">What <see cref="SystemTextAsync"/> says of it.</param>
    public static ReadOnlyMemory<byte> Write(Alert alert, string? system)
    {
        Anomaly anomaly = alert.Anomaly;
        string headline = $"{Emoji(anomaly.Severity)} {anomaly.Severity}: {SlackText.Escape(anomaly.Series.Metric, 100)}";
        var body = new ArrayBufferWriter<byte>(2048);
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteString("text", system ?? $"{headline} is {Number(anomaly.Value)}, expected {Number(anomaly.Expected)}");
        json.WriteStartArray("blocks");
        WriteText(json, "header", "plain_text", headline);
        if (system is not null) WriteText(json, "section", "mrkdwn", system);
        WriteText(json, "section", "mrkdwn", $"`{SlackText.Escape(anomaly.Series.Text, MaxSeries)}`\n{SlackText.Escape(anomaly.Explanation, MaxExplanation)}");
        WriteFields(json, anomaly);
        if (alert.Link is { } link) WriteText(json, "section", "mrkdwn", $"<{SlackText.Escape(link, 2_000).Replace("|", "%7C", StringComparison.Ordinal)}|Open in Oddity>");
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }

    /// <summary>What a system monitor of old said when CPU, memory or disk went up; null for other series, for falls and for what was reported by hand.</summary>
    public static async Task<string?> SystemTextAsync(Anomaly anomaly, Func<SeriesKey, long, CancellationToken, Task<double?>> valueAt, CancellationToken cancel)
    {
        string metric = anomaly.Series.Metric;
        bool one = Dimensions.Any(dimension => metric == SystemMetrics + dimension);
        if ((!one && metric != SystemMetrics) || anomaly.Value <= anomaly.Expected) return null;
        async Task<string> PercentAsync(string dimension)
        {
            double? value = metric == SystemMetrics + dimension
                ? anomaly.Value
                : await valueAt(SeriesKey.Create(anomaly.Series.Tenant, SystemMetrics + dimension, anomaly.Series.Labels), anomaly.PeakMs, cancel);
            return value is { } known ? known.ToString("0.0", CultureInfo.InvariantCulture) + "%" : "unknown";
        }

        return $"ALERT! High metrics detected:\nCPU = {await PercentAsync("_cpu")} | Mem = {await PercentAsync("_memory")} | Disk = {await PercentAsync("_disk")}";
    }

    private static void WriteFields(Utf8JsonWriter json, Anomaly anomaly)
    {
        json.WriteStartObject();
        json.WriteString("type", "section");
        json.WriteStartArray("fields");
        WriteField(json, "Value", Number(anomaly.Value));
        WriteField(json, "Expected", Number(anomaly.Expected));
        WriteField(json, "Normal band", Band(anomaly.Lower, anomaly.Upper));
        WriteField(json, "Score", anomaly.Score.ToString("0.00", CultureInfo.InvariantCulture));
        WriteField(json, "Since", DateTimeOffset.FromUnixTimeMilliseconds(anomaly.StartMs).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));
        WriteField(json, "Found by", SlackText.Escape(string.Join(", ", anomaly.Methods.DefaultIfEmpty(anomaly.Detector)), 300));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteField(Utf8JsonWriter json, string name, string value)
    {
        json.WriteStartObject();
        json.WriteString("type", "mrkdwn");
        json.WriteString("text", $"*{name}*\n{value}");
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string block, string type, string text)
    {
        json.WriteStartObject();
        json.WriteString("type", block);
        json.WriteStartObject("text");
        json.WriteString("type", type);
        json.WriteString("text", text);
        if (type == "plain_text") json.WriteBoolean("emoji", true);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Band(double lower, double upper) => (double.IsFinite(lower), double.IsFinite(upper)) switch
    {
        (true, true) => $"{Number(lower)} to {Number(upper)}",
        (true, false) => $"from {Number(lower)}",
        (false, true) => $"up to {Number(upper)}",
        _ => "none",
    };

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    private static string Emoji(Severity severity) => severity switch
    {
        Severity.Critical => "🚨",
        Severity.High => "🔴",
        Severity.Medium => "🟠",
        Severity.Low => "🟡",
        _ => "🔵",
    };
}
