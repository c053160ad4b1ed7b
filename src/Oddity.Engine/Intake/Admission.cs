using Oddity.Engine.Series;

namespace Oddity.Engine.Intake;

/// <summary>Sorts a batch of records into what may enter and what may not: a record is good when all its samples are.</summary>
internal sealed class Admission
{
    private readonly IngestBatch _from;
    private readonly bool[] _bad;
    private readonly List<IngestError> _errors = [];

    /// <param name="from">What a source decoded.</param>
    /// <param name="into">Knows the times that may enter, and the series.</param>
    /// <param name="router">Whose series' names are fine.</param>
    public Admission(IngestBatch from, Batch into, Router router)
    {
        _from = from;
        _bad = new bool[from.RecordCount];
        foreach (IngestError error in from.Errors) Reject(error);
        SeriesKey? last = null;
        HashSet<SeriesKey>? fine = null;
        foreach (IngestBatch.Row row in from.Rows)
        {
            if (_bad[row.Record]) continue;
            (string code, string detail) = double.IsNaN(row.Value) ? ("not_finite", "The value is not a finite number.") : into.Mistake(row.TimeMs, row.Value);
            if (code.Length == 0 && !ReferenceEquals(row.Series, last) && router.Find(row.Series) is null && (fine ??= []).Add(row.Series))
            {
                (code, detail) = Names.Mistake(row.Series) ?? ("", "");
                if (code.Length > 0) fine.Remove(row.Series);
            }

            if (code.Length > 0) Reject(new(row.Record, code, detail));
            else last = row.Series;
        }

        _errors.Sort((a, b) => a.Index.CompareTo(b.Index));
    }

    /// <summary>One reason a bad record, in record order.</summary>
    public IReadOnlyList<IngestError> Errors => _errors;

    /// <summary>Puts what may enter into the batch, with the time of arrival where a record has none, and counts the rest.</summary>
    public void Fill(Batch into)
    {
        into.RecordCount = _from.RecordCount;
        foreach (IngestError error in _errors) into.Reject(error);
        if (into.Options.Atomic && _errors.Count > 0) return;
        (SeriesKey? last, SeriesState? series) = (null, null);
        foreach (IngestBatch.Row row in _from.Rows)
        {
            if (_bad[row.Record]) continue;
            if (!ReferenceEquals(row.Series, last)) (last, series) = (row.Series, into.SeriesOf(row.Series));
            if (series is null) return;
            into.Put(series, row.TimeMs ?? into.ReceivedMs, row.Value);
        }

        foreach (IngestBatch.VectorRow row in _from.Vectors)
        {
            if (_bad[row.Record] || row.Dimensions.Length == 0) continue;
            SeriesState?[] dimensions = Array.ConvertAll(row.Dimensions, into.SeriesOf);
            if (into.VectorOf(row.Vector, row.Dimensions) is not { } vector || Array.Exists(dimensions, dimension => dimension is null)) return;
            into.Vectors.Add(new(vector, dimensions!, row.TimeMs ?? into.ReceivedMs, row.Values));
        }
    }

    private void Reject(IngestError error)
    {
        if (_bad[error.Index]) return;
        _bad[error.Index] = true;
        _errors.Add(error);
    }
}
