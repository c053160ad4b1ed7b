using System.Text;
using Oddity.Connectors.Sources.Events;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Graphite;

/// <summary>
/// Decodes Graphite's plaintext protocol: <c>path value timestamp</c>, a line each, tags as <c>path;name=value</c>. A line is a record. The path is the
/// metric's name as it is; −1 for a time means now. Paths are not looked at while their bytes are those of a known series.
/// </summary>
public static class GraphiteDecoder
{
    /// <summary>The name under which a batch keeps the bytes of paths.</summary>
    public const string Protocol = "graphite";

    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Puts the samples of lines into a batch.</summary>
    /// <param name="lines">Lines, the last of which may lack its end.</param>
    /// <param name="batch">Begun with <see cref="Protocol"/>.</param>
    /// <param name="nowMs">Time of samples that ask for the time of arrival, Unix milliseconds.</param>
    public static void Decode(ReadOnlySpan<byte> lines, Batch batch, long nowMs)
    {
        while (!lines.IsEmpty && batch.RecordCount < EventsDecoder.MaxSamples)
        {
            int end = lines.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = (end < 0 ? lines : lines[..end]).Trim(" \t\r"u8);
            lines = end < 0 ? default : lines[(end + 1)..];
            if (!line.IsEmpty && Mistake(line, batch, nowMs) is { } mistake)
                batch.Reject(mistake.Code, batch.Errors.Count < 10 ? $"{mistake.Detail}: {InputEcho.Quote(line)}" : "");
        }
    }

    private static (string Code, string Detail)? Mistake(ReadOnlySpan<byte> line, Batch batch, long nowMs)
    {
        ReadOnlySpan<byte> path = Word(ref line), number = Word(ref line), time = Word(ref line);
        if (number.IsEmpty) return ("missing_value", "There is no value");
        if (!line.IsEmpty) return ("bad_line", "Something follows the timestamp");
        if (!NumberText.TryParse(number, out double value)) return ("bad_value", "The value is not a number");
        if (!double.IsFinite(value)) return ("not_finite", "The value is not finite");
        long timeMs = nowMs;
        if (!time.IsEmpty && !time.SequenceEqual("-1"u8) && (!NumberText.TryParse(time, out _) || !EventTime.TryParse(time, TimePrecision.Seconds, out timeMs)))
            return ("bad_time", "The timestamp is not a number of seconds");
        if (!batch.Select(path) && Begin(path, batch) is { } mistake) return mistake;
        batch.Add(timeMs, value);
        return null;
    }

    private static (string Code, string Detail)? Begin(ReadOnlySpan<byte> path, Batch batch)
    {
        try
        {
            string[] parts = s_strict.GetString(path).Split(';');
            var labels = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (string part in parts.Skip(1))
            {
                int equals = part.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0 || equals == part.Length - 1) return ("bad_label", "A tag has no name or no value");
                if (!labels.TryAdd(part[..equals], part[(equals + 1)..])) return ("duplicate_label", "A series has two tags of one name");
                if (labels.Count > 256) return ("too_many_labels", "A series has too many tags");
            }

            return batch.Begin(path, SeriesKey.Create(batch.Tenant, parts[0], labels)) is { } bad ? (bad.Code, bad.Detail.TrimEnd('.')) : null;
        }
        catch (DecoderFallbackException)
        {
            return ("bad_text", "The path is not valid UTF-8");
        }
    }

    private static ReadOnlySpan<byte> Word(ref ReadOnlySpan<byte> line)
    {
        int length = line.IndexOfAny(" \t"u8);
        ReadOnlySpan<byte> word = length < 0 ? line : line[..length];
        line = line[word.Length..].TrimStart(" \t"u8);
        return word;
    }
}
