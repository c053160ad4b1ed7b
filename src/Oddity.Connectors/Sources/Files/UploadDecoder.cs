using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Oddity.Connectors.Sources.Events;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Sources.Files;

/// <summary>
/// Decodes an uploaded file, CSV, TSV, TXT or JSON, plain or gzip, batch by batch; see docs/sources/uploads.md. Never throws on bad input: what
/// cannot be decoded ends in <see cref="Failure"/>. A gzip in a stream that can seek is checked to its end before the first batch.
/// </summary>
/// <example><code>
/// using var upload = new UploadDecoder(file.OpenReadStream(), file.FileName, options);
/// while (upload.TryRead(out IngestBatch? batch)) …
/// if (upload.Failure is { } failure) …
/// </code></example>
public sealed class UploadDecoder : IDisposable
{
    private readonly FileInput? _input;
    private readonly IEnumerator<(int First, IngestBatch Batch)>? _batches;

    /// <param name="content">The file's bytes, read synchronously; disposed with this.</param>
    /// <param name="fileName">Its name; gives the metric its name if the file has none.</param>
    /// <param name="options">How it is read.</param>
    public UploadDecoder(Stream content, string fileName, UploadOptions options)
    {
        try
        {
            _input = new FileInput(content, options.MaxBytes, verifyFirst: true);
            string metric = TableLayout.MetricOf(fileName);
            _batches = _input.IsJson
                ? JsonFile.Split(JsonFile.Read(_input, metric, options), options.BatchRecords).GetEnumerator()
                : Batches(new TableReader(_input, metric, options.Tenant, options.Precision), options).GetEnumerator();
        }
        catch (DecodeException e)
        {
            content.Dispose();
            Failure = e.Failure;
        }
    }

    /// <summary>Why nothing more can be decoded; null while all is well. Batches read before are good.</summary>
    public DecodeFailure? Failure { get; private set; }

    /// <summary>Bytes of text read so far, after decompression.</summary>
    public long TextBytes => _input?.BytesRead ?? 0;

    /// <summary>Position in the file, from 0 and without the header, of the first record of the batch read last: to be added to the index of its errors.</summary>
    public int FirstRecord { get; private set; }

    /// <summary>Decodes a file that is in memory, as one batch; false if anything keeps it from being read to its end.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="fileName">Its name; gives the metric its name if the file has none.</param>
    /// <param name="options">How it is read; the size of batches does not apply.</param>
    /// <param name="batch">All its records; null if it cannot be read.</param>
    /// <param name="failure">Why not; null if all is well.</param>
    public static bool TryDecode(
        ReadOnlyMemory<byte> file,
        string fileName,
        UploadOptions options,
        [NotNullWhen(true)] out IngestBatch? batch,
        [NotNullWhen(false)] out DecodeFailure? failure)
    {
        MemoryMarshal.TryGetArray(file, out ArraySegment<byte> bytes);
        var content = new MemoryStream(bytes.Array ?? [], bytes.Offset, bytes.Count, writable: false);
        using var upload = new UploadDecoder(content, fileName, options with { BatchRecords = int.MaxValue });
        if (!upload.TryRead(out batch) && upload.Failure is null) batch = new IngestBatch(options.Tenant);
        failure = upload.Failure;
        return batch is not null;
    }

    /// <summary>Reads the next batch; false at the end or on <see cref="Failure"/>.</summary>
    public bool TryRead([NotNullWhen(true)] out IngestBatch? batch)
    {
        batch = null;
        if (Failure is not null) return false;
        try
        {
            if (!_batches!.MoveNext()) return false;
            (FirstRecord, batch) = _batches.Current;
            return true;
        }
        catch (DecodeException e)
        {
            Failure = e.Failure;
            return false;
        }
    }

    public void Dispose()
    {
        _batches?.Dispose();
        _input?.Dispose();
    }

    private static IEnumerable<(int First, IngestBatch Batch)> Batches(TableReader table, UploadOptions options)
    {
        int first = 0;
        var batch = new IngestBatch(options.Tenant);
        while (table.Read())
        {
            batch.NextRecord();
            Add(table, batch);
            if (EventsDecoder.LimitHit(batch, table.SeriesCount) is { } failure) throw new DecodeException(failure);
            if (Math.Max(batch.RecordCount, batch.Rows.Count) < options.BatchRecords) continue;
            yield return (first, batch);
            first += batch.RecordCount;
            batch = new IngestBatch(options.Tenant);
        }

        if (batch.RecordCount > 0) yield return (first, batch);
    }

    private static void Add(TableReader table, IngestBatch batch)
    {
        if (table.Mistake is { } mistake)
        {
            batch.Reject(mistake.Code, mistake.Detail);
            return;
        }

        (SeriesGroup series, double[] values) = (table.Series!, table.Values);
        if (series.Vector is not null && !values.Any(double.IsNaN))
        {
            batch.AddVector(series.Vector, series.Keys, table.TimeMs, values);
            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsNaN(values[i])) batch.Add(series.Keys[i], table.TimeMs, values[i]);
        }
    }
}
