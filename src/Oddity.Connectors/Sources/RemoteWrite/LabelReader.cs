using System.Text;
using System.Text.Unicode;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.RemoteWrite;

/// <summary>Reads the labels of a series that is seen for the first time.</summary>
internal static class LabelReader
{
    private const string MetricName = "__name__";

    /// <summary>More than any series may have; the gate says how many are too many.</summary>
    private const int MostLabels = 256;

    /// <summary>Makes a key of labels = 1 { name = 1, value = 2 }, one after another.</summary>
    /// <returns>False if the bytes are no labels.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, string tenant, out SeriesKey? key, out LabelMistake? mistake)
    {
        (key, mistake) = (null, null);
        string? metric = null;
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            ReadOnlySpan<byte> label = reader.Bytes();
            if (reader.Failed || !TryReadLabel(label, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)) return false;
            if (!Utf8.IsValid(name) || !Utf8.IsValid(value)) mistake ??= new("bad_label", "A label is not valid UTF-8.");
            if (name.IsEmpty) mistake ??= new("bad_label", "A label has no name.");
            if (labels.Count >= MostLabels) mistake ??= new("too_many_labels", "A series has too many labels.");
            if (mistake is not null) continue;
            string text = Encoding.UTF8.GetString(name);
            if (text == MetricName && metric is null) metric = Encoding.UTF8.GetString(value);
            else if (text == MetricName || !labels.TryAdd(text, Encoding.UTF8.GetString(value))) mistake = new("duplicate_label", "A series has two labels of one name.");
        }

        if (string.IsNullOrEmpty(metric)) mistake ??= new("bad_name", "A series has no metric name.");
        if (mistake is null) key = SeriesKey.Create(tenant, metric!, labels);
        return !reader.Failed;
    }

    private static bool TryReadLabel(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = [];
        value = [];
        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            if (reader.Field == 1 && reader.Type == 2) name = reader.Bytes();
            else if (reader.Field == 2 && reader.Type == 2) value = reader.Bytes();
            else reader.Skip();
        }

        return !reader.Failed;
    }
}
