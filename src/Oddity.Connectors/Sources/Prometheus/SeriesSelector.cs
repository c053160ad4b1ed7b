namespace Oddity.Connectors.Sources.Prometheus;

/// <summary>A selector as in <c>match[]</c>, and the label conditions in it, which can be put beside another name.</summary>
/// <param name="Text">As it was given.</param>
/// <param name="Conditions">Its conditions on labels other than the name, such as <c>job="api"</c>, joined with commas.</param>
internal sealed record SeriesSelector(string Text, string Conditions)
{
    /// <summary>Fits every series.</summary>
    public static SeriesSelector All { get; } = new("", "");

    /// <summary>Takes the conditions out of the braces. What is no selector is left to Prometheus to refuse.</summary>
    public static SeriesSelector Parse(string text)
    {
        int open = text.IndexOf('{', StringComparison.Ordinal), close = text.LastIndexOf('}');
        if (open < 0 || close < open) return new(text, "");
        IEnumerable<string> conditions = Split(text[(open + 1)..close]).Select(part => part.Trim())
            .Where(part => part.Length > 0 && !IsAboutName(part));
        return new(text, string.Join(',', conditions));
    }

    /// <summary>The selector of a metric's series that fit this one too.</summary>
    public string Of(string metric) => With($"__name__=\"{Quote(metric)}\"");

    /// <summary>The same for several metrics, whose names hold nothing that a regular expression would read otherwise.</summary>
    public string OfAny(IEnumerable<string> metrics) => With($"__name__=~\"{string.Join('|', metrics)}\"");

    private string With(string name) => Conditions.Length == 0 ? $"{{{name}}}" : $"{{{name},{Conditions}}}";

    /// <summary>A condition on the name, or, as newer versions write it, the quoted name alone.</summary>
    private static bool IsAboutName(string condition)
    {
        int comparison = condition.AsSpan().IndexOfAny('=', '!');
        return comparison < 0 || condition[..comparison].Trim(' ', '\t', '"', '\'') == "__name__";
    }

    /// <summary>At commas outside quotes.</summary>
    private static List<string> Split(string conditions)
    {
        var parts = new List<string>();
        int start = 0;
        char quote = '\0';
        for (int i = 0; i < conditions.Length; i++)
        {
            char c = conditions[i];
            if (quote != '\0')
            {
                if (c == '\\' && quote != '`') i++;
                else if (c == quote) quote = '\0';
            }
            else if (c is '"' or '\'' or '`')
            {
                quote = c;
            }
            else if (c == ',')
            {
                parts.Add(conditions[start..i]);
                start = i + 1;
            }
        }

        parts.Add(conditions[start..]);
        return parts;
    }

    private static string Quote(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
