namespace Oddity.Connectors.Sources.Files;

/// <summary>
/// Which column of a table means what. With a header the names decide; without, the content does: texts name the metric, dates or numbers in the
/// range of Unix times since 1973 are times, other numbers are values. See docs/sources/uploads.md.
/// </summary>
internal sealed record TableLayout
{
    public required byte Delimiter { get; init; }

    public required bool HasHeader { get; init; }

    /// <summary>Columns of the first row; a row with more is malformed.</summary>
    public required int Columns { get; init; }

    /// <summary>Column of the time; -1 if there is none.</summary>
    public required int Time { get; init; }

    /// <summary>Column with the name of the metric; -1 if the values' own names are the metrics.</summary>
    public required int Metric { get; init; }

    /// <summary>Columns of values and the metric each belongs to.</summary>
    public required IReadOnlyList<(int Column, string Metric)> Values { get; init; }

    /// <summary>Columns that become labels.</summary>
    public required IReadOnlyList<(int Column, string Name)> Labels { get; init; }

    /// <summary>Column of the truth of labelled data; -1 if there is none.</summary>
    public required int Truth { get; init; }

    /// <summary>Metric of the values as a whole; null unless there are several.</summary>
    public required string? Vector { get; init; }

    /// <summary>Numbers may be written 3,5: usual where the semicolon is the delimiter.</summary>
    public bool DecimalComma => Delimiter == (byte)';';

    /// <exception cref="DecodeException"><c>unknown_layout</c>: it cannot be told which column is what.</exception>
    public static TableLayout Detect(TableSample sample, string fileMetric)
    {
        if (sample.Rows.Count == 0 || sample.Rows[0].Length < 2) throw Unknown("it has no two columns, separated by tab, semicolon or comma");
        var guess = new TableGuess(sample, fileMetric);
        return guess.HasHeader ? guess.ByName() : guess.ByContent();
    }

    /// <summary>The metric that a file without names of metrics holds: its own name, without folder and endings.</summary>
    public static string MetricOf(string fileName)
    {
        string name = fileName[(fileName.LastIndexOfAny(['/', '\\']) + 1)..];
        foreach (string ending in new[] { ".gz", ".csv", ".tsv", ".txt", ".json", ".ndjson", ".jsonl" })
        {
            if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) name = name[..^ending.Length];
        }

        return name.Length > 0 ? name : "upload";
    }

    public static DecodeException Unknown(string why) =>
        new(new("unknown_layout", $"The table cannot be read: {why}. Expected columns: metric, value, timestamp; or timestamp, value; or timestamp and several values."));
}
