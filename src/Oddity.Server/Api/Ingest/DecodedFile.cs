using Oddity.Engine.Intake;

namespace Oddity.Server.Api.Ingest;

/// <summary>What a file holds, or why nothing in it can be read.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Batch">Its records; null if nothing can be read.</param>
/// <param name="Error">Why not; null if <paramref name="Batch"/> is there.</param>
internal sealed record DecodedFile(string Name, IngestBatch? Batch, IngestError? Error)
{
    /// <summary>One batch of the records of all files that can be read, in order.</summary>
    public static IngestBatch Join(string tenant, IReadOnlyList<DecodedFile> files)
    {
        if (files is [{ Batch: { } only }]) return only;
        var all = new IngestBatch(tenant);
        foreach (IngestBatch batch in files.Select(file => file.Batch).OfType<IngestBatch>())
        {
            int first = all.RecordCount;
            for (int i = 0; i < batch.RecordCount; i++) all.NextRecord();
            all.Calls.AddRange(batch.Calls.Select(call => (first + call.Record, call.Call)));
            all.Rows.AddRange(batch.Rows.Select(row => row with { Record = first + row.Record }));
            all.Vectors.AddRange(batch.Vectors.Select(vector => vector with { Record = first + vector.Record }));
            all.Errors.AddRange(batch.Errors.Select(error => error with { Index = first + error.Index }));
        }

        return all;
    }
}
