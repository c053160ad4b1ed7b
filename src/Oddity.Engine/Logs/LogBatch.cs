using Oddity.Engine.Intake;

namespace Oddity.Engine.Logs;

/// <summary>What a source decoded from one request: lines, and the records that are none. The store decides what is let in. Not thread-safe.</summary>
public sealed class LogBatch(string tenant)
{
    /// <summary>Most lines of a request; a source that meets more refuses the request as too large.</summary>
    public const int MaxLines = 500_000;

    /// <summary>Longest body, attributes and service in characters; what is beyond is cut off.</summary>
    public const int MaxBody = 32_768, MaxAttributes = 4_096, MaxService = 200;

    private const int MostErrors = 10;

    public string Tenant { get; } = tenant;

    /// <summary>Lines in the order they came, whether they have a time of their own, and their number among the records.</summary>
    public List<(LogLine Line, bool Timed, int Record)> Lines { get; } = [];

    /// <summary>Numbers of the records that the store refused for their time, once it has looked.</summary>
    public HashSet<int> Untimely { get; } = [];

    /// <summary>The first ten reasons why records are bad.</summary>
    public List<IngestError> Errors { get; } = [];

    /// <summary>Records so far, good or bad.</summary>
    public int RecordCount { get; private set; }

    /// <summary>Records that are bad.</summary>
    public int Rejected { get; private set; }

    /// <summary>There were more than <see cref="MaxLines"/>.</summary>
    public bool IsTooLong => RecordCount > MaxLines;

    /// <summary>Adds a record. An empty body is none and is passed over; what is too long is cut.</summary>
    public void Add(long? timeMs, string? service, int severity, string? body, string? attributes = null, string? traceId = null)
    {
        if (string.IsNullOrWhiteSpace(body)) return;
        int record = RecordCount++;
        if (IsTooLong) return;
        string cleaned = Clean(service);
        Lines.Add((new(
            timeMs ?? 0, cleaned, Math.Clamp(severity, 0, 24), Cut(body.TrimEnd(), MaxBody), Cut(attributes ?? "", MaxAttributes), Cut(traceId ?? "", 64)), timeMs is not null, record));
    }

    /// <summary>Counts a record that is bad.</summary>
    public void Reject(string code, string detail)
    {
        Rejected++;
        if (Errors.Count < MostErrors) Errors.Add(new(RecordCount, code, detail));
        RecordCount++;
    }

    private static string Clean(string? service)
    {
        if (string.IsNullOrWhiteSpace(service)) return "unknown";
        string cut = Cut(service.Trim(), MaxService);
        return cut.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0 ? cut : string.Concat(cut.Select(c => c < ' ' ? ' ' : c));
    }

    /// <summary>Never through the middle of a pair of surrogates, which alone is no character.</summary>
    private static string Cut(string text, int longest) => text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];

    /// <summary>The lines whose times may enter, what is wrong with the first ten records that may not, and how many those are.</summary>
    /// <param name="nowMs">The time of lines that have none.</param>
    /// <param name="oldestMs">Least time.</param>
    /// <param name="newestMs">Greatest time.</param>
    internal (LogLine[] Lines, List<IngestError> Errors, int Rejected) Admit(long nowMs, long oldestMs, long newestMs)
    {
        Untimely.Clear();
        List<IngestError> errors = [.. Errors];
        var lines = new List<LogLine>(Lines.Count);
        foreach ((LogLine line, bool timed, int record) in Lines)
        {
            if (!timed)
            {
                lines.Add(line with { TimeMs = nowMs });
            }
            else if (line.TimeMs >= oldestMs && line.TimeMs <= newestMs)
            {
                lines.Add(line);
            }
            else
            {
                Untimely.Add(record);
                if (errors.Count < MostErrors) errors.Add(new(record, line.TimeMs < oldestMs ? "too_old" : "too_new", "The time is outside of what may enter; add ?backfill=true to store it anyway."));
            }
        }

        return ([.. lines], errors, Rejected + Untimely.Count);
    }
}
