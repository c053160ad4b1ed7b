using Oddity.Detection;
using Oddity.Detection.Templates;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Engine.Logs;

/// <summary>The lines of one service: its templates, and what is counted of them. Locked while it is used: the fold writes, searches read.</summary>
internal sealed class LogService(string tenant, string name, long firstMs)
{
    /// <summary>Templates that have a series of their own; what comes beyond is counted as <c>other</c>.</summary>
    private const int MostSeries = 500;

    private const int MostShapes = 4_000;
    private const int MostSample = 1_000;

    // A template that was silent for an hour has no zeros any more, and begins again where it comes back.
    private const long SilentMs = 3_600_000;

    private readonly long[] _lines = new long[LogTemplateState.Open];
    private readonly long[] _errors = new long[LogTemplateState.Open];
    private readonly List<LogTemplateState> _templates = [];
    private readonly Dictionary<string, SeriesKey> _keys = new(StringComparer.Ordinal);
    private TemplateMiner _miner = new(MostShapes);

    public string Tenant { get; } = tenant;

    public string Name { get; } = name;

    public long FirstMs { get; private set; } = firstMs;

    public long LastMs { get; private set; } = firstMs;

    public long Lines { get; private set; }

    public void Take(in LogLine line, long stampMs, long span)
    {
        LogTemplate template = _miner.Learn(FirstOf(line.Body));
        if (template.Tag is not LogTemplateState state)
        {
            state = new(template, line.Body.Length > MostSample ? line.Body[..MostSample] : line.Body, stampMs);
            template.Tag = state;
            _templates.Add(state);
        }

        state.Count(span);
        state.LastMs = LastMs = stampMs;
        Lines++;
        int at = (int)(span & (LogTemplateState.Open - 1));
        _lines[at]++;
        if (line.Severity >= 17) _errors[at]++;
    }

    /// <summary>Ends a span: its counts go into the batch, what is odd into the list.</summary>
    public void Close(long span, long startMs, LogOptions options, IngestBatch into, List<LogOddity> odd)
    {
        long endMs = startMs + (long)options.Interval.TotalMilliseconds;
        if (endMs - LastMs > SilentMs) return;
        Unite();
        int at = (int)(span & (LogTemplateState.Open - 1));
        (long lines, long errors) = (_lines[at], _errors[at]);
        (_lines[at], _errors[at]) = (0, 0);
        Add(into, "log_service_lines", null, startMs, lines);
        Add(into, "log_errors", null, startMs, errors);
        bool judged = endMs - FirstMs > (long)options.Learning.TotalMilliseconds;
        long others = 0;
        int series = 0;
        foreach (LogTemplateState state in _templates)
        {
            (long count, string? what) = state.Close(span, judged && endMs - LastMs < 60_000);
            if (state.IsNew && count > 0)
            {
                if (judged && state.FirstMs - FirstMs > (long)options.Learning.TotalMilliseconds) what = "new";
                state.IsNew = false;
            }

            if (what is not null) odd.Add(new(this, state.Template, state.Sample, what, startMs, count));
            if (series >= MostSeries) others += count;
            else if (endMs - state.LastMs <= SilentMs)
            {
                series++;
                Add(into, "log_lines", state.Template.Id, startMs, count);
            }
        }

        if (others > 0) Add(into, "log_lines", "other", startMs, others);
    }

    /// <summary>The template of a line that somebody reads; null where it is not known any more.</summary>
    public string? TemplateOf(string body) => _miner.Find(FirstOf(body))?.Id;

    public IEnumerable<LogTemplateInfo> Describe()
    {
        Unite();
        return _templates.Select(state => new LogTemplateInfo(Name, state.Template.Id, state.Template.Text, state.Template.Lines, state.FirstMs, state.LastMs, Redaction.Redact(state.Sample))).ToList();
    }

    public SeriesKey KeyOf(string metric, string? template)
    {
        string id = $"{metric}/{template}";
        if (_keys.TryGetValue(id, out SeriesKey? key)) return key;
        if (_keys.Count > 4 * MostSeries) _keys.Clear();
        key = SeriesKey.Create(Tenant, metric, template is null ? [new("service", Name)] : [new("service", Name), new("template", template)]);
        return _keys[id] = key;
    }

    public void Save(StateWriter writer)
    {
        Unite();
        writer.Text(Tenant);
        writer.Text(Name);
        writer.Int64(FirstMs);
        writer.Int64(LastMs);
        writer.Int64(Lines);
        foreach (long count in _lines) writer.Int64(count);
        foreach (long count in _errors) writer.Int64(count);
        _miner.Save(writer);
        writer.Int32(_templates.Count);
        foreach (LogTemplateState state in _templates) state.Save(writer);
    }

    /// <exception cref="InvalidDataException">The state is none.</exception>
    public static LogService Load(StateReader reader)
    {
        var service = new LogService(reader.Text(), reader.Text(), reader.Int64()) { LastMs = reader.Int64(), Lines = reader.Int64() };
        for (int i = 0; i < LogTemplateState.Open; i++) service._lines[i] = reader.Int64();
        for (int i = 0; i < LogTemplateState.Open; i++) service._errors[i] = reader.Int64();
        service._miner = TemplateMiner.Load(reader, MostShapes);
        Dictionary<string, LogTemplate> templates = service._miner.Templates.DistinctBy(template => template.Id).ToDictionary(template => template.Id, StringComparer.Ordinal);
        for (int left = reader.Count(8); left > 0; left--)
        {
            if (LogTemplateState.Load(reader, templates) is not { } state) continue;
            state.Template.Tag = state;
            service._templates.Add(state);
        }

        return service;
    }

    /// <summary>Templates that turned out to be one have one state.</summary>
    private void Unite()
    {
        for (int i = 0; i < _templates.Count; i++)
        {
            LogTemplateState state = _templates[i];
            LogTemplate current = state.Template.Current;
            if (current == state.Template) continue;
            if (current.Tag is LogTemplateState into) into.Take(state);
            _templates.RemoveAt(i--);
        }

        if (_templates.Count <= 2 * MostShapes) return;
        _templates.Sort((one, other) => other.LastMs.CompareTo(one.LastMs));
        foreach (LogTemplateState old in _templates.Skip(MostShapes)) old.Template.Tag = null;
        _templates.RemoveRange(MostShapes, _templates.Count - MostShapes);
    }

    private void Add(IngestBatch into, string metric, string? template, long startMs, long count)
    {
        into.NextRecord();
        into.Add(KeyOf(metric, template), startMs, count);
    }

    /// <summary>Of a body of several lines, such as a stack trace, the first says what it is.</summary>
    private static ReadOnlySpan<char> FirstOf(string body)
    {
        int end = body.AsSpan().IndexOfAny('\n', '\r');
        return end < 0 ? body : body.AsSpan(0, end);
    }
}
