using Oddity.Engine.Cost;

namespace Oddity.Engine;

/// <summary>What those who run it ask of the engine.</summary>
public sealed partial class Pipeline
{
    /// <summary>True since a write found the disk full and until one succeeds while there is room again: reading goes on, nothing is taken in.</summary>
    public bool IsReadOnly => _segments.IsFull || Database.IsFull;

    /// <summary>Bytes in use by the store; the log beside it not counted.</summary>
    public long StoreBytes => _retention.StoreBytes();

    /// <summary>Series whose state is on disk alone, because nothing was sent to them for long.</summary>
    public int AsleepSeries => _idle.Count;

    /// <summary>What the series of a tenant cost: a page of them, the largest first, and all detectors.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="order">By what they are ordered.</param>
    /// <param name="offset">How many to pass over.</param>
    /// <param name="limit">Most to return.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<CostReport> CostAsync(string tenant, CostOrder order, int offset, int limit, CancellationToken cancel)
    {
        await Recovered.WaitAsync(cancel).ConfigureAwait(false);
        return await Task.Run(() => new CostTable(Database, _router, _meter).Of(tenant, order, offset, limit), cancel).ConfigureAwait(false);
    }

    /// <summary>Lets go of what is older than the retention or beyond the quota, now. For tests; it happens by itself.</summary>
    internal async Task CleanAsync(CancellationToken cancel)
    {
        await _retention.CleanAsync(cancel).ConfigureAwait(false);
        await _retention.KeepQuotaAsync(cancel).ConfigureAwait(false);
    }
}
