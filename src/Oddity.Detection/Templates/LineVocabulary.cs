using System.Collections.Frozen;

namespace Oddity.Detection.Templates;

/// <summary>What the miner knows of log lines before it has seen one: names of units and months, words that stand for a value, classes of characters.</summary>
internal static class LineVocabulary
{
    private const byte Word = 1, Digit = 2, Hex = 4, Letter = 8, Path = 16;

    private static readonly byte[] Classes = BuildClasses();

    private static readonly FrozenSet<string> UnitNames = FrozenSet.Create(
        StringComparer.Ordinal,
        "KB", "MB", "GB", "TB", "PB", "KiB", "MiB", "GiB", "TiB", "Kb", "Mb", "Gb", "kb", "kB", "mb", "gb", "B", "byte", "bytes", "Byte", "Bytes",
        "ns", "us", "ms", "msec", "msecs", "s", "sec", "secs", "second", "seconds", "m", "min", "mins", "minute", "minutes", "h", "hr", "hrs", "hour", "hours",
        "day", "days");

    private static readonly FrozenSet<string> MonthNames =
        FrozenSet.Create(StringComparer.Ordinal, "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");

    private static readonly FrozenSet<string> DayNames = FrozenSet.Create(StringComparer.Ordinal, "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");

    private static readonly FrozenSet<string> ValueNames =
        FrozenSet.Create(StringComparer.Ordinal, "true", "false", "True", "False", "TRUE", "FALSE", "null", "none", "None", "nil", "yes", "no");

    private static readonly FrozenSet<string> OwnerNames = FrozenSet.Create(StringComparer.Ordinal, "user", "username", "host", "hostname", "account", "login");

    private static readonly FrozenSet<string> LinkNames =
        FrozenSet.Create(StringComparer.Ordinal, "for", "from", "of", "by", "as", "to", "invalid", "unknown", "with", "on");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Units = UnitNames.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Months = MonthNames.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Days = DayNames.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Values = ValueNames.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Letters, digits and what joins them in names: <c>_ . - + % $ ~</c>. All beyond ASCII that is not a space counts as a letter.</summary>
    public static bool IsWord(char c) => c < 128 ? (Classes[c] & Word) != 0 : !char.IsWhiteSpace(c);

    public static bool IsDigit(char c) => char.IsAsciiDigit(c);

    public static bool IsHex(char c) => c < 128 && (Classes[c] & Hex) != 0;

    public static bool IsLetter(char c) => c < 128 ? (Classes[c] & Letter) != 0 : !char.IsWhiteSpace(c);

    public static bool IsLetterOrDigit(char c) => c < 128 ? (Classes[c] & (Letter | Digit)) != 0 : !char.IsWhiteSpace(c);

    /// <summary>What goes on in a path: all but spaces, quotes, brackets and what separates.</summary>
    public static bool IsPath(char c) => c < 128 ? (Classes[c] & Path) != 0 : !char.IsWhiteSpace(c);

    public static bool IsUnit(ReadOnlySpan<char> word) => word.Length <= 7 && Units.Contains(word);

    public static bool IsMonth(ReadOnlySpan<char> word) => word.Length == 3 && Months.Contains(word);

    public static bool IsDay(ReadOnlySpan<char> word) => word.Length == 3 && Days.Contains(word);

    /// <summary>Words that are values wherever they stand: true, null, none.</summary>
    public static bool IsValue(ReadOnlySpan<char> word) => word.Length is >= 2 and <= 5 && Values.Contains(word);

    /// <summary>Whether a name follows: "for user", "from host".</summary>
    public static bool NameFollows(string link, string owner) => OwnerNames.Contains(owner) && LinkNames.Contains(link);

    /// <summary>Whether what stands between these two is likely a name: "for X from".</summary>
    public static bool NameBetween(string before, string after) => LinkNames.Contains(before) && LinkNames.Contains(after);

    private static byte[] BuildClasses()
    {
        var classes = new byte[128];
        for (char c = (char)0; c < 128; c++)
        {
            if (char.IsAsciiLetterOrDigit(c) || "_.-+%$~".Contains(c)) classes[c] |= Word;
            if (char.IsAsciiDigit(c)) classes[c] |= Digit;
            if (char.IsAsciiHexDigit(c)) classes[c] |= Hex;
            if (char.IsAsciiLetter(c)) classes[c] |= Letter;
            if (c > ' ' && !"\"'<>|,;)]:=?".Contains(c)) classes[c] |= Path;
        }

        return classes;
    }
}
