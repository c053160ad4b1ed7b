using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Oddity.Connectors.Sources.Traces;
using Oddity.Engine.Calls;

namespace Oddity.Connectors.Sources.AccessLogs;

/// <summary>
/// Decodes access logs of web servers, a line a call: the common and the combined format, with a time taken at the end if there is one, and JSON objects.
/// Never throws on bad input, takes time linear in it. See docs/sources/access-logs.md.
/// </summary>
public static class AccessLogDecoder
{
    private const int MaxLine = 32 << 10;
    private static readonly string[] s_months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    private static readonly JsonDocumentOptions s_json = new() { MaxDepth = 8 };

    /// <summary>Decodes lines. True: the batch holds the good ones and names the bad ones. False: there are none, or not one is good.</summary>
    /// <param name="body">UTF-8; what is not is taken as it may be read.</param>
    /// <param name="api">What the calls are of, where a line does not say.</param>
    /// <param name="nowMs">The time of arrival, for lines without a time.</param>
    /// <param name="batch">What was decoded.</param>
    /// <param name="failure">Why nothing was.</param>
    public static bool TryDecode(ReadOnlyMemory<byte> body, string api, long nowMs, [NotNullWhen(true)] out CallBatch? batch, [NotNullWhen(false)] out DecodeFailure? failure)
    {
        (batch, failure) = (new(), null);
        if (body.Span.StartsWith("\uFEFF"u8)) body = body[3..];
        while (!body.IsEmpty && failure is null)
        {
            int end = body.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> line = end < 0 ? body : body[..end];
            body = end < 0 ? default : body[(end + 1)..];
            line = line[..line.Span.TrimEnd(" \t\r"u8).Length];
            if (line.IsEmpty) continue;
            if (line.Length > MaxLine) batch.Reject("too_long", $"The line is longer than {MaxLine} bytes.");
            else if (line.Span[0] == (byte)'{') ReadJson(line, api, nowMs, batch);
            else if (ReadLine(line.Span, api) is { } call) batch.Add(call);
            else batch.Reject("bad_line", $"Not a line of an access log: {InputEcho.Quote(line.Span)}.");
            failure = batch.LimitHit();
        }

        if (failure is null && batch.Records == 0) failure = new("empty_body", "There is nothing in the body.");
        if (failure is null && batch.Calls.Count == 0) failure = new(batch.Errors[0].Code, batch.Errors[0].Detail);
        if (failure is not null) batch = null;
        return failure is null;
    }

    /// <summary>host ident user [time] "method path protocol" status bytes ["referrer" "agent"] [seconds or microseconds taken]; null if it is none.</summary>
    private static Call? ReadLine(ReadOnlySpan<byte> line, string api)
    {
        int open = line.IndexOf((byte)'['), close = open < 0 ? -1 : line[open..].IndexOf((byte)']') + open;
        if (close <= open || !TryTime(line[(open + 1)..close], out long timeMs)) return null;
        ReadOnlySpan<byte> rest = line[(close + 1)..].TrimStart((byte)' ');
        if (!TryQuoted(ref rest, out ReadOnlySpan<byte> request)) return null;
        if (!Utf8Parser.TryParse(Word(ref rest), out int status, out _) || status is < 100 or > 599) return null;
        ReadOnlySpan<byte> size = Word(ref rest);
        double? bytes = Utf8Parser.TryParse(size, out long count, out int used) && used == size.Length && count >= 0 ? count : null;
        if (bytes is null && !size.SequenceEqual("-"u8)) return null;
        while (TryQuoted(ref rest, out _))
        {
        }

        ReadOnlySpan<byte> taken = rest.Trim((byte)' ');
        taken = taken[(taken.LastIndexOf((byte)' ') + 1)..];
        return new(api, Endpoint(request), timeMs, TakenMs(taken), status >= 400, bytes);
    }

