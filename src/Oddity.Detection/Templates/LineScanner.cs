namespace Oddity.Detection.Templates;

/// <summary>
/// Cuts a line into words, signs and variables, in one pass. What has a digit in it is a variable, but for names with a short number at their end, of
/// which only the number is (<c>eth0</c>); so is what <see cref="LineMasks"/> knows. Not for use by two threads.
/// </summary>
internal sealed class LineScanner
{
    /// <summary>What comes after is not looked at: longer lines differ early or not at all.</summary>
    public const int MaxTokens = 256, MaxChars = 8_192;

    private readonly LogToken[] _tokens = new LogToken[MaxTokens + 1];
    private int _count;
    private bool _glued;

    /// <summary>The parts of the line; valid until the next call.</summary>
    public Span<LogToken> Scan(ReadOnlySpan<char> line)
    {
        if (line.Length > MaxChars) line = line[..MaxChars];
        (_count, _glued) = (0, false);
        for (int i = 0; i < line.Length && _count < MaxTokens;)
        {
            char c = line[i];
            if (LineVocabulary.IsWord(c))
            {
                i = Word(line, i);
                _glued = true;
            }
            else if (char.IsWhiteSpace(c))
            {
                _glued = false;
                i++;
            }
            else
            {
                i = Sign(line, i, c);
                _glued = true;
            }
        }

        return _tokens.AsSpan(0, _count);
    }

    private int Sign(ReadOnlySpan<char> line, int start, char c)
    {
        int end = c switch
        {
            '/' => LineMasks.Path(line, start),
            '\\' => LineMasks.WindowsPath(line, start),
            ':' when start + 1 < line.Length && line[start + 1] == ':' => LineMasks.ColonHex(line, start),
            _ => start,
        };
        if (end > start) return Variable(start, end);
        _tokens[_count++] = new() { Start = start, End = start + 1, Hash = c, Kind = TokenKind.Sign, Glued = _glued };
        return start + 1;
    }

    private int Word(ReadOnlySpan<char> line, int start)
    {
        char first = line[start];
        if (first is '.' or '~')
        {
            int path = LineMasks.Path(line, start);
            if (path > start) return Variable(start, path);
        }

        int end = start;
        while (end < line.Length && LineVocabulary.IsWord(line[end]))
        {
            // Dots that lead the eye to a value: "enabled.......1".
            if (line[end] == '.' && end + 1 < line.Length && line[end + 1] == '.') break;
            end++;
        }

        if (end == start)
        {
            while (end < line.Length && line[end] == '.') end++;
            return end;
        }

        int masked = Masked(line, start, end);
        if (masked > start) return Variable(start, masked);
        if (end + 1 < line.Length && line[end] == '\'' && char.IsAsciiLetterLower(line[end + 1]) && LineVocabulary.IsLetter(line[end - 1])) end = Apostrophe(line, end);
        return Plain(line, start, end);
    }

    /// <summary>The end of the variable that begins here by its form; the start if there is none.</summary>
    private static int Masked(ReadOnlySpan<char> line, int start, int end)
    {
        if (end - start == 3 && char.IsAsciiLetterUpper(line[start]))
        {
            int date = LineMasks.Date(line, start, end);
            if (date > start) return date;
        }

        if (end >= line.Length) return start;
        switch (line[end])
        {
            case ':':
                int mask = LineMasks.Url(line, start, end);
                if (mask == start && end == start + 1) mask = LineMasks.WindowsPath(line, start);
                if (mask == start && end - start <= 4 && LineVocabulary.IsHex(line[start])) mask = LineMasks.ColonHex(line, start);
                return mask > start ? mask : LineMasks.HostPort(line, start, end);
            case '/':
                return LineMasks.RelativePath(line, start, end);
            case '@':
                return LineMasks.Mail(line, start, end);
            default:
                return start;
        }
    }

    private static int Apostrophe(ReadOnlySpan<char> line, int end)
    {
        int i = end + 1;
        while (i < line.Length && char.IsAsciiLetterLower(line[i])) i++;
        return i < line.Length && LineVocabulary.IsWord(line[i]) ? end : i;
    }

    private int Plain(ReadOnlySpan<char> line, int start, int end)
    {
        ReadOnlySpan<char> word = line[start..end].Trim(".-+");
        if (word.IsEmpty) return end;
        bool digits = word.IndexOfAnyInRange('0', '9') >= 0;
        if (!digits)
        {
            if (LineVocabulary.IsValue(word) || (LineVocabulary.IsMonth(word) && _count > 0 && _tokens[_count - 1].IsVariable)) return Variable(start, end);
            _tokens[_count++] = new() { Start = start, End = end, Hash = HashOf(word), Kind = TokenKind.Word, Glued = _glued };
            return end;
        }

        int name = NameLength(word);
        if (name > 0)
        {
            int from = start + line[start..end].IndexOf(word, StringComparison.Ordinal);
            _tokens[_count++] = new() { Start = from, End = from + name, Hash = ~HashOf(word[..name]), Kind = TokenKind.Numbered, Glued = _glued };
            return end;
        }

        int unit = word.IndexOfAnyExceptInRange('+', '9') < 0 ? LineMasks.Unit(line, end) : end;
        bool measured = unit > end || (LineVocabulary.IsDigit(word[0]) && LineVocabulary.IsUnit(word.TrimStart("0123456789.")));
        if (measured && _glued && _count > 0 && _tokens[_count - 1].Is('<'))
        {
            // "<1 sec" is a time like any other.
            _count--;
            _glued = _tokens[_count].Glued;
        }

        return Variable(start, unit);
    }

    /// <summary>
    /// How much of it is a name before a short number: two letters or more, further ones behind <c>_</c> or <c>-</c> of which a single letter belongs to
    /// the number. 0 if it is not of that form, or could be hexadecimal.
    /// </summary>
    private static int NameLength(ReadOnlySpan<char> word)
    {
        int digits = word.Length;
        while (digits > 0 && LineVocabulary.IsDigit(word[digits - 1])) digits--;
        if (word.Length - digits is < 1 or > 3 || digits < 2) return 0;
        int end = digits, segment = 0, segments = 0, last = 0;
        if (word[end - 1] is '_' or '-') end--;
        bool hex = digits == end;
        for (int i = 0; i < end; i++)
        {
            if (word[i] is '_' or '-')
            {
                if (segment == 0) return 0;
                hex = false;
                segments++;
                (segment, last) = (0, i + 1);
            }
            else if (char.IsAsciiLetter(word[i]))
            {
                hex &= LineVocabulary.IsHex(word[i]);
                segment++;
                if (segments == 0 && segment == 1 && (i + 1 >= end || !char.IsAsciiLetter(word[i + 1]))) return 0;
            }
            else
            {
                return 0;
            }
        }

        if (hex || segment == 0) return 0;
        return segments > 0 && segment == 1 ? last : digits;
    }

    private int Variable(int start, int end)
    {
        _tokens[_count++] = LogToken.Variable(start, end, _glued);
        return end;
    }

    private static ulong HashOf(ReadOnlySpan<char> word)
    {
        ulong hash = 0xCBF2_9CE4_8422_2325;
        foreach (char c in word) hash = (hash ^ c) * 0x0000_0100_0000_01B3;
        // Beyond every sign, and spread: the plain product leaves the low bits weak.
        hash ^= hash >> 29;
        return (hash * 0xBF58_476D_1CE4_E5B9) | (1UL << 63);
    }
}
