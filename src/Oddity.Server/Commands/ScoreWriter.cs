using System.Globalization;
using System.Text;
using Oddity.Connectors.Sources.Files;
using Oddity.Detection;

namespace Oddity.Server.Commands;

/// <summary>
/// The CSV of `oddity score`: <c>timestamp,value,expected,lower,upper,severity,anomaly_score,is_anomaly,reason</c>. Times as they stand in the input;
/// numbers in the shortest form that reads back to the same bits; empty where there is none, such as the end of an open band.
/// </summary>
internal sealed class ScoreWriter : IScoredRows, IDisposable
{
    private readonly StreamWriter _out;
    private readonly char[] _number = new char[32];

    public ScoreWriter(string path)
    {
        _out = new(path, false, new UTF8Encoding(false), 1 << 16) { NewLine = "\n" };
        _out.WriteLine("timestamp,value,expected,lower,upper,severity,anomaly_score,is_anomaly,reason");
    }

    public void Write(SeriesRow row, double value, in Score score, bool odd, int? dimension)
    {
        WriteText(row.TimeText);
        WriteNumber(value);
        WriteNumber(score.Expected);
        WriteNumber(score.Lower);
        WriteNumber(score.Upper);
        WriteNumber(score.Severity);
        WriteNumber(score.Value);
        _out.Write(odd ? ",1," : ",0,");
        if (odd) WriteText(Reason(value, score, dimension is { } column ? Column(row, column) : null));
        _out.Write('\n');
    }

    public void WriteUnwatched(SeriesRow row) => WriteSilent(row, "");

    public void WriteBad(SeriesRow row) => WriteSilent(row, row.Mistake ?? "no value");

    public void Dispose() => _out.Dispose();

    /// <summary>The column's own name, without the file's before it.</summary>
    private static string Column(SeriesRow row, int column)
    {
        if (row.Dimensions?[column] is not { } key) return FormattableString.Invariant($"value {column + 1}");
        string prefix = $"{row.Series?.Metric}_";
        return key.Metric.StartsWith(prefix, StringComparison.Ordinal) ? key.Metric[prefix.Length..] : key.Metric;
    }

    private static string Reason(double value, in Score score, string? column)
    {
        double change = value - score.Expected;
        string side = change < 0 ? "below" : "above";
        string where = column is null ? "" : $" in {column}";
        return FormattableString.Invariant($"{score.Term}{where}: {Math.Abs(change):G4} {side} the expected {score.Expected:G6}");
    }

    private void WriteSilent(SeriesRow row, string reason)
    {
        WriteText(row.TimeText);
        WriteNumber(row.Values.Length > 0 ? row.Values[0] : double.NaN);
        _out.Write(",,,,0,0,0,");
        WriteText(reason);
        _out.Write('\n');
    }

    private void WriteNumber(double value)
    {
        _out.Write(',');
        if (double.IsFinite(value) && value.TryFormat(_number, out int length, "R", CultureInfo.InvariantCulture)) _out.Write(_number, 0, length);
    }

    private void WriteText(string text)
    {
        if (text.AsSpan().IndexOfAny(",\"\r\n") < 0) _out.Write(text);
        else _out.Write($"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
    }
}
