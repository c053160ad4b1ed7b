using System.Diagnostics.CodeAnalysis;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Sources.Files;

/// <summary>
/// Reads a file row by row for scoring: one row out for each row in, good or bad, in the order of the file. Understands what
/// <see cref="UploadDecoder"/> does; a column <c>label</c> is no value, but told with each row. Tables are streamed, JSON is held in memory.
/// </summary>
public sealed class SeriesFile : IDisposable
{
    private readonly FileInput _input;
    private readonly IEnumerator<SeriesRow> _rows;

    private SeriesFile(FileInput input, string fileName, TimePrecision precision)
    {
        _input = input;
        string metric = TableLayout.MetricOf(fileName);
        if (input.IsJson)
        {
            List<string> times = [];
            IngestBatch batch = JsonFile.Read(input, metric, new UploadOptions { Precision = precision }, times);
            IsVector = batch.Vectors.Count > 0;
            _rows = JsonRows(batch, times).GetEnumerator();
        }
        else
        {
            var table = new TableReader(input, metric, new UploadOptions().Tenant, precision);
            IsVector = table.Layout.Vector is not null;
            IsLabelled = table.Layout.Truth >= 0;
            _rows = TableRows(table).GetEnumerator();
        }
    }

    /// <summary>The rows hold several values, measured together. Otherwise each holds one; they need not all be of one series.</summary>
    public bool IsVector { get; }

    /// <summary>There is a column <c>label</c>.</summary>
    public bool IsLabelled { get; }

    /// <summary>Why reading ended early; null if it did not.</summary>
    public DecodeFailure? Failure { get; private set; }

    /// <summary>Opens a file; false if nothing of it can be decoded.</summary>
    /// <param name="content">Its bytes; disposed with the file, or at once if this returns false.</param>
    /// <param name="fileName">Its name; gives the metric its name if the file has none.</param>
    /// <param name="file">The opened file; null if it could not be.</param>
    /// <param name="failure">Why not; null if all is well.</param>
    /// <param name="precision">The unit of times given as numbers.</param>
    public static bool TryOpen(
        Stream content,
        string fileName,
        [NotNullWhen(true)] out SeriesFile? file,
        [NotNullWhen(false)] out DecodeFailure? failure,
        TimePrecision precision = TimePrecision.Auto)
    {
        (file, failure) = (null, null);
        try
        {
            file = new SeriesFile(new FileInput(content, long.MaxValue, verifyFirst: false), fileName, precision);
            return true;
        }
        catch (DecodeException e)
        {
            content.Dispose();
            failure = e.Failure;
            return false;
        }
    }

    /// <summary>Reads the next row; false at the end or on <see cref="Failure"/>.</summary>
    public bool TryRead([NotNullWhen(true)] out SeriesRow? row)
    {
        row = null;
        if (Failure is not null) return false;
        try
        {
            if (_rows.MoveNext()) row = _rows.Current;
            return row is not null;
        }
        catch (DecodeException e)
        {
            Failure = e.Failure;
            return false;
        }
    }

    public void Dispose()
    {
        _rows.Dispose();
        _input.Dispose();
    }

    private static IEnumerable<SeriesRow> TableRows(TableReader table)
    {
        while (table.Read())
        {
            yield return new(table.TimeText, table.TimeMs, table.Series?.Vector ?? table.Series?.Keys[0], table.Values, table.Mistake?.Detail, table.Label)
            {
                Dimensions = table.Series?.Vector is null ? null : table.Series.Keys,
            };
        }
    }

    // A record is a row of its vector, or of each of its samples, or a bad row.
    private static IEnumerable<SeriesRow> JsonRows(IngestBatch batch, List<string> times)
    {
        (int row, int vector, int error) = (0, 0, 0);
        for (int record = 0; record < batch.RecordCount; record++)
        {
            bool isVector = vector < batch.Vectors.Count && batch.Vectors[vector].Record == record;
            if (isVector)
            {
                yield return new(times[record], batch.Vectors[vector].TimeMs, batch.Vectors[vector].Vector, batch.Vectors[vector].Values, null) { Dimensions = batch.Vectors[vector].Dimensions };
                vector++;
            }

            for (; row < batch.Rows.Count && batch.Rows[row].Record == record; row++)
            {
                if (!isVector) yield return new(times[record], batch.Rows[row].TimeMs, batch.Rows[row].Series, [batch.Rows[row].Value], null);
            }

            if (error < batch.Errors.Count && batch.Errors[error].Index == record) yield return new(times[record], null, null, [double.NaN], batch.Errors[error++].Detail);
        }
    }
}
