using System.Globalization;
using System.Text;
using System.Text.Json;
using Oddity.Detection;

namespace Oddity.Bench;

/// <summary>
/// What a detector makes of a series, as a picture for its page: the value, what was expected, the band, what was odd, and a strip of scores. Nothing but
/// the input decides the bytes; colours follow the reader's light or dark scheme.
/// </summary>
internal static class Picture
{
    private const int Width = 960, Left = 56, Right = 12, Top = 34, PlotHeight = 190, StripTop = 240, StripHeight = 44, Height = 310;
    private const int Columns = Width - Left - Right;

    /// <param name="detector">Its id.</param>
    /// <param name="path">A CSV of the Numenta benchmark: timestamp, value. Its labelled windows are shaded where they lie in ../../labels.</param>
    /// <param name="target">The SVG to write.</param>
    /// <param name="settings">Parameters as name=value, and rows=FROM..TO for what is shown; the detector sees the whole file.</param>
    public static int Draw(string detector, string path, string target, string[] settings)
    {
        DetectorEntry entry = DetectorCatalogue.Find(detector) ?? throw new ArgumentException($"No detector '{detector}'.");
        Dictionary<string, string> parameters = settings.Select(setting => setting.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        parameters.Remove("rows", out string? shown);
        List<Row> rows = Score(path, entry.Create(new(parameters), 1));
        Range range = shown?.Split("..") is [var from, var to] ? int.Parse(from, CultureInfo.InvariantCulture)..int.Parse(to, CultureInfo.InvariantCulture) : ..;
        string title = string.Join(", ", parameters.Select(parameter => $"{parameter.Key}={parameter.Value}").Prepend(entry.Id));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
        File.WriteAllText(target, Svg(rows[range], Windows(path), $"{title} on {Path.GetFileName(path)}"));
        return 0;
    }

    private static List<Row> Score(string path, Detector detector)
    {
        var rows = new List<Row>();
        foreach (string line in File.ReadLines(path).Skip(1))
        {
            string[] cells = line.Split(',');
            var sample = new Sample(Time(cells[0]), double.Parse(cells[1], CultureInfo.InvariantCulture));
            rows.Add(new(sample, detector.Observe(sample)));
        }

        return rows;
    }

    private static long Time(string text) => new DateTimeOffset(DateTime.Parse(text, CultureInfo.InvariantCulture), TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static List<(long Start, long End)> Windows(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string labels = Path.Combine(folder, "..", "..", "labels", "combined_windows.json");
        if (!File.Exists(labels)) return [];
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(labels));
        return document.RootElement.TryGetProperty($"{Path.GetFileName(folder)}/{Path.GetFileName(path)}", out JsonElement windows)
            ? [.. windows.EnumerateArray().Select(window => (Time(window[0].GetString()!), Time(window[1].GetString()!)))]
            : [];
    }

    private static string Svg(List<Row> rows, List<(long Start, long End)> windows, string title)
    {
        (double low, double high) = (rows.Min(row => row.Sample.Value), rows.Max(row => row.Sample.Value));
        double margin = Math.Max((high - low) * 0.08, 1e-9);
        (low, high) = (low - margin, high + margin);
        (long first, long last) = (rows[0].Sample.TimeMs, Math.Max(rows[^1].Sample.TimeMs, rows[0].Sample.TimeMs + 1));
        int X(long ms) => Left + (int)Math.Clamp((ms - first) * (double)(Columns - 1) / (last - first), 0, Columns - 1);
        double Y(double value) => Top + ((high - Math.Clamp(value, low, high)) / (high - low) * PlotHeight);
        List<IGrouping<int, Row>> columns = [.. rows.GroupBy(row => X(row.Sample.TimeMs)).OrderBy(column => column.Key)];

        var svg = new StringBuilder();
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"11\">");
        Add($"<title>{title}</title>");
        Add($"<style>text{{fill:#57606a}}.v{{stroke:#0969da}}.e{{stroke:#9a6700}}.b{{fill:#9a6700;opacity:.14}}.w{{fill:#57606a;opacity:.13}}.o{{stroke:#cf222e}}.d{{fill:#cf222e}}.s{{stroke:#8250df}}.f{{stroke:#afb8c1}}");
        Add($"@media(prefers-color-scheme:dark){{text{{fill:#9ea7b3}}.v{{stroke:#58a6ff}}.e{{stroke:#e3b341}}.b{{fill:#e3b341;opacity:.2}}.w{{fill:#c9d1d9;opacity:.16}}.o{{stroke:#ff7b72}}.d{{fill:#ff7b72}}.s{{stroke:#bc8cff}}.f{{stroke:#484f58}}}}</style>");
        Add($"<text x=\"{Left}\" y=\"14\">{title}</text>");
        Add($"<text x=\"{Left}\" y=\"28\"><tspan class=\"d\" fill-opacity=\"1\">● odd</tspan>   blue: value   yellow: expected and band   grey: labelled in the data   violet: score</text>");
        foreach ((long start, long end) in windows.Where(window => window.End >= first && window.Start <= last))
            Add($"<rect class=\"w\" x=\"{X(start)}\" y=\"{Top}\" width=\"{Math.Max(X(end) - X(start), 2)}\" height=\"{StripTop + StripHeight - Top}\"/>");
        foreach (double share in new[] { 0.0, 0.5, 1.0 })
        {
            double value = low + ((high - low) * share);
            Add($"<path class=\"f\" d=\"M{Left} {Y(value):0.0}h{Columns}\"/><text x=\"{Left - 6}\" y=\"{Y(value) + 4:0.0}\" text-anchor=\"end\">{Short(value)}</text>");
        }

        // A band with an open end reaches to the edge of the picture.
        Row[][] known = [.. columns.Select(column => column.Where(row => !row.Score.WarmingUp).ToArray()).Where(column => column.Length > 0)];
        if (known.Length > 1)
        {
            string upper = string.Join('L', known.Select(column => Text($"{X(column[0].Sample.TimeMs)} {Y(column.Average(row => Math.Min(row.Score.Upper, high))):0.0}")));
            string lower = string.Join('L', known.Reverse().Select(column => Text($"{X(column[0].Sample.TimeMs)} {Y(column.Average(row => Math.Max(row.Score.Lower, low))):0.0}")));
            Add($"<path class=\"b\" d=\"M{upper}L{lower}Z\"/>");
            string expected = string.Join('L', known.Select(column => Text($"{X(column[0].Sample.TimeMs)} {Y(column.Average(row => row.Score.Expected)):0.0}")));
            Add($"<path class=\"e\" fill=\"none\" d=\"M{expected}\"/>");
        }

        string values = string.Join('L', columns.SelectMany(column => Extremes(column).Select(value => Text($"{column.Key} {Y(value):0.0}"))));
        Add($"<path class=\"v\" fill=\"none\" stroke-linejoin=\"round\" d=\"M{values}\"/>");
        Add($"<path class=\"f\" d=\"M{Left} {StripTop + StripHeight}h{Columns}\"/><text x=\"{Left - 6}\" y=\"{StripTop + 10}\" text-anchor=\"end\">score 1</text>");
        string scores = string.Concat(columns.Select(column => (column.Key, Score: column.Max(row => row.Score.Value))).Where(column => column.Score > 0.01)
            .Select(column => Text($"M{column.Key} {StripTop + StripHeight}v{-column.Score * StripHeight:0.0}")));
        if (scores.Length > 0) Add($"<path class=\"s\" d=\"{scores}\"/>");
        foreach (IGrouping<int, Row> column in columns)
        {
            if (column.FirstOrDefault(row => row.Score.Anomalous) is not { } odd) continue;
            Add($"<path class=\"o\" opacity=\".45\" d=\"M{column.Key} {Top}V{StripTop + StripHeight}\"/><circle class=\"d\" cx=\"{column.Key}\" cy=\"{Y(odd.Sample.Value):0.0}\" r=\"3.5\"/>");
        }

        Add($"<text x=\"{Left}\" y=\"{Height - 8}\">{Day(first)}</text><text x=\"{Width - Right}\" y=\"{Height - 8}\" text-anchor=\"end\">{Day(last)}</text>");
        Add($"</svg>");
        return svg.ToString();

        void Add(FormattableString line) => svg.Append(Text(line)).Append('\n');
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Short(double value) => value.ToString(Math.Abs(value) >= 1_000 ? "#,0" : "G3", CultureInfo.InvariantCulture);

    private static string Day(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>The values of a column of pixels that show its first, lowest, highest and last.</summary>
    private static double[] Extremes(IEnumerable<Row> column)
    {
        double[] values = [.. column.Select(row => row.Sample.Value)];
        return values.Length < 4 ? values : [values[0], values.Min(), values.Max(), values[^1]];
    }

    private sealed record Row(Sample Sample, Score Score);
}
