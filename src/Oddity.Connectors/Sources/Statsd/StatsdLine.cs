using System.Text;

namespace Oddity.Connectors.Sources.Statsd;

/// <summary>
/// Reads a line of StatsD: <c>name:value|type|@rate|#tag:value,tag</c>, several values of a name one after another (<c>name:1|c:2|c</c>, <c>name:1:2|ms</c>), tags also as
/// <c>name,tag=value:…</c>. Parts of newer dialects that begin with another letter are passed over.
/// </summary>
internal static class StatsdLine
{
    /// <summary>One value of a name.</summary>
    /// <param name="Series">Name and tags, in one text that is the same for the same series.</param>
    /// <param name="Type">c, g, ms, h, d or s.</param>
    /// <param name="Text">The value as it stands there; what a set counts.</param>
    /// <param name="Number">The value; of a set 0.</param>
    /// <param name="Relative">Whether a gauge's value is a change.</param>
    /// <param name="Rate">How much of what happened was sent, above 0 to 1.</param>
    public readonly record struct Value(string Series, string Type, string Text, double Number, bool Relative, double Rate);

    private const int MostValues = 1_000;

    /// <summary>Adds the line's values; what is wrong with it, or null, and then none of it is to be used.</summary>
    public static (string Code, string Detail)? TryRead(ReadOnlySpan<byte> line, List<Value> values)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(line);
        }
        catch (DecoderFallbackException)
        {
            return ("bad_text", "The line is not valid UTF-8");
        }

        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || text.StartsWith("_e{", StringComparison.Ordinal) || text.StartsWith("_sc|", StringComparison.Ordinal)) return ("bad_line", "A line is name:value|type");
        int at = colon + 1;
        while (true)
        {
            int end = IndexOf(text, at, "|"), count = values.Count;
            string[] numbers = text[at..end].Split(':');
            if (end == text.Length) return ("bad_line", "A value has no type");
            at = end + 1;
            string type = Part(text, ref at, "|:");
            (double rate, string tags) = (1, "");
            while (at < text.Length && text[at] == '|')
            {
                at++;
                if (at < text.Length && text[at] == '@')
                {
                    at++;
                    if (!NumberText.TryParse(Encoding.UTF8.GetBytes(Part(text, ref at, "|:")), out rate) || !(rate > 0) || rate > 1) return ("bad_rate", "A sample rate lies above 0 and up to 1");
                }
                else if (at < text.Length && text[at] == '#')
                {
                    at++;
                    tags = Part(text, ref at, "|");
                }
                else
                {
                    Part(text, ref at, "|");
                }
            }

            foreach (string number in numbers)
            {
                if (values.Count >= MostValues) return ("bad_line", "A line has too many values");
                if (Read(text[..colon], tags, type, number, rate, values) is { } mistake) return mistake;
            }

            if (at >= text.Length) return values.Count > count ? null : ("bad_line", "A line is name:value|type");
            at++; // The colon before the next value.
        }
    }

    private static (string Code, string Detail)? Read(string name, string tags, string type, string number, double rate, List<Value> values)
    {
        if (type is not ("c" or "g" or "ms" or "h" or "d" or "s")) return ("bad_type", "A type is c, g, ms, h, d or s");
        if (number.Length == 0) return ("bad_value", "A value is missing");
        double value = 0;
        if (type != "s")
        {
            if (!NumberText.TryParse(Encoding.UTF8.GetBytes(number), out value)) return ("bad_value", "A value is not a number");
            if (!double.IsFinite(value)) return ("not_finite", "A value is not finite");
        }

        values.Add(new(name + "\n" + tags, type, number, value, type == "g" && number[0] is '+' or '-', rate));
        return null;
    }

    private static string Part(string text, ref int at, string ends)
    {
        int end = IndexOf(text, at, ends);
        string part = text[at..end];
        at = end;
        return part;
    }

    private static int IndexOf(string text, int at, string ends)
    {
        int length = text.AsSpan(at).IndexOfAny(ends);
        return length < 0 ? text.Length : at + length;
    }
}
