namespace Oddity.Server.Configuration;

/// <summary>"Did you mean": the nearest of the words there are, if it is near enough.</summary>
internal static class Suggestion
{
    /// <summary>"; did you mean 'x'?" or nothing.</summary>
    public static string For(string text, IEnumerable<string> words) => Nearest(text, words) is { } word ? $"; did you mean '{word}'?" : "";

    /// <summary>The word with the fewest typing errors, at most a third of its length; null if there is none.</summary>
    public static string? Nearest(string text, IEnumerable<string> words)
    {
        if (text.Length > 100) return null;
        string lower = text.ToLowerInvariant();
        (string? Word, int Distance) best = (null, int.MaxValue);
        foreach (string word in words)
        {
            int distance = Distance(lower, word.ToLowerInvariant());
            if (distance < best.Distance && distance <= Math.Max(1, word.Length / 3)) best = (word, distance);
        }

        return best.Word;
    }

    /// <summary>Levenshtein's distance, a swap of neighbours counting as one error.</summary>
    private static int Distance(string a, string b)
    {
        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) cost[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) cost[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int change = a[i - 1] == b[j - 1] ? 0 : 1;
                cost[i, j] = Math.Min(Math.Min(cost[i - 1, j] + 1, cost[i, j - 1] + 1), cost[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }

        return cost[a.Length, b.Length];
    }
}
