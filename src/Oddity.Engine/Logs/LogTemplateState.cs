using Oddity.Detection;
using Oddity.Detection.Templates;

namespace Oddity.Engine.Logs;

/// <summary>
/// What is known of a template of one service: how often it came in the spans that are still open, and in the past, by which a span is judged. Spans are
/// numbered; four in a row are kept, of which two can be open at a time.
/// </summary>
internal sealed class LogTemplateState(LogTemplate template, string sample, long firstMs)
{
    /// <summary>Spans that can be open, rounded up to a power of two.</summary>
    public const int Open = 4;

    // A span is odd that has so many lines, and so many times the most that a span had; and a silence so many times the longest so far.
    private const int LeastFrequent = 20, TimesMost = 5, TimesGap = 5, LeastSeen = 30;

    // The most of the past counts less with every span: after a day of ten-second spans a quarter is left.
    private const double Fading = 0.99984;

    private readonly long[] _counts = new long[Open];
    private double _most;
    private double _longestGap;
    private long _lastSpan = -1;
    private int _seen;
    private bool _vanished;
    private bool _frequent;

    public LogTemplate Template { get; } = template;

    public string Sample { get; } = sample;

    public long FirstMs { get; } = firstMs;

    public long LastMs { get; set; } = firstMs;

    /// <summary>Whether it has not been looked at since it appeared.</summary>
    public bool IsNew { get; set; } = true;

    public void Count(long span) => _counts[span & (Open - 1)]++;

    /// <summary>Takes over what another has, which turned out to be the same.</summary>
    public void Take(LogTemplateState other)
    {
        for (int i = 0; i < Open; i++) _counts[i] += other._counts[i];
        LastMs = Math.Max(LastMs, other.LastMs);
        _most = Math.Max(_most, other._most);
    }

    /// <summary>Ends a span: how many lines it had, and whether that is odd.</summary>
    /// <param name="span">Its number.</param>
    /// <param name="judged">Whether the past is long enough to judge by, and the service as a whole not silent.</param>
    /// <returns>The count; and <c>frequent</c>, <c>vanished</c> or null.</returns>
    public (long Count, string? Odd) Close(long span, bool judged)
    {
        ref long slot = ref _counts[span & (Open - 1)];
        (long count, slot) = (slot, 0);
        bool frequent = judged && count >= LeastFrequent && count > TimesMost * _most;
        string? odd = frequent && !_frequent ? "frequent" : null;
        _frequent = frequent;
        _most = Math.Max(count, _most * Fading);
        if (count > 0)
        {
            if (_lastSpan >= 0) _longestGap = Math.Max(span - _lastSpan, _longestGap * Fading);
            (_lastSpan, _seen, _vanished) = (span, _seen + 1, false);
        }
        else if (judged && !_vanished && _seen >= LeastSeen && span - _lastSpan > 6 + (TimesGap * _longestGap))
        {
            _vanished = true;
            odd = "vanished";
        }

        return (count, odd);
    }

    public void Save(StateWriter writer)
    {
        writer.Text(Template.Id);
        writer.Text(Sample);
        writer.Int64(FirstMs);
        writer.Int64(LastMs);
        writer.Bool(IsNew);
        foreach (long count in _counts) writer.Int64(count);
        writer.Double(_most);
        writer.Double(_longestGap);
        writer.Int64(_lastSpan);
        writer.Int32(_seen);
        writer.Bool(_vanished);
        writer.Bool(_frequent);
    }

    /// <exception cref="InvalidDataException">The state is none.</exception>
    public static LogTemplateState? Load(StateReader reader, IReadOnlyDictionary<string, LogTemplate> templates)
    {
        templates.TryGetValue(reader.Text(), out LogTemplate? template);
        var state = new LogTemplateState(template!, reader.Text(), reader.Int64()) { LastMs = reader.Int64(), IsNew = reader.Bool() };
        for (int i = 0; i < Open; i++) state._counts[i] = reader.Int64();
        (state._most, state._longestGap, state._lastSpan) = (reader.Double(), reader.Double(), reader.Int64());
        (state._seen, state._vanished, state._frequent) = (reader.Int32(), reader.Bool(), reader.Bool());
        return template is null ? null : state;
    }
}
