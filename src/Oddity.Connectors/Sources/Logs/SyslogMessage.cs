using System.Globalization;
using System.Text;
using Oddity.Engine.Logs;

namespace Oddity.Connectors.Sources.Logs;

/// <summary>
/// One syslog message, by RFC 5424, by RFC 3164 as it is really sent (time with or without year and zone, tag with or without a process id), or a line without
/// any of it, which is taken as it is. Nothing is refused: whoever sends syslog hears no answer.
/// </summary>
internal static class SyslogMessage
{
    private static readonly string[] s_facilities =
        ["kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"];

    /// <summary>Adds the message to a batch.</summary>
    /// <param name="bytes">One message without its framing; UTF-8, other bytes become U+FFFD.</param>
    /// <param name="batch">Where to.</param>
    /// <param name="nowMs">When it came, Unix milliseconds: times without a year are those nearest to it.</param>
    public static void AddTo(LogBatch batch, ReadOnlySpan<byte> bytes, long nowMs)
    {
        if (bytes.Length > 4 * LogBatch.MaxBody) bytes = bytes[..(4 * LogBatch.MaxBody)];
        ReadOnlySpan<char> text = Encoding.UTF8.GetString(bytes).AsSpan().Trim("\r\n\0 \t");
        if (text.IsEmpty) return;
        int priority = Priority(ref text);
        var attributes = new StringBuilder();
        if (priority >= 0) Add(attributes, "facility", s_facilities[Math.Min(priority >> 3, s_facilities.Length - 1)]);
        int severity = priority >= 0 ? LogSeverity.OfSyslog(priority & 7) : 0;
        if (priority >= 0 && text.StartsWith("1 ")) Modern(batch, text[2..], severity, attributes, nowMs);
        else Old(batch, text, severity, attributes, nowMs);
    }

    private static int Priority(ref ReadOnlySpan<char> text)
    {
        int end = text[0] == '<' ? text[..Math.Min(5, text.Length)].IndexOf('>') : -1;
        if (end < 2 || !int.TryParse(text[1..end], NumberStyles.None, CultureInfo.InvariantCulture, out int priority) || priority > 191) return -1;
        text = text[(end + 1)..];
        return priority;
    }

    private static void Modern(LogBatch batch, ReadOnlySpan<char> text, int severity, StringBuilder attributes, long nowMs)
    {
        string time = Word(ref text), host = Word(ref text), app = Word(ref text), process = Word(ref text), id = Word(ref text);
        if (host != "-") Add(attributes, "host", host);
        if (process != "-") Add(attributes, "pid", process);
        if (id != "-") Add(attributes, "msgid", id);
        Structured(ref text, attributes);
        text = text.TrimStart(' ').TrimStart('\uFEFF');
        string body = text.IsEmpty ? "(no message)" : text.ToString();
        batch.Add(Sane(EventTime.TryParse(time, TimePrecision.Auto, out long ms) && time != "-" ? ms : null, nowMs), app == "-" ? null : app, severity, body, attributes.ToString());
    }

    private static void Old(LogBatch batch, ReadOnlySpan<char> text, int severity, StringBuilder attributes, long nowMs)
    {
        ReadOnlySpan<char> rest = text;
        long? timeMs = OldTime(ref rest, nowMs);
        if (timeMs is null)
        {
            batch.Add(null, "syslog", severity, text.ToString(), attributes.ToString());
            return;
        }

        // A host comes before the tag unless the word after the time is a tag by itself.
        ReadOnlySpan<char> peek = rest;
        string word = Word(ref peek);
        if (!word.EndsWith(':') && word.Length > 0)
        {
            Add(attributes, "host", word);
            rest = peek;
        }

        string? service = Tag(ref rest, attributes);
        batch.Add(Sane(timeMs, nowMs), service ?? "syslog", severity, rest.IsEmpty ? "(no message)" : rest.ToString(), attributes.ToString());
    }

    /// <summary>Reads <c>name[123]: </c>; null if there is no tag.</summary>
    private static string? Tag(ref ReadOnlySpan<char> text, StringBuilder attributes)
    {
        int end = text.IndexOfAny(" :[");
        if (end <= 0 || end > 64 || text[end] == ' ') return null;
        string tag = text[..end].ToString();
        ReadOnlySpan<char> rest = text[end..];
        if (rest[0] == '[')
        {
            int close = rest.IndexOf(']');
            if (close < 0 || close > 32) return null;
            Add(attributes, "pid", rest[1..close].ToString());
            rest = rest[(close + 1)..];
        }

        if (!rest.IsEmpty && rest[0] == ':') rest = rest[1..];
        text = rest.TrimStart(' ');
        return tag;
    }

    private static long? OldTime(ref ReadOnlySpan<char> text, long nowMs)
    {
        ReadOnlySpan<char> peek = text;
        if (text.Length > 10 && char.IsAsciiDigit(text[0]) && text[4] == '-' && EventTime.TryParse(Word(ref peek), TimePrecision.Auto, out long iso))
        {
            text = peek;
            return iso;
        }

        if (text.Length < 15) return null;
        string head = text[..15].ToString();
        int year = DateTimeOffset.FromUnixTimeMilliseconds(nowMs).Year;
        long? best = null;
        foreach (int guess in new[] { year, year - 1, year + 1 })
        {
            if (!DateTime.TryParseExact($"{guess} {head}", ["yyyy MMM d HH:mm:ss", "yyyy MMM  d HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal | DateTimeStyles.AdjustToUniversal, out DateTime time)) continue;
            long ms = new DateTimeOffset(time).ToUnixTimeMilliseconds();
            if (best is null || Math.Abs(ms - nowMs) < Math.Abs(best.Value - nowMs)) best = ms;
        }

        if (best is not null) text = text[15..].TrimStart(' ');
        return best;
    }

    /// <summary>A time that is more than a day off says more about the sender's clock or zone than about the line: then the time of arrival counts.</summary>
    private static long? Sane(long? timeMs, long nowMs) => timeMs is { } ms && ms > nowMs - 86_400_000 && ms < nowMs + 300_000 ? ms : null;

    private static void Structured(ref ReadOnlySpan<char> text, StringBuilder attributes)
    {
        if (text.StartsWith("-"))
        {
            text = text[1..];
            return;
        }

        while (!text.IsEmpty && text[0] == '[')
        {
            bool quoted = false;
            int i = 1;
            for (; i < text.Length; i++)
            {
                if (text[i] == '\\' && quoted) i++;
                else if (text[i] == '"') quoted = !quoted;
                else if (text[i] == ']' && !quoted) break;
            }

            if (i >= text.Length) return;
            if (attributes.Length > 0) attributes.Append(' ');
            attributes.Append(text[1..i]);
            text = text[(i + 1)..];
        }
    }

    private static string Word(ref ReadOnlySpan<char> text)
    {
        text = text.TrimStart(' ');
        int end = text.IndexOf(' ');
        string word = (end < 0 ? text : text[..end]).ToString();
        text = end < 0 ? [] : text[(end + 1)..];
        return word;
    }

    private static void Add(StringBuilder attributes, string name, string value)
    {
        if (attributes.Length > 0) attributes.Append(' ');
        attributes.Append(name).Append('=').Append(value);
    }
}
