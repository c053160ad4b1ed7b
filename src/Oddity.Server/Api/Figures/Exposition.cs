using System.Globalization;
using System.Text;

namespace Oddity.Server.Api.Figures;

/// <summary>Writes figures in Prometheus' text format, version 0.0.4.</summary>
internal static class Exposition
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static void Write(StringBuilder text, MetricFamily family)
    {
        string name = Name(family.Name);
        Head(text, name, family.Help, family.Kind);
        foreach ((string labels, MetricCell cell) in family.Cells)
        {
            if (family.Kind == MetricKind.Histogram) Histogram(text, name, labels, cell, family.Bounds);
            else Line(text, name, labels, cell.Sum);
        }
    }

    /// <summary>Writes a family of one figure.</summary>
    public static void Write(StringBuilder text, string name, string help, MetricKind kind, double value, string labels = "")
    {
        Head(text, name, help, kind);
        Line(text, name, labels, value);
    }

    /// <summary>Labels as text, <c>{a="x",b="y"}</c>, values escaped; nothing for none.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) return "";
        var text = new StringBuilder("{");
        foreach ((string name, object? value) in tags)
        {
            if (text.Length > 1) text.Append(',');
            text.Append(Name(name)).Append("=\"");
            Escape(text, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", quotes: true);
            text.Append('"');
        }

        return text.Append('}').ToString();
    }

    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static void Head(StringBuilder text, string name, string help, MetricKind kind)
    {
        if (help.Length > 0)
        {
            text.Append("# HELP ").Append(name).Append(' ');
            Escape(text, help, quotes: false);
            text.Append('\n');
        }

        string type = kind switch { MetricKind.Counter => "counter", MetricKind.Gauge => "gauge", _ => "histogram" };
        text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    private static void Line(StringBuilder text, string name, string labels, double value) =>
        text.Append(name).Append(labels).Append(' ').Append(Number(value)).Append('\n');

    private static void Histogram(StringBuilder text, string name, string labels, MetricCell cell, double[] bounds)
    {
        (long[] counts, double sum) = cell.Read();
        string rest = labels.Length == 0 ? "}" : "," + labels[1..];
        long total = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            total += counts[i];
            string bound = Number(i < bounds.Length ? bounds[i] : double.PositiveInfinity);
            Line(text, $"{name}_bucket", $"{{le=\"{bound}\"{rest}", total);
        }

        Line(text, $"{name}_sum", labels, sum);
        Line(text, $"{name}_count", labels, total);
    }

    /// <summary>The name with every character that the format does not take made an underscore.</summary>
    private static string Name(string name)
    {
        bool fine = name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(IsNameCharacter);
        if (fine) return name;
        string made = string.Concat(name.Select(c => IsNameCharacter(c) ? c : '_'));
        return made.Length == 0 || char.IsAsciiDigit(made[0]) ? "_" + made : made;
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or ':';

    private static void Escape(StringBuilder text, string value, bool quotes)
    {
        foreach (char c in value)
        {
            if (c == '\\') text.Append("\\\\");
            else if (c == '\n') text.Append("\\n");
            else if (c == '"' && quotes) text.Append("\\\"");
            else text.Append(c);
        }
    }
}
