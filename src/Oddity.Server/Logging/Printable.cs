using System.Globalization;
using System.Text;

namespace Oddity.Server.Logging;

/// <summary>Makes foreign text safe to print on one line of a terminal or a log.</summary>
internal static class Printable
{
    /// <summary>Control and formatting characters (line ends, escape sequences, text direction marks) become <c>\n</c> or <c>\u001b</c>.</summary>
    public static string Escape(string text)
    {
        if (!text.Any(MustEscape)) return text;
        var safe = new StringBuilder(text.Length + 16);
        foreach (char c in text)
        {
            if (!MustEscape(c)) safe.Append(c);
            else if (c == '\n') safe.Append("\\n");
            else if (c == '\r') safe.Append("\\r");
            else if (c == '\t') safe.Append("\\t");
            else safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return safe.ToString();
    }

    private static bool MustEscape(char c) =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
