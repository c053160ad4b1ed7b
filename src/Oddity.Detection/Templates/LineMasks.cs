namespace Oddity.Detection.Templates;

/// <summary>
/// Variables that are recognised by their form alone. Each method is given where such a thing may begin and returns where it ends, or the beginning
/// if it is none.
/// </summary>
internal static class LineMasks
{
    /// <summary><c>/var/log/x</c>, <c>./x</c>, <c>~/x</c>, with a query behind <c>?</c>; or a lone slash among spaces and brackets.</summary>
    public static int Path(ReadOnlySpan<char> line, int start)
    {
        if (start > 0 && (LineVocabulary.IsLetterOrDigit(line[start - 1]) || "_.-)]}/*<>".Contains(line[start - 1]))) return start;
        int slash = start;
        if (line[slash] == '~') slash++;
        else for (; slash < line.Length && slash - start < 2 && line[slash] == '.'; slash++) { }
        if (slash >= line.Length || line[slash] != '/') return start;
        int i = slash + 1;
        if (i >= line.Length || !(LineVocabulary.IsWord(line[i]) || "@*?".Contains(line[i])))
            return slash == start && (start == 0 || char.IsWhiteSpace(line[start - 1]) || "=([,".Contains(line[start - 1]))
                && (i >= line.Length || char.IsWhiteSpace(line[i]) || ")],".Contains(line[i])) ? i : start;
        while (i < line.Length && LineVocabulary.IsPath(line[i])) i++;
        if (i < line.Length && line[i] == '?') i = Until(line, i, "\"'<>");
        return Trimmed(line, start, i);
    }

    /// <summary><c>scheme://…</c>; the start is the scheme's, the separator where its colon stands.</summary>
    public static int Url(ReadOnlySpan<char> line, int start, int separator) =>
        LineVocabulary.IsLetter(line[start]) && line[separator..].StartsWith("://", StringComparison.Ordinal)
            ? Trimmed(line, start, Until(line, separator, "\"'<>])},;")) : start;

    /// <summary><c>C:\x</c> or <c>\\server\x</c>.</summary>
    public static int WindowsPath(ReadOnlySpan<char> line, int start) =>
        line[start..] is ['\\', '\\', not ' ', ..] || (line[start..] is [_, ':', '\\', ..] && LineVocabulary.IsLetter(line[start])) ? Until(line, start, "\"'<>|,;)]") : start;

    /// <summary>Names with two slashes or more between them, or one between dotted names; the end is that of the first.</summary>
    public static int RelativePath(ReadOnlySpan<char> line, int start, int end)
    {
        if (start > 0 && (line[start - 1] == '/' || LineVocabulary.IsWord(line[start - 1]))) return start;
        int slashes = 0, i = end;
        while (i + 1 < line.Length && line[i] == '/' && LineVocabulary.IsWord(line[i + 1]))
        {
            slashes++;
            for (i++; i < line.Length && LineVocabulary.IsWord(line[i]); i++) { }
        }

        // One is enough between dotted names: packages and their parts, images and their registries.
        if (slashes < 1 || (slashes < 2 && !(line[start..end].Contains('.') && line[(end + 1)..i].Contains('.')))) return start;
        return i < line.Length && line[i] == '/' ? i + 1 : i;
    }

    /// <summary>Hexadecimal groups between colons: hardware addresses, IPv6, times.</summary>
    public static int ColonHex(ReadOnlySpan<char> line, int start)
    {
        if (start > 0 && (LineVocabulary.IsLetterOrDigit(line[start - 1]) || line[start - 1] == ':')) return start;
        int i = start, colons = 0, group = 0;
        bool pair = false, digit = false;
        for (; i < line.Length; i++)
        {
            char c = line[i];
            if (c == ':')
            {
                if (i > start && line[i - 1] == ':')
                {
                    if (pair) return start;
                    pair = true;
                }

                (colons, group) = (colons + 1, 0);
            }
            else if (LineVocabulary.IsHex(c))
            {
                digit |= LineVocabulary.IsDigit(c);
                if (++group > 4) return start;
            }
            else
            {
                break;
            }
        }

        if (i > start && line[i - 1] == ':' && !(i > start + 1 && line[i - 2] == ':')) (i, colons) = (i - 1, colons - 1);
        if (i < line.Length && (LineVocabulary.IsLetterOrDigit(line[i]) || line[i] == '_')) return start;
        if (colons < 3 && !(pair && colons == 2 && digit && i - start > 3)) return start;
        if (i < line.Length && line[i] == '%') for (i++; i < line.Length && LineVocabulary.IsLetterOrDigit(line[i]); i++) { }
        return i;
    }

