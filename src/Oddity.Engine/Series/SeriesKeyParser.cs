using System.Buffers;
using System.Text;

namespace Oddity.Engine.Series;

/// <summary>Reads the canonical text of a <see cref="SeriesKey"/>: one pass, no recursion.</summary>
internal static class SeriesKeyParser
{
    private static readonly SearchValues<byte> BareBytes = SearchValues.Create(Printable("{}\"=,\\ "));
    private static readonly SearchValues<byte> ValueBytes = SearchValues.Create(Printable("\"\\"));

    /// <summary>True if the name can stand without quotes: not empty, and nothing in it that the syntax uses, no blank, no control character.</summary>
    public static bool IsBare(string name)
    {
        foreach (char c in name)
        {
            if (c is '{' or '}' or '"' or '=' or ',' or '\\' || char.IsWhiteSpace(c) || char.IsControl(c)) return false;
        }

        return name.Length > 0;
    }

    /// <summary>
    /// True if the bytes are a canonical text of the plain kind that most are: <c>name{a="x",b="y"}</c>, ASCII, nothing quoted but values, nothing escaped.
    /// False says nothing.
    /// </summary>
    public static bool IsPlain(ReadOnlySpan<byte> text)
    {
        int at = text.IndexOfAnyExcept(BareBytes);
        if (at < 0) return text.Length > 0;
        if (at == 0 || text[at] != '{') return false;
        ReadOnlySpan<byte> before = default;
        while (true)
        {
            text = text[(at + 1)..];
            int name = text.IndexOfAnyExcept(BareBytes);
            if (name <= 0 || !text[name..].StartsWith("=\""u8) || before.SequenceCompareTo(text[..name]) >= 0) return false;
            before = text[..name];
            text = text[(name + 2)..];
            at = text.IndexOfAnyExcept(ValueBytes);
            if (at <= 0 || text[at] != '"' || ++at == text.Length) return false;
            if (text[at] == '}') return at + 1 == text.Length;
            if (text[at] != ',') return false;
        }
    }

    /// <summary>The metric's name in a canonical text.</summary>
    public static string MetricOf(string text)
    {
        if (text[0] == '{') return TryRead(text, out string metric, out _) ? metric : "";
        int end = text.IndexOf('{', StringComparison.Ordinal);
        return end < 0 ? text : text[..end];
    }

    public static bool TryRead(string text, out string metric, out List<KeyValuePair<string, string>> labels)
    {
        labels = [];
        bool read = TryRead(text, out string? name, labels) && !string.IsNullOrEmpty(name);
        metric = name ?? "";
        return read;
    }

    private static bool TryRead(string text, out string? metric, List<KeyValuePair<string, string>> labels)
    {
        int position = 0;
        metric = ReadBare(text, ref position);
        SkipBlanks(text, ref position);
        if (position == text.Length) return true;
        if (text[position++] != '{') return false;
        while (true)
        {
            SkipBlanks(text, ref position);
            if (position < text.Length && text[position] == '}') break;
            string? name = ReadName(text, ref position, out bool quoted);
            if (name is null) return false;
            SkipBlanks(text, ref position);
            if (position < text.Length && text[position] == '=')
            {
                position++;
                SkipBlanks(text, ref position);
                if (ReadQuoted(text, ref position) is not { } value) return false;
                labels.Add(new(name, value));
            }
            else if (quoted && metric is null) metric = name;
            else return false;
            SkipBlanks(text, ref position);
            if (position >= text.Length) return false;
            if (text[position] == ',') position++;
            else if (text[position] != '}') return false;
        }

        position++;
        SkipBlanks(text, ref position);
        return position == text.Length;
    }

    private static string? ReadName(string text, ref int position, out bool quoted)
    {
        quoted = position < text.Length && text[position] == '"';
        return quoted ? ReadQuoted(text, ref position) : ReadBare(text, ref position);
    }

    private static string? ReadBare(string text, ref int position)
    {
        int start = position;
        while (position < text.Length && text[position] is not ('{' or '}' or '"' or '=' or ',' or '\\') && !char.IsWhiteSpace(text[position])) position++;
        return position > start ? text[start..position] : null;
    }

    private static string? ReadQuoted(string text, ref int position)
    {
        if (position >= text.Length || text[position] != '"') return null;
        int plain = text.AsSpan(position + 1).IndexOfAny('"', '\\');
        if (plain >= 0 && text[position + 1 + plain] == '"')
        {
            position += plain + 2;
            return text.Substring(position - plain - 1, plain);
        }

        var value = new StringBuilder();
        for (position++; position < text.Length; position++)
        {
            char c = text[position];
            if (c == '"')
            {
                position++;
                return value.ToString();
            }

            if (c == '\\')
            {
                if (++position >= text.Length) return null;
                c = text[position] == 'n' ? '\n' : text[position];
            }

            value.Append(c);
        }

        return null;
    }

    private static byte[] Printable(string except) => [.. Enumerable.Range(' ', 0x7F - ' ').Where(c => !except.Contains((char)c, StringComparison.Ordinal)).Select(c => (byte)c)];

    private static void SkipBlanks(string text, ref int position)
    {
        while (position < text.Length && text[position] is ' ' or '\t') position++;
    }
}
