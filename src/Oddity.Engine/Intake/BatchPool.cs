using System.Collections.Concurrent;
using Oddity.Engine.Series;

namespace Oddity.Engine.Intake;

/// <summary>Batches that wait to be used again, so that a request allocates none of its columns. Thread-safe.</summary>
internal sealed class BatchPool(Router router, EngineMeter meter, Func<string, int, string?> limit)
{
    private const int MostKept = 64;
    private const int MostRowsKept = 64 << 10;

    private readonly ConcurrentQueue<Batch> _free = new();

    public EngineMeter Meter => meter;

    /// <summary>The limit that so many new series of a tenant would exceed; null for none.</summary>
    public string? Limit(string tenant, int newSeries) => limit(tenant, newSeries);

    public Batch Take(string tenant, IngestOptions options, long nowMs, long oldestMs, long newestMs)
    {
        if (!_free.TryDequeue(out Batch? batch)) batch = new();
        batch.Start(this, router, tenant, options, nowMs, oldestMs, newestMs);
        return batch;
    }

    public void Return(Batch batch)
    {
        bool large = batch.Series.Length > MostRowsKept;
        batch.Clear();
        if (_free.Count >= MostKept || large) batch.Shrink();
        if (_free.Count < MostKept) _free.Enqueue(batch);
    }
}