    /// <summary>nginx writes seconds with a point, Apache's %D whole microseconds; anything else says nothing.</summary>
    private static double TakenMs(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || !Utf8Parser.TryParse(text, out double value, out int used) || used != text.Length || !(value >= 0) || !double.IsFinite(value)) return double.NaN;
        return text.Contains((byte)'.') ? value * 1000 : value / 1000;
    }

    private static string Endpoint(ReadOnlySpan<byte> request)
    {
        string text = Encoding.UTF8.GetString(request);
        string[] parts = text.Split(' ');
        return parts.Length < 2 || parts[0].Length is 0 or > 16 || !parts[0].All(char.IsAsciiLetter) ? "(malformed)" : $"{parts[0].ToUpperInvariant()} {CallNames.PathName(parts[1])}";
    }

    /// <summary>10/Oct/2000:13:55:36 -0700.</summary>
    private static bool TryTime(ReadOnlySpan<byte> text, out long ms)
    {
        ms = 0;
        if (text.Length != 26 || text[2] != '/' || text[6] != '/' || text[11] != ':' || text[20] != ' ') return EventTime.TryParse(text, TimePrecision.Auto, out ms);
        string s = Encoding.ASCII.GetString(text);
        int month = Array.IndexOf(s_months, s[3..6]) + 1;
        if (month == 0) return false;
        string iso = string.Create(CultureInfo.InvariantCulture, $"{s[7..11]}-{month:00}-{s[..2]}T{s[12..20]}{s[21..24]}:{s[24..]}");
        return EventTime.TryParse(iso, TimePrecision.Auto, out ms);
    }

    private static bool TryQuoted(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> text)
    {
        text = default;
        rest = rest.TrimStart((byte)' ');
        if (rest.IsEmpty || rest[0] != '"') return false;
        for (int at = 1; at < rest.Length; at++)
        {
            if (rest[at] == '\\') at++;
            else if (rest[at] == '"')
            {
                text = rest[1..at];
                rest = rest[(at + 1)..];
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<byte> Word(ref ReadOnlySpan<byte> rest)
    {
        rest = rest.TrimStart((byte)' ');
        int end = rest.IndexOf((byte)' ');
        ReadOnlySpan<byte> word = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[end..];
        return word;
    }

    private static void ReadJson(ReadOnlyMemory<byte> line, string api, long nowMs, CallBatch batch)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, s_json);
            JsonElement item = document.RootElement;
            string? time = Text(item, "time", "timestamp", "@timestamp", "ts", "time_iso8601", "time_local");
            long timeMs = nowMs;
            if (time is not null && !TryTime(Encoding.UTF8.GetBytes(time), out timeMs)) batch.Reject("bad_time", "The time is not a Unix time, ISO 8601 or that of an access log.");
            else if (!int.TryParse(Text(item, "status", "status_code", "response_code", "code"), NumberStyles.None, CultureInfo.InvariantCulture, out int status) || status is < 100 or > 599) batch.Reject("bad_value", "status is not a whole number from 100 to 599.");
            else
            {
                string? path = Text(item, "path", "uri", "request_uri", "url", "endpoint", "route"), method = Text(item, "method", "request_method", "verb"), request = Text(item, "request");
                string endpoint = path is not null ? (method is null ? "" : method.ToUpperInvariant() + " ") + CallNames.PathName(path) : request is not null ? Endpoint(Encoding.UTF8.GetBytes(request)) : "";
                double ms = Number(item, "latency_ms", "duration_ms", "elapsed_ms", "response_time_ms") ?? (Number(item, "request_time", "duration", "response_time", "latency") * 1000) ?? double.NaN;
                batch.Add(new(Text(item, "api_id", "service") ?? api, endpoint, timeMs, ms >= 0 && double.IsFinite(ms) ? ms : double.NaN, status >= 400, Number(item, "response_size", "bytes", "body_bytes_sent", "bytes_sent", "size")));
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            batch.Reject("bad_json", $"Not valid JSON: {InputEcho.Quote(line.Span)}.");
        }
    }

    private static string? Text(JsonElement item, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (!item.TryGetProperty(name, out JsonElement value)) continue;
            if (value.ValueKind == JsonValueKind.String) return value.GetString() is { Length: > 0 } text ? text : null;
            if (value.ValueKind == JsonValueKind.Number) return value.GetRawText();
        }

        return null;
    }

    private static double? Number(JsonElement item, params ReadOnlySpan<string> names) =>
        Text(item, names) is { } text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= 0 && double.IsFinite(value) ? value : null;
}
