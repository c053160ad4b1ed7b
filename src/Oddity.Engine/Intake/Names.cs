using System.Text;
using Oddity.Engine.Series;

namespace Oddity.Engine.Intake;

/// <summary>Which names may enter.</summary>
internal static class Names
{
    private const int MaxNameBytes = 256;
    private const int MaxLabelValueBytes = 2048;
    private const int MaxLabels = 40;

    /// <summary>What is wrong with a key; null if nothing is.</summary>
    public static (string Code, string Detail)? Mistake(SeriesKey key)
    {
        if (!IsName(key.Metric)) return ("bad_name", $"A metric name has 1 to {MaxNameBytes} bytes and no control characters.");
        IReadOnlyList<KeyValuePair<string, string>> labels = key.Labels;
        if (labels.Count > MaxLabels) return ("too_many_labels", $"A series has at most {MaxLabels} labels.");
        foreach ((string name, string value) in labels)
        {
            if (!IsName(name)) return ("bad_label", $"A label name has 1 to {MaxNameBytes} bytes and no control characters.");
            if (Encoding.UTF8.GetByteCount(value) > MaxLabelValueBytes) return ("bad_label", $"A label value has at most {MaxLabelValueBytes} bytes.");
            if (!IsUnicode(value)) return ("bad_label", "A label value is not valid Unicode.");
        }

        return null;
    }

    private static bool IsName(string name) =>
        name.Length > 0 && Encoding.UTF8.GetByteCount(name) <= MaxNameBytes && !name.Any(char.IsControl) && IsUnicode(name);

    /// <summary>False for a lone surrogate, which would come back from the log as another character.</summary>
    private static bool IsUnicode(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsSurrogatePair(text, i)) return false;
            i++;
        }

        return true;
    }
}
