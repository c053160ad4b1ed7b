using System.Text.RegularExpressions;

namespace Oddity.Engine.Logs;

/// <summary>
/// Blacks out what should not leave the store with a sample line: mail addresses, values of what is named like a secret, tokens, keys and card numbers. What
/// looks like none of these stays, names of people included.
/// </summary>
internal static partial class Redaction
{
    private const string Black = "[redacted]";
    private const int LongestSample = 500;

    /// <summary>The line without secrets, at most 500 characters.</summary>
    public static string Redact(string line)
    {
        // Longer than what is shown, so that a secret across the end is seen whole.
        string text = line.Length > 2 * LongestSample ? line[..(2 * LongestSample)] : line;
        text = Named().Replace(text, match => match.Groups[1].Value + Black);
        text = Bearer().Replace(text, match => match.Groups[1].Value + Black);
        text = UserInfo().Replace(text, match => match.Groups[1].Value + Black + "@");
        text = Mail().Replace(text, Black);
        text = Token().Replace(text, Black);
        text = Digits().Replace(text, match => IsCard(match.Value) ? Black : match.Value);
        return text.Length > LongestSample ? text[..LongestSample] + "…" : text;
    }

    [GeneratedRegex("""((?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key|authorization|cookie|session[_-]?id|credential)s?["']?\s*[=:]\s*)(?:"[^"]*"|'[^']*'|(?:basic|bearer|digest|token|splunk)\s+[^\s,;]+|[^\s,;&)}\]]+)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Named();

    [GeneratedRegex(@"\b((?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Bearer();

    [GeneratedRegex(@"(://)[^\s/@:]+:[^\s/@]+@", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Mail();

    // Tokens that say what they are (JWT, and prefixes that services give theirs).
    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?|\b(?:ghp|gho|ghs|github_pat|glpat|xox[abprs]|sk|pk|rk|AKIA|ASIA|odd)[-_A-Za-z0-9]{16,}", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Token();

    [GeneratedRegex(@"(?<![\d.])\d(?:[ -]?\d){12,18}(?![\d.])", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Digits();

    /// <summary>13 to 19 digits whose last is Luhn's check digit.</summary>
    private static bool IsCard(string text)
    {
        int sum = 0, position = 0;
        for (int i = text.Length - 1; i >= 0; i--)
        {
            if (!char.IsAsciiDigit(text[i])) continue;
            int digit = text[i] - '0';
            if (position++ % 2 == 1) digit = digit > 4 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
        }

        return sum % 10 == 0;
    }
}
