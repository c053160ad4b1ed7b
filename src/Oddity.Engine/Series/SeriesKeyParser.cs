using System.Text;

namespace Oddity.Engine.Series;

/// <summary>Reads the canonical text of a <see cref="SeriesKey"/>: one pass, no recursion.</summary>
internal static class SeriesKeyParser
{
    /// <summary>True if the name can stand without quotes: not empty, and nothing in it that the syntax uses, no blank, no control character.</summary>
    public static bool IsBare(string name)
    {
        foreach (char c in name)
        {
            if (c is '{' or '}' or '"' or '=' or ',' or '\\' || char.IsWhiteSpace(c) || char.IsControl(c)) return false;
        }

        return name.Length > 0;
    }

    public static bool TryParse(string tenant, string text, out SeriesKey key)
    {
        key = null!;
        int position = 0;
        string? metric = ReadBare(text, ref position);
        var labels = new List<KeyValuePair<string, string>>();
        SkipBlanks(text, ref position);
        if (position == text.Length) return Finish(tenant, metric, labels, ref key);
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
        return position == text.Length && Finish(tenant, metric, labels, ref key);
    }

    private static bool Finish(string tenant, string? metric, List<KeyValuePair<string, string>> labels, ref SeriesKey key)
    {
        if (string.IsNullOrEmpty(metric)) return false;
        key = SeriesKey.Create(tenant, metric, labels);
        return true;
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

    private static void SkipBlanks(string text, ref int position)
    {
        while (position < text.Length && text[position] is ' ' or '\t') position++;
    }
}
