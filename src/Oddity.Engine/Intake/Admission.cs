using System.Text;
using Oddity.Engine.Series;

namespace Oddity.Engine.Intake;

/// <summary>Sorts one batch into what may enter and what may not: a record is good when all its samples are.</summary>
internal sealed class Admission
{
    private const int MaxNameBytes = 256;
    private const int MaxLabelValueBytes = 2048;
    private const int MaxLabels = 40;

    private readonly IngestBatch _batch;
    private readonly bool[] _bad;
    private readonly List<IngestError> _errors = [];
    private readonly Dictionary<SeriesKey, int> _keys = [];

    public Admission(IngestBatch batch, IngestOptions wanted, long nowMs, EngineOptions options)
    {
        _batch = batch;
        _bad = new bool[batch.RecordCount];
        foreach (IngestError error in batch.Errors) Reject(error);
        long oldest = wanted.Backfill ? long.MinValue : nowMs - (long)options.Retention.TotalMilliseconds;
        long newest = wanted.Backfill ? long.MaxValue : nowMs + (long)options.MaxAhead.TotalMilliseconds;
        foreach (IngestBatch.Row row in batch.Rows)
        {
            if (_bad[row.Record]) continue;
            if (Mistake(row, oldest, newest) is { } mistake) Reject(new(row.Record, mistake.Code, mistake.Detail));
        }

        _errors.Sort((a, b) => a.Index.CompareTo(b.Index));
    }

    /// <summary>One reason a bad record, in record order.</summary>
    public IReadOnlyList<IngestError> Errors => _errors;

    public int Rejected => _errors.Count;

    /// <summary>What may enter, with the time of arrival where a record has none.</summary>
    public LoggedBatch Accepted(long nowMs)
    {
        _keys.Clear();
        var rows = new List<LoggedBatch.Row>(_batch.Rows.Count);
        foreach (IngestBatch.Row row in _batch.Rows)
        {
            if (!_bad[row.Record]) rows.Add(new(Index(row.Series), row.TimeMs ?? nowMs, row.Value));
        }

        var vectors = new List<LoggedBatch.VectorRow>(_batch.Vectors.Count);
        foreach (IngestBatch.VectorRow vector in _batch.Vectors)
        {
            if (_bad[vector.Record] || vector.Dimensions.Length == 0) continue;
            vectors.Add(new(Index(vector.Vector), Array.ConvertAll(vector.Dimensions, Index), vector.TimeMs ?? nowMs, vector.Values));
        }

        return new() { Tenant = _batch.Tenant, ReceivedMs = nowMs, Keys = [.. _keys.Keys], Rows = [.. rows], Vectors = [.. vectors] };
    }

    private (string Code, string Detail)? Mistake(in IngestBatch.Row row, long oldest, long newest)
    {
        if (!double.IsFinite(row.Value)) return ("not_finite", "The value is not a finite number.");
        if (row.TimeMs < oldest) return ("too_old", "The time is older than the retention; add ?backfill=true to store it anyway.");
        if (row.TimeMs > newest) return ("too_new", "The time is too far ahead of the server's clock; add ?backfill=true to store it anyway.");

        // A key is checked when the batch first uses it.
        if (!_keys.TryAdd(row.Series, 0)) return null;
        (string, string)? mistake = NameMistake(row.Series);
        if (mistake is not null) _keys.Remove(row.Series);
        return mistake;
    }

    private static (string Code, string Detail)? NameMistake(SeriesKey key)
    {
        if (!IsName(key.Metric)) return ("bad_name", $"A metric name has 1 to {MaxNameBytes} bytes and no control characters.");
        if (key.Labels.Count > MaxLabels) return ("too_many_labels", $"A series has at most {MaxLabels} labels.");
        foreach ((string name, string value) in key.Labels)
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

    private int Index(SeriesKey key)
    {
        if (_keys.TryGetValue(key, out int index)) return index;
        _keys.Add(key, index = _keys.Count);
        return index;
    }

    private void Reject(IngestError error)
    {
        if (_bad[error.Index]) return;
        _bad[error.Index] = true;
        _errors.Add(error);
    }
}
