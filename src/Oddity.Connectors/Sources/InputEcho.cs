using System.Globalization;
using System.Text;

namespace Oddity.Connectors.Sources;

/// <summary>Quotes input in an error text: at most 64 characters of it, control characters escaped, so that it is safe in logs and terminals.</summary>
internal static class InputEcho
{
    private const int MaxCharacters = 64;

    /// <summary>Invalid UTF-8 shows as replacement characters.</summary>
    public static string Quote(ReadOnlySpan<byte> input) => Quote(Encoding.UTF8.GetString(input[..Math.Min(input.Length, 4 * MaxCharacters)]));

    public static string Quote(ReadOnlySpan<char> input)
    {
        var text = new StringBuilder(MaxCharacters + 8).Append('"');
        foreach (char c in input[..Math.Min(input.Length, MaxCharacters)])
        {
            bool plain = !char.IsControl(c) && CharUnicodeInfo.GetUnicodeCategory(c) is not (UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);
            if (plain) text.Append(c);
            else text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return text.Append('"').Append(input.Length > MaxCharacters ? "…" : "").ToString();
    }
}
