namespace Oddity.Server.Configuration;

/// <summary>Lists written as one text.</summary>
internal static class ListText
{
    /// <summary>Splits at commas, except those inside braces or quotes, which belong to a selector: <c>up,cpu{job="a",host="b"}</c> are two.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var items = new List<string>();
        int start = 0, depth = 0;
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '"') quoted = !quoted;
            else if (quoted) continue;
            else if (c == '{') depth++;
            else if (c == '}') depth--;
            else if (c == ',' && depth <= 0)
            {
                Add(items, text[start..i]);
                start = i + 1;
            }
        }

        Add(items, text[start..]);
        return items;
    }

    private static void Add(List<string> items, string item)
    {
        if (item.Trim() is { Length: > 0 } trimmed) items.Add(trimmed);
    }
}
