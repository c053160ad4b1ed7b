using System.Buffers;
using System.Buffers.Text;

namespace Oddity.Connectors.Sources.Exposition;

/// <summary>
/// Walks Prometheus' exposition text, format 0.0.4 or OpenMetrics 1.0: <c>name{label="value"} value timestamp</c>, comments, <c># EOF</c>. Nothing is
/// allocated and no byte is read more than a few times, whatever the text holds. Names and labels are only delimited; <see cref="ExpositionHead"/> reads them.
/// </summary>
internal ref struct ExpositionReader(ReadOnlySpan<byte> body, bool openMetrics)
{
    private static readonly SearchValues<byte> s_nameEnds = SearchValues.Create("{ \t\r\n"u8);
    private static readonly SearchValues<byte> s_wordEnds = SearchValues.Create(" \t\r\n"u8);
    private static readonly SearchValues<byte> s_labelStops = SearchValues.Create("\"}\n"u8);
    private static readonly SearchValues<byte> s_textStops = SearchValues.Create("\"\\\n"u8);

    private readonly ReadOnlySpan<byte> _body = body;
    private int _at = body.StartsWith("\uFEFF"u8) ? 3 : 0;

    /// <summary>Whether there was anything but blanks.</summary>
    public bool Began { get; private set; }

    /// <summary>Whether <c># EOF</c> came.</summary>
    public bool Ended { get; private set; }

    /// <summary>The line that is read, from 1.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>Exemplars so far.</summary>
    public int Exemplars { get; private set; }

    /// <summary>Name and labels as they are written.</summary>
    public ReadOnlySpan<byte> Head { get; private set; }

    /// <summary>The value; it may be infinite or NaN.</summary>
    public double Value { get; private set; }

    /// <summary>The time, Unix milliseconds; null if the line has none.</summary>
    public long? TimeMs { get; private set; }

    /// <summary>What follows: at the start of a line its bytes and those of the lines after it.</summary>
    public readonly ReadOnlySpan<byte> Rest => _body[_at..];

    /// <summary>Goes to the next line that holds a sample or a mistake; false at the end.</summary>
    public bool Next()
    {
        while (true)
        {
            SkipBlanks();
            if (_at >= _body.Length) return false;
            if (_body[_at] == (byte)'\n')
            {
                _at++;
                Line++;
                continue;
            }

            Began = true;
            if (Ended || _body[_at] != (byte)'#') return true;
            if (openMetrics && IsEnd()) Ended = true;
            SkipLine();
        }
    }

    /// <summary>Reads the sample of a line whose name and labels, so many bytes of it, are known already.</summary>
    /// <returns>What is wrong with it; null if nothing is. Then <see cref="SkipLine"/>.</returns>
    public (string Code, string Detail)? Read(int known = 0)
    {
        if (Ended) return ("after_end", "Something follows # EOF");
        int start = _at;
        if (known > 0)
        {
            Head = _body.Slice(_at, known);
            _at += known;
            SkipBlanks();

            // A name alone may be followed by labels of its own.
            if (_at >= _body.Length || _body[_at] != (byte)'{') return ReadValue();
            _at = start;
        }

        return ReadHead() ? ReadValue() : ("bad_labels", "The labels do not end");
    }

    /// <summary>To the first byte of the next line.</summary>
    public void SkipLine()
    {
        int length = _at >= _body.Length ? -1 : _body[_at..].IndexOf((byte)'\n');
        _at = length < 0 ? _body.Length : _at + length + 1;
        Line++;
    }

    private bool ReadHead()
    {
        int start = _at, length = _body[_at..].IndexOfAny(s_nameEnds);
        _at = length < 0 ? _body.Length : _at + length;
        int end = _at;
        SkipBlanks();
        if (_at < _body.Length && _body[_at] == (byte)'{')
        {
            if (!SkipLabels()) return false;
            end = _at;
        }

        Head = _body[start..end];
        return true;
    }

    /// <summary>Passes over labels in braces, in whose texts a brace is a character like any other.</summary>
    private bool SkipLabels()
    {
        while (true)
        {
            int length = _body[_at..].IndexOfAny(s_labelStops);
            if (length < 0 || _body[_at + length] == (byte)'\n') return false;
            _at += length + 1;
            if (_body[_at - 1] == (byte)'}') return true;
            if (!SkipText()) return false;
        }
    }

    /// <summary>Passes over a text behind its first quote; false if it does not end on its line.</summary>
    private bool SkipText()
    {
        while (true)
        {
            int length = _body[_at..].IndexOfAny(s_textStops);
            if (length < 0 || _body[_at + length] == (byte)'\n') return false;
            _at += length + 1;
            if (_body[_at - 1] == (byte)'"') return true;
            if (_at >= _body.Length || _body[_at] == (byte)'\n') return false;
            _at++; // Whatever the backslash stands before.
        }
    }

    private (string Code, string Detail)? ReadValue()
    {
        (Value, TimeMs) = (0, null);
        ReadOnlySpan<byte> word = Word();
        if (word.IsEmpty) return ("missing_value", "There is no value");
        if (!TryValue(word, out double value)) return ("bad_value", $"The value {InputEcho.Quote(word)} is not a number");
        Value = value;
        word = Word();
        if (word.IsEmpty) return null;
        if (word[0] != (byte)'#')
        {
            if (!TryTime(word, out long timeMs)) return ("bad_time", $"The timestamp {InputEcho.Quote(word)} is not {(openMetrics ? "a number of seconds" : "a whole number of milliseconds")}");
            TimeMs = timeMs;
            word = Word();
            if (openMetrics && word.StartsWith("st@"u8)) word = Word(); // When the counter began, in a newer draft.
            if (word.IsEmpty) return null;
        }

        return openMetrics && word is [(byte)'#'] && SkipExemplar() ? null : ("bad_line", "Something follows the sample");
    }

    /// <summary>Passes over <c>{trace_id="…"} value timestamp</c>.</summary>
    private bool SkipExemplar()
    {
        SkipBlanks();
        if (_at >= _body.Length || _body[_at] != (byte)'{' || !SkipLabels()) return false;
        Exemplars++;
        if (!TryValue(Word(), out _)) return false;
        ReadOnlySpan<byte> time = Word();
        return (time.IsEmpty || NumberText.TryParse(time, out _)) && Word().IsEmpty;
    }

    private readonly bool IsEnd()
    {
        ReadOnlySpan<byte> rest = _body[_at..];
        int length = rest.IndexOf((byte)'\n');
        return (length < 0 ? rest : rest[..length]).TrimEnd(" \t\r"u8).SequenceEqual("# EOF"u8);
    }

    /// <summary>Up to the next blank; empty at the end of the line.</summary>
    private ReadOnlySpan<byte> Word()
    {
        SkipBlanks();
        ReadOnlySpan<byte> rest = _body[_at..];
        int length = rest.IndexOfAny(s_wordEnds);
        ReadOnlySpan<byte> word = length < 0 ? rest : rest[..length];
        _at += word.Length;
        return word;
    }

    private void SkipBlanks()
    {
        while (_at < _body.Length && _body[_at] is (byte)' ' or (byte)'\t' or (byte)'\r') _at++;
    }

    private static bool TryValue(ReadOnlySpan<byte> word, out double value)
    {
        if (NumberText.TryParse(word, out value)) return true;
        ReadOnlySpan<byte> name = word is [(byte)'+' or (byte)'-', ..] ? word[1..] : word;
        bool infinite = System.Text.Ascii.EqualsIgnoreCase(name, "inf"u8) || System.Text.Ascii.EqualsIgnoreCase(name, "infinity"u8);
        value = !infinite ? double.NaN : word[0] == (byte)'-' ? double.NegativeInfinity : double.PositiveInfinity;
        return infinite || System.Text.Ascii.EqualsIgnoreCase(word, "nan"u8);
    }

    private readonly bool TryTime(ReadOnlySpan<byte> word, out long timeMs)
    {
        timeMs = 0;
        if (openMetrics) return NumberText.TryParse(word, out _) && EventTime.TryParse(word, TimePrecision.Seconds, out timeMs);
        return Utf8Parser.TryParse(word, out timeMs, out int used) && used == word.Length && timeMs is >= EventTime.MinMs and <= EventTime.MaxMs;
    }
}