    /// <summary><c>host.name:80</c>; the start is the name's, the colon where that stands.</summary>
    public static int HostPort(ReadOnlySpan<char> line, int start, int colon)
    {
        if (!LineVocabulary.IsLetter(line[start]) || line[start..colon].IndexOf('.') <= 0 || line[colon - 1] == '.') return start;
        int i = colon + 1;
        while (i < line.Length && LineVocabulary.IsDigit(line[i])) i++;
        return i == colon + 1 || (i < line.Length && (LineVocabulary.IsLetterOrDigit(line[i]) || line[i] == '_')) ? start : i;
    }

    /// <summary><c>name@host.name</c>; the sign is where the @ stands.</summary>
    public static int Mail(ReadOnlySpan<char> line, int start, int sign)
    {
        int i = sign + 1;
        while (i < line.Length && LineVocabulary.IsWord(line[i])) i++;
        ReadOnlySpan<char> host = line[(sign + 1)..i].TrimEnd('.');
        return host.IndexOf('.') > 0 && LineVocabulary.IsLetter(host[^1]) ? sign + 1 + host.Length : start;
    }

    /// <summary><c>Fri Jul 15 07:31:21 PDT 2005</c>, of which all but month and day of the month may be missing; the end is that of the first word.</summary>
    public static int Date(ReadOnlySpan<char> line, int start, int end)
    {
        int i = end;
        if (LineVocabulary.IsDay(line[start..end]))
        {
            if (i < line.Length && line[i] == ',') i++;
            i = Spaces(line, i);
            if (i + 3 > line.Length || !LineVocabulary.IsMonth(line.Slice(i, 3))) return start;
            i += 3;
        }
        else if (!LineVocabulary.IsMonth(line[start..end]))
        {
            return start;
        }

        int day = Spaces(line, i);
        int digits = Digits(line, day);
        if (day == i || digits - day is < 1 or > 2) return start;
        i = digits;
        if (i < line.Length && line[i] == ',') i++;
        int time = Spaces(line, i);
        int clock = time;
        while (clock < line.Length && (LineVocabulary.IsDigit(line[clock]) || line[clock] is ':' or '.')) clock++;
        if (line[time..clock].IndexOf(':') > 0) i = clock;
        int zone = Spaces(line, i), zoneEnd = zone;
        while (zoneEnd < line.Length && char.IsAsciiLetterUpper(line[zoneEnd])) zoneEnd++;
        if (zoneEnd - zone is 3 or 4 && (zoneEnd == line.Length || !LineVocabulary.IsWord(line[zoneEnd]))) i = zoneEnd;
        int year = Spaces(line, i), yearEnd = Digits(line, year);
        return yearEnd - year == 4 ? yearEnd : i;
    }

    /// <summary>A space and the unit of the number before it.</summary>
    public static int Unit(ReadOnlySpan<char> line, int end)
    {
        if (end + 1 >= line.Length || line[end] != ' ') return end;
        int i = end + 1;
        while (i < line.Length && i - end <= 8 && char.IsAsciiLetter(line[i])) i++;
        return (i == line.Length || !(LineVocabulary.IsLetterOrDigit(line[i]) || line[i] == '_')) && LineVocabulary.IsUnit(line[(end + 1)..i]) ? i : end;
    }

    private static int Spaces(ReadOnlySpan<char> line, int i)
    {
        while (i < line.Length && line[i] == ' ') i++;
        return i;
    }

    private static int Digits(ReadOnlySpan<char> line, int i)
    {
        while (i < line.Length && LineVocabulary.IsDigit(line[i])) i++;
        return i;
    }

    private static int Until(ReadOnlySpan<char> line, int i, ReadOnlySpan<char> signs)
    {
        while (i < line.Length && !char.IsWhiteSpace(line[i]) && !signs.Contains(line[i])) i++;
        return i;
    }

    /// <summary>Without the full stop or colon of the sentence around it.</summary>
    private static int Trimmed(ReadOnlySpan<char> line, int start, int end)
    {
        while (end > start + 1 && line[end - 1] is '.' or ':' or ',') end--;
        return end;
    }
}
