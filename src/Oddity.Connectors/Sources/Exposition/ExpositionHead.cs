using System.Text;

namespace Oddity.Connectors.Sources.Exposition;

/// <summary>
/// Reads a sample's name and labels: <c>name{label="value",…}</c>, or <c>{"any name",label="value"}</c> as newer versions write names with other
/// characters. Unquoted names keep to the characters that the format allows.
/// </summary>
internal static class ExpositionHead
{
    private const string MetricName = "__name__";

    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads it; what is wrong with it, or null.</summary>
    public static (string Code, string Detail)? TryRead(ReadOnlySpan<byte> head, out string metric, List<KeyValuePair<string, string>> labels)
    {
        metric = "";
        labels.Clear();
        int open = head.IndexOf((byte)'{');
        try
        {
            ReadOnlySpan<byte> name = (open < 0 ? head : head[..open]).TrimEnd(" \t"u8);
            if (name.Length > 0 && !IsName(name, colons: true)) return ("bad_name", "The metric's name has characters that need quotes");
            metric = Encoding.ASCII.GetString(name);
            if (open >= 0 && ReadLabels(head[(open + 1)..], ref metric, labels) is { } wrong) return wrong;
            return metric.Length == 0 ? ("bad_name", "The metric's name is missing") : null;
        }
        catch (DecoderFallbackException)
        {
            return ("bad_text", "A name or a label is not valid UTF-8");
        }
    }

    private static (string Code, string Detail)? ReadLabels(ReadOnlySpan<byte> rest, ref string metric, List<KeyValuePair<string, string>> labels)
    {
        while (true)
        {
            rest = rest.TrimStart(" \t\r"u8);
            if (rest is [(byte)'}']) return null;
            if (!TryLabelName(ref rest, out string name, out bool quoted)) return ("bad_label", "A label's name is missing or has characters that need quotes");
            if (rest is [(byte)'=', ..])
            {
                rest = rest[1..].TrimStart(" \t\r"u8);
                if (!TryText(ref rest, out string value)) return ("bad_label", "A label's value is not in quotes");
                if (name == MetricName && metric.Length == 0) metric = value;
                else if (name == MetricName || Has(labels, name)) return ("duplicate_label", "A series has two labels of one name");
                else labels.Add(new(name, value));
            }
            else if (quoted && metric.Length == 0)
            {
                metric = name;
            }
            else
            {
                return ("bad_label", "A label has no equals sign");
            }

            rest = rest.TrimStart(" \t\r"u8);
            if (rest is [(byte)',', ..]) rest = rest[1..];
            else if (rest is not [(byte)'}']) return ("bad_label", "There is no comma after a label");
        }
    }

    private static bool Has(List<KeyValuePair<string, string>> labels, string name)
    {
        foreach ((string known, _) in labels)
        {
            if (known == name) return true;
        }

        return false;
    }

    private static bool TryLabelName(ref ReadOnlySpan<byte> rest, out string name, out bool quoted)
    {
        name = "";
        quoted = rest is [(byte)'"', ..];
        if (quoted)
        {
            if (!TryText(ref rest, out name) || name.Length == 0) return false;
        }
        else
        {
            int length = rest.IndexOfAny("=, \t}"u8);
            if (length <= 0 || !IsName(rest[..length], colons: false)) return false;
            name = Encoding.ASCII.GetString(rest[..length]);
            rest = rest[length..];
        }

        rest = rest.TrimStart(" \t\r"u8);
        return true;
    }

    /// <summary>Reads a text in quotes; a backslash before anything but a quote, a backslash or an n is itself.</summary>
    private static bool TryText(ref ReadOnlySpan<byte> rest, out string text)
    {
        text = "";
        if (rest is not [(byte)'"', ..]) return false;
        int end = 1;
        bool escaped = false;
        for (; end < rest.Length && rest[end] != (byte)'"'; end++)
        {
            if (rest[end] != (byte)'\\') continue;
            escaped = true;
            end++;
        }

        if (end >= rest.Length) return false;
        ReadOnlySpan<byte> inside = rest[1..end];
        text = escaped ? Unescape(inside) : s_strict.GetString(inside);
        rest = rest[(end + 1)..];
        return true;
    }

    private static string Unescape(ReadOnlySpan<byte> text)
    {
        byte[] plain = new byte[text.Length];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == (byte)'\\' && i + 1 < text.Length && text[i + 1] is (byte)'"' or (byte)'\\' or (byte)'n')
            {
                plain[length++] = text[++i] == (byte)'n' ? (byte)'\n' : text[i];
            }
            else
            {
                plain[length++] = text[i];
            }
        }

        return s_strict.GetString(plain.AsSpan(0, length));
    }

    private static bool IsName(ReadOnlySpan<byte> name, bool colons)
    {
        for (int i = 0; i < name.Length; i++)
        {
            byte c = name[i];
            bool fine = c is >= (byte)'a' and <= (byte)'z' or >= (byte)'A' and <= (byte)'Z' or (byte)'_' || (colons && c == (byte)':') || (i > 0 && c is >= (byte)'0' and <= (byte)'9');
            if (!fine) return false;
        }

        return true;
    }
}
