using System.Text;

namespace Oddity.Connectors.Sources.Influx;

/// <summary>The text before a line's fields: the measurement and the tags, without their escapes.</summary>
internal static class LineHead
{
    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads it; null if all is well, else what is wrong.</summary>
    public static string? TryRead(ReadOnlySpan<byte> head, out string measurement, List<KeyValuePair<string, string>> tags)
    {
        measurement = "";
        tags.Clear();
        try
        {
            int end = IndexOf(head, (byte)',');
            measurement = Unescape(end < 0 ? head : head[..end]);
            if (measurement.Length == 0) return "the measurement is missing";
            while (end >= 0)
            {
                head = head[(end + 1)..];
                end = IndexOf(head, (byte)',');
                ReadOnlySpan<byte> tag = end < 0 ? head : head[..end];
                int equals = IndexOf(tag, (byte)'=');
                if (equals <= 0) return "a tag has no name or no equals sign";
                if (equals == tag.Length - 1) return "a tag has no value";
                if (IndexOf(tag[(equals + 1)..], (byte)'=') >= 0) return "an equals sign in a tag's value needs a backslash";
                tags.Add(new(Unescape(tag[..equals]), Unescape(tag[(equals + 1)..])));
            }

            return null;
        }
        catch (DecoderFallbackException)
        {
            return "a name or a tag is not valid UTF-8";
        }
    }

    /// <summary>Text without its escapes; a backslash before anything else is itself.</summary>
    /// <exception cref="DecoderFallbackException">It is not UTF-8.</exception>
    public static string Unescape(ReadOnlySpan<byte> text)
    {
        if (!text.Contains((byte)'\\')) return s_strict.GetString(text);
        byte[] plain = new byte[text.Length];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == (byte)'\\' && i + 1 < text.Length && text[i + 1] is (byte)',' or (byte)'=' or (byte)' ') i++;
            plain[length++] = text[i];
        }

        return s_strict.GetString(plain.AsSpan(0, length));
    }

    private static int IndexOf(ReadOnlySpan<byte> text, byte wanted)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == wanted) return i;
            if (text[i] == (byte)'\\') i++;
        }

        return -1;
    }
}
