namespace Oddity.Detection.Templates;

/// <summary>
/// Brings the parts of a line into the form by which lines are grouped: what stands behind <c>=</c> is a variable, lists count as one of their members
/// whatever their length. Linear in the number of parts. Not for use by two threads.
/// </summary>
internal sealed class LineShape
{
    private const int LongestRepeat = 8;
    private const string Joining = ",:/@;.-|#&";

    // A part and the value that is put in behind it.
    private readonly LogToken[] _tokens = new LogToken[2 * (LineScanner.MaxTokens + 1)];

    /// <summary>The parts that are left; valid until the next call.</summary>
    public ReadOnlySpan<LogToken> Normalise(ReadOnlySpan<LogToken> tokens)
    {
        int count = Values(tokens);
        count = Lists(count);
        return _tokens.AsSpan(0, Repeats(count));
    }

    /// <summary>
    /// What stands behind <c>=</c> is a value: a word, a text in quotes, or nothing at all, as in <c>ruser= rhost=x</c>. So is what is between brackets
    /// that stand alone and hold nothing.
    /// </summary>
    private int Values(ReadOnlySpan<LogToken> tokens)
    {
        int to = 0;
        for (int i = 0; i < tokens.Length;)
        {
            LogToken token = tokens[i++];
            _tokens[to++] = token;
            if (token.Is('=') && to >= 2 && !_tokens[to - 2].IsAny("=!<>"))
            {
                int next = SkipValue(tokens, i);
                if (next < 0) continue;
                _tokens[to++] = LogToken.Variable(token.End, token.End, true);
                i = next;
            }
            else if (!token.Glued && i < tokens.Length && IsEmptyPair(token, tokens[i]))
            {
                _tokens[to++] = LogToken.Variable(token.End, token.End, true);
            }
        }

        return to;
    }

    /// <summary>Where it goes on after the value that begins here; -1 if what stands here is none.</summary>
    private static int SkipValue(ReadOnlySpan<LogToken> tokens, int i)
    {
        if (i == tokens.Length || tokens[i].IsAny(",;)]}")) return i;
        LogToken first = tokens[i];
        if (first.Kind != TokenKind.Sign)
        {
            if (i + 1 == tokens.Length) return i + 1;
            if (tokens[i + 1].Is('=') && !first.Glued) return i;
            return tokens[i + 1].Glued && tokens[i + 1].IsAny("({[") ? SkipBrackets(tokens, i + 1) : i + 1;
        }

        if (first.Glued && first.IsAny("({[")) return SkipBrackets(tokens, i);
        if (!first.Glued || !first.IsAny("\"'")) return -1;
        for (int j = i + 1; j < tokens.Length; j++)
        {
            if (tokens[j].Kind == TokenKind.Sign && tokens[j].Hash == first.Hash) return j + 1;
        }

        return -1;
    }

    /// <summary>Behind the bracket that closes the one here; just here if there is none.</summary>
    private static int SkipBrackets(ReadOnlySpan<LogToken> tokens, int open)
    {
        int depth = 0;
        for (int i = open; i < tokens.Length; i++)
        {
            if (tokens[i].IsAny("({[")) depth++;
            else if (tokens[i].IsAny(")}]") && --depth == 0) return i + 1;
        }

        return open;
    }

    private static bool IsEmptyPair(LogToken open, LogToken close) =>
        (open.Is('(') && close.Is(')')) || (open.Is('[') && close.Is(']')) || (open.Is('{') && close.Is('}'));

    /// <summary>Variables side by side, with nothing or a joining sign between them, are one; so are numbered names.</summary>
    private int Lists(int count)
    {
        int to = 0;
        for (int i = 0; i < count; i++)
        {
            LogToken token = _tokens[i];
            if (token.IsVariable)
            {
                // Decoration: "#16", "***123".
                for (; to > 0 && token.Glued && _tokens[to - 1].IsAny("#*"); to--) token.Glued = _tokens[to - 1].Glued;
            }

            if (token.Is('#') && token.Glued && to > 0 && _tokens[to - 1].IsVariable) continue;
            if (token.Kind is TokenKind.Variable or TokenKind.Numbered && to > 0)
            {
                ref LogToken last = ref _tokens[to - 1];
                if (last.IsVariable && (token.IsVariable || last.IsList)) continue;
                if (last.Kind == TokenKind.Numbered && token.Kind == TokenKind.Numbered)
                {
                    MakeList(ref last);
                    continue;
                }

                if (to >= 2 && last.IsAny(Joining) && (_tokens[to - 2].Kind == token.Kind || (_tokens[to - 2].IsList && token.Kind == TokenKind.Numbered)))
                {
                    if (token.Kind == TokenKind.Numbered) MakeList(ref _tokens[to - 2]);
                    to--;
                    continue;
                }
            }

            _tokens[to++] = token;
        }

        return to;
    }

    private static void MakeList(ref LogToken token) => token = LogToken.Variable(token.Start, token.End, token.Glued) with { IsList = true };

    /// <summary>The same few parts again and again, with a variable among them, count once.</summary>
    private int Repeats(int count)
    {
        for (int period = 1; period <= LongestRepeat && 2 * period <= count; period++)
        {
            int equal = 0;
            for (int i = period; i < count; i++)
            {
                equal = _tokens[i].Hash == _tokens[i - period].Hash ? equal + 1 : 0;
                if (equal < period || !HoldsVariable(i - period + 1, period)) continue;
                _tokens.AsSpan(i + 1, count - i - 1).CopyTo(_tokens.AsSpan(i + 1 - period));
                count -= period;
                i -= period;
                equal = 0;
            }
        }

        return count;
    }

    private bool HoldsVariable(int start, int length)
    {
        foreach (ref readonly LogToken token in _tokens.AsSpan(start, length))
        {
            if (token.IsVariable) return true;
        }

        return false;
    }
}
