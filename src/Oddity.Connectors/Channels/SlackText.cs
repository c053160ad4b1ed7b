using System.Text;

namespace Oddity.Connectors.Channels;

/// <summary>Makes text from outside harmless in a Slack message.</summary>
internal static class SlackText
{
    /// <summary>
    /// The text with <c>&amp; &lt; &gt;</c> as entities, so that it can neither link nor mention; control characters as blanks, and backticks as quotes, so that
    /// it cannot leave a code span. Cut with … where the result would be longer than <paramref name="maxLength"/>; no entity or character is cut in two.
    /// </summary>
    public static string Escape(string text, int maxLength)
    {
        var safe = new StringBuilder(Math.Min(text.Length + 16, maxLength));
        int fits = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '&': safe.Append("&amp;"); break;
                case '<': safe.Append("&lt;"); break;
                case '>': safe.Append("&gt;"); break;
                case '`': safe.Append('\''); break;
                default: safe.Append(Rune.IsControl(rune) ? " " : rune.ToString()); break;
            }

            if (safe.Length > maxLength) return $"{safe.ToString(0, fits)}…";
            if (safe.Length < maxLength) fits = safe.Length;
        }

        return safe.ToString();
    }
}
