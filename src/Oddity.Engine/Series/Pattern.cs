namespace Oddity.Engine.Series;

/// <summary>A metric name or canonical series text in which <c>*</c> stands for any run of characters. Linear in practice: one backtrack point, no recursion.</summary>
public static class Pattern
{
    /// <summary>True if the pattern fits the metric name or the whole text of the series.</summary>
    public static bool Fits(string pattern, SeriesKey key)
    {
        if (pattern == "*") return true;
        string text = key.Text;
        return Fits(pattern, SeriesKeyParser.MetricOf(text)) || Fits(pattern, text.AsSpan());
    }

    private static bool Fits(string pattern, ReadOnlySpan<char> text)
    {
        int p = 0, t = 0, star = -1, mark = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*') (star, mark) = (p++, t);
            else if (p < pattern.Length && pattern[p] == text[t]) (p, t) = (p + 1, t + 1);
            else if (star >= 0) (p, t) = (star + 1, ++mark);
            else return false;
        }

        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }
}
