using System.Text;

namespace Oddity.Connectors.Sources.Files;

/// <summary>Finds a table's layout from its first rows.</summary>
internal sealed class TableGuess
{
    // 1973 in seconds: smaller numbers are rather values than times.
    private const long EarliestLikelyMs = 100_000_000_000;
    private const long LatestLikelyMs = 4_102_444_800_000;

    private static readonly string[] s_systemMetrics = ["cpu", "memory", "disk"];

    private readonly TableSample _sample;
    private readonly string _fileMetric;
    private readonly string[] _first;
    private readonly Kind[] _kinds;

    public TableGuess(TableSample sample, string fileMetric)
    {
        (_sample, _fileMetric, _first) = (sample, fileMetric, sample.Rows[0]);
        HasHeader = _first.All(cell => KindOf(cell) is Kind.Text or Kind.Missing)
            && (_first.Any(TableColumns.IsKnown) || (sample.Rows.Count > 1 && sample.Rows[1].Any(cell => KindOf(cell) == Kind.Number)));
        _kinds = [.. _first.Select((_, column) => KindOf(column))];
    }

    private enum Kind
    {
        Missing,
        Number,
        Time,
        Text,
    }

    /// <summary>The first row names the columns: no number or time in it, and a name with a meaning or a number below.</summary>
    public bool HasHeader { get; }

    /// <summary>The layout by the names in the header.</summary>
    public TableLayout ByName()
    {
        int time = TableColumns.Find(_first, TableColumns.Time);
        int value = TableColumns.Find(_first, TableColumns.Value);
        int metric = TableColumns.Find(_first, TableColumns.Metric);
        List<int> others = [.. Enumerable.Range(0, _first.Length).Where(i => i != value && i != metric && IsInput(_first[i]))];
        List<int> numbers = [.. others.Where(i => _kinds[i] is Kind.Number or Kind.Missing)];
        if (value < 0 && time < 0) throw TableLayout.Unknown("no column is named value or timestamp");
        if (metric >= 0 && value < 0)
        {
            // timestamp, name, cpu, memory: the name is a label of a wide row.
            if (numbers.Count == 1) value = numbers[0];
            else if (numbers.Count > 1) others.Add(metric);
            if (numbers.Count > 1) metric = -1;
            others.Remove(value);
        }

        if (metric >= 0 && value < 0) throw TableLayout.Unknown("no column is named value");
        if (metric >= 0) return Narrow(time, metric, value, others);
        List<int> texts = [.. others.Except(numbers)];
        if (value >= 0 && numbers.Count == 0) return Narrow(time, -1, value, texts);
        if (value >= 0) numbers.Insert(0, value);
        return numbers.Count > 0 ? Wide(time, numbers, texts) : throw TableLayout.Unknown("no column holds numbers");
    }

    /// <summary>The layout of a table without header: metric, value, timestamp unless the content says otherwise.</summary>
    public TableLayout ByContent()
    {
        List<int> texts = Columns(Kind.Text), numbers = Columns(Kind.Number);
        int time = Columns(Kind.Time).FirstOrDefault(-1);
        if (time < 0)
        {
            List<int> likely = [.. numbers.Where(IsLikelyTime)];
            if (likely.Count == 1) time = likely[0];
            else if (numbers.Count > 1) time = texts.Count > 0 ? numbers[1] : numbers[0];
        }

        numbers.Remove(time);
        if (time < 0) throw TableLayout.Unknown("it has no header and no column with times");
        if (numbers.Count == 0) throw TableLayout.Unknown("no column holds numbers");
        return texts.Count > 0
            ? Narrow(time, texts[0], numbers[0], [.. texts.Skip(1).Concat(numbers.Skip(1)).Order()])
            : numbers.Count == 1 ? Narrow(time, -1, numbers[0], []) : Wide(time, numbers, []);
    }

    private static bool IsInput(string name) => name.Length > 0 && !TableColumns.IsTime(name) && !name.Equals(TableColumns.Truth, StringComparison.OrdinalIgnoreCase);

    private TableLayout Narrow(int time, int metric, int value, List<int> labels) => Layout(time, metric, [(value, _fileMetric)], labels, null);

    // As a wide event: system_metrics_… where the columns say so, otherwise the file's name in its place.
    private TableLayout Wide(int time, List<int> numbers, List<int> labels)
    {
        bool system = HasHeader && numbers.Any(i => s_systemMetrics.Contains(_first[i], StringComparer.OrdinalIgnoreCase));
        string metric = system ? "system_metrics" : _fileMetric;
        var names = new HashSet<string>(StringComparer.Ordinal);
        List<(int Column, string Metric)> values = [];
        foreach (int i in numbers)
        {
            string name = $"{metric}_{Name(i)}";
            values.Add((i, names.Add(name) ? name : FormattableString.Invariant($"{name}_{i + 1}")));
        }

        return Layout(time, -1, [.. values.OrderBy(v => v.Metric, StringComparer.Ordinal)], labels, values.Count > 1 ? metric : null);
    }

    private TableLayout Layout(int time, int metric, List<(int Column, string Metric)> values, List<int> labels, string? vector) => new()
    {
        Delimiter = _sample.Delimiter,
        HasHeader = HasHeader,
        Columns = _first.Length,
        Time = time,
        Metric = metric,
        Values = values,
        Truth = HasHeader ? TableColumns.Find(_first, [TableColumns.Truth]) : -1,
        Labels = [.. labels.Select(i => (i, Name(i)))],
        Vector = vector,
    };

    private string Name(int column) => HasHeader ? _first[column] : FormattableString.Invariant($"column{column + 1}");

    private List<int> Columns(Kind kind) => [.. Enumerable.Range(0, _kinds.Length).Where(i => _kinds[i] == kind)];

    // What most of the column's cells are; a stray word in a column of numbers is a bad row, not a column of texts.
    private Kind KindOf(int column) => _sample.Rows.Skip(HasHeader ? 1 : 0)
        .Select(row => column < row.Length ? KindOf(row[column]) : Kind.Missing)
        .Where(kind => kind != Kind.Missing)
        .GroupBy(kind => kind)
        .OrderByDescending(group => group.Count())
        .FirstOrDefault()?.Key ?? Kind.Missing;

    private Kind KindOf(string cell)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(cell);
        if (Cell.IsMissing(bytes)) return Kind.Missing;
        if (Cell.TryNumber(bytes, _sample.Delimiter == (byte)';', out _)) return Kind.Number;
        return EventTime.TryParse(bytes, TimePrecision.Auto, out _) ? Kind.Time : Kind.Text;
    }

    private bool IsLikelyTime(int column) => _sample.Rows.All(row => column >= row.Length
        || !EventTime.TryParse(row[column], TimePrecision.Auto, out long ms)
        || ms is >= EarliestLikelyMs and <= LatestLikelyMs);
}
