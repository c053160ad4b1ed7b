using System.Text;
using System.Text.Unicode;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Files;

/// <summary>Reads the rows of a table as times, values and series, each row judged whole. The properties describe the row read last.</summary>
internal sealed class TableReader
{
    private readonly DelimitedReader _rows;
    private readonly string _tenant;
    private readonly TimePrecision _precision;
    private readonly SeriesCache _cache = new();
    private readonly List<KeyValuePair<string, string>> _labels = [];
    private bool _headerRead;

    /// <exception cref="DecodeException">The layout cannot be told.</exception>
    public TableReader(FileInput input, string fileMetric, string tenant, TimePrecision precision)
    {
        (_tenant, _precision) = (tenant, precision);
        Layout = TableLayout.Detect(TableSample.Of(input.Head, input.HeadIsAll), fileMetric);
        _rows = new DelimitedReader(input, Layout.Delimiter);
    }

    public TableLayout Layout { get; }

    /// <summary>Number of the line on which the row begins, from 1.</summary>
    public long Line => _rows.Line;

    /// <summary>The time as it stands in the file; empty without one.</summary>
    public string TimeText => Encoding.UTF8.GetString(_rows[Layout.Time]);

    /// <summary>Null if the file has no times.</summary>
    public long? TimeMs { get; private set; }

    /// <summary>A value for each of <see cref="TableLayout.Values"/>; NaN where there is none. A new array for each row.</summary>
    public double[] Values { get; private set; } = [];

    /// <summary>The truth, a number above 0 in the column for it; null if the file has none.</summary>
    public bool? Label => Layout.Truth < 0 ? null : Cell.TryNumber(_rows[Layout.Truth], Layout.DecimalComma, out double label) && label > 0;

    /// <summary>The series of the values; null in a bad row.</summary>
    public SeriesGroup? Series { get; private set; }

    /// <summary>What is wrong with the row; null if nothing is.</summary>
    public (string Code, string Detail)? Mistake { get; private set; }

    /// <summary>Series met so far.</summary>
    public int SeriesCount => _cache.KeyCount;

    /// <summary>Reads the next row, good or bad; false at the end.</summary>
    /// <exception cref="DecodeException">The file is broken from here on.</exception>
    public bool Read()
    {
        if (!_headerRead && Layout.HasHeader && !_rows.Read()) return false;
        _headerRead = true;
        if (!_rows.Read()) return false;
        (TimeMs, Series, Mistake) = (null, null, null);
        Values = new double[Layout.Values.Count];
        Array.Fill(Values, double.NaN);
        if (CheckShape() && ReadTime() && ReadValues()) Series = FindSeries();
        return true;
    }

    private bool CheckShape()
    {
        if (_rows.Mistake is { } mistake) return Bad("bad_row", mistake);
        for (int i = Layout.Columns; i < _rows.Count; i++)
        {
            if (!_rows[i].IsEmpty) return Bad("bad_row", FormattableString.Invariant($"it has {_rows.Count} fields, the first row {Layout.Columns}"));
        }

        return true;
    }

    private bool ReadTime()
    {
        if (Layout.Time < 0) return true;
        if (!EventTime.TryParse(_rows[Layout.Time], _precision, out long ms)) return Bad("bad_time", $"{Quoted(Layout.Time)} is not a Unix time or ISO 8601 date");
        TimeMs = ms;
        return true;
    }

    private bool ReadValues()
    {
        int missing = 0;
        for (int i = 0; i < Values.Length; i++)
        {
            int column = Layout.Values[i].Column;
            bool wide = Layout.Vector is not null;
            if (wide && Cell.IsMissing(_rows[column])) missing++;
            else if (Cell.TryNumber(_rows[column], Layout.DecimalComma, out double value))
            {
                if (!double.IsFinite(value)) return Bad("not_finite", $"the value must be finite, but is {Quoted(column)}");
                Values[i] = value;
            }
            else if (Cell.IsMissing(_rows[column])) return Bad("missing_field", "the value is missing");
            else return Bad("bad_value", $"the value must be a number, not {Quoted(column)}");
        }

        return missing < Values.Length || Bad("missing_field", "all values are missing");
    }

    private SeriesGroup? FindSeries()
    {
        _cache.Begin('t');
        if (Layout.Metric >= 0) _cache.Append(0, _rows[Layout.Metric]);
        foreach ((int column, _) in Layout.Labels) _cache.Append(0, _rows[column]);
        return _cache.TryGet(out SeriesGroup? group) ? group : MakeSeries();
    }

    private SeriesGroup? MakeSeries()
    {
        _labels.Clear();
        bool valid = Layout.Metric < 0 || IsText(_rows[Layout.Metric]);
        foreach ((int column, string name) in Layout.Labels)
        {
            valid &= IsText(_rows[column]);
            _labels.Add(new(name, Encoding.UTF8.GetString(_rows[column])));
        }

        if (!valid)
        {
            Bad("bad_text", "a name or label is not valid UTF-8");
            return null;
        }

        string named = Encoding.UTF8.GetString(_rows[Layout.Metric]);
        SeriesKey[] keys = [.. Layout.Values.Select(value => SeriesKey.Create(_tenant, Layout.Metric >= 0 ? named : value.Metric, _labels))];
        SeriesKey? vector = Layout.Vector is null ? null : SeriesKey.Create(_tenant, Layout.Vector, _labels);
        return _cache.Put(new(keys, [.. Enumerable.Range(0, keys.Length)], vector));
    }

    // A replacement character is what another encoding left behind when the file was converted.
    private static bool IsText(ReadOnlySpan<byte> cell) => Utf8.IsValid(cell) && cell.IndexOf("\uFFFD"u8) < 0;

    private string Quoted(int column) => InputEcho.Quote(_rows[column]);

    private bool Bad(string code, string what)
    {
        Mistake = (code, FormattableString.Invariant($"Line {Line}: {what}."));
        return false;
    }
}
