namespace Oddity.Engine.Logs;

/// <summary>Looks through the files of lines, the newest first. Thread-safe.</summary>
internal sealed class LogSearch(LogFiles files, LogFold fold)
{
    /// <summary>Most bytes of files that one search reads.</summary>
    private const long MostBytes = 256L << 20;

    public LogPage Find(LogQuery query, CancellationToken cancel)
    {
        var found = new List<LogHit>();
        long searched = 0;
        foreach (LogFileInfo file in files.Newest())
        {
            if (file.LastStampMs + 60_000 < query.FromMs) continue;
            if ((searched += file.Bytes) > MostBytes) return new(found, true);
            foreach (LogBlock block in files.ReadFile(file, query.Tenant).AsEnumerable().Reverse())
            {
                cancel.ThrowIfCancellationRequested();
                for (int i = block.Lines.Length - 1; i >= 0; i--)
                {
                    if (!Matches(block.Lines[i], query)) continue;
                    string? template = TemplateOf(query.Tenant, block.Lines[i]);
                    if (query.Template is not null && template != query.Template) continue;
                    if (found.Count == query.Limit) return new(found, true);
                    found.Add(new(block.Lines[i], template));
                }
            }
        }

        return new(found, false);
    }

    private string? TemplateOf(string tenant, in LogLine line)
    {
        if (fold.Find(tenant, line.Service) is not { } service) return null;
        lock (service) return service.TemplateOf(line.Body);
    }

    private static bool Matches(in LogLine line, LogQuery query) =>
        line.TimeMs >= query.FromMs && line.TimeMs < query.ToMs && (query.Service is null || line.Service == query.Service)
        && (line.Body.Contains(query.Text, StringComparison.OrdinalIgnoreCase) || line.Attributes.Contains(query.Text, StringComparison.OrdinalIgnoreCase)
            || (line.TraceId.Length > 0 && line.TraceId == query.Text));
}
