using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Oddity.Engine.Alerting;

namespace Oddity.Engine.Storage;

/// <summary>
/// Lets old things go: what is older than the retention every hour, and, while the store takes more than its quota, the oldest samples whatever their age.
/// In slices, each a write of its own between those of others, so that nobody waits for long.
/// </summary>
internal sealed class Retention(EngineOptions options, Database database, EngineMeter meter, TimeProvider time, ILogger log)
{
    /// <summary>Rows a write: some milliseconds of work.</summary>
    private const int Slice = 500;

    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    // Two at once would both go on for what the other has freed already.
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Looks after the quota every minute and after the retention every hour, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        long cleaned = 0;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                if (cleaned == 0 || time.GetElapsedTime(cleaned) >= Hour)
                {
                    await CleanAsync(cancel).ConfigureAwait(false);
                    cleaned = time.GetTimestamp();
                }

                await KeepQuotaAsync(cancel).ConfigureAwait(false);
            }
            catch (Exception error) when (error is DiskFullException or OperationCanceledException or SqliteException)
            {
                if (!cancel.IsCancellationRequested) log.LogWarning(error, "Old data could not be let go of; the next try is in a minute");
            }

            await Task.Delay(Look, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Retention: what ended and was stored before then. Old data that was uploaded today stays its full time.</summary>
    public async Task CleanAsync(CancellationToken cancel)
    {
        long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds(), before = nowMs - (long)options.Retention.TotalMilliseconds;
        await DropChunksAsync("retention", $"end_ms < {before} AND stored_ms < {before}", cancel).ConfigureAwait(false);
        await InSlicesAsync($"DELETE FROM anomalies WHERE id IN (SELECT id FROM anomalies WHERE end_ms < ?1 AND stored_ms < ?1 LIMIT {Slice})", before, cancel).ConfigureAwait(false);
        await InSlicesAsync(
            $"DELETE FROM idempotency WHERE (tenant, key) IN (SELECT tenant, key FROM idempotency WHERE created_ms < ?1 LIMIT {Slice})", nowMs - 86_400_000, cancel).ConfigureAwait(false);
        await InSlicesAsync($"DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE state <> {Outbox.Waiting} AND created_ms < ?1 LIMIT {Slice})", before, cancel).ConfigureAwait(false);
    }

    /// <summary>While more is used than the quota allows, the chunks that end first go.</summary>
    public async Task KeepQuotaAsync(CancellationToken cancel)
    {
        if (options.MaxBytes == 0 || StoreBytes() <= options.MaxBytes) return;
        int dropped = await DropChunksAsync("quota", "1", cancel, () => StoreBytes() > options.MaxBytes).ConfigureAwait(false);
        if (dropped > 0) log.LogWarning("The quota of {Bytes} bytes was exceeded: the oldest {Chunks} chunks of samples were let go of", options.MaxBytes, dropped);
    }

    /// <summary>Bytes in use by the store. Pages that were freed count as free: SQLite writes them again before its file grows.</summary>
    public long StoreBytes() => database.Read(connection =>
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT (SELECT page_count FROM pragma_page_count) - (SELECT freelist_count FROM pragma_freelist_count)";
        long pages = (long)command.ExecuteScalar()!;
        command.CommandText = "SELECT page_size FROM pragma_page_size";
        return pages * (long)command.ExecuteScalar()!;
    });

    private async Task<int> DropChunksAsync(string reason, string condition, CancellationToken cancel, Func<bool>? goOn = null)
    {
        await _one.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return goOn?.Invoke() == false ? 0 : await DropSlicesAsync(reason, condition, goOn, cancel).ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<int> DropSlicesAsync(string reason, string condition, Func<bool>? goOn, CancellationToken cancel)
    {
        int all = 0, dropped;
        do
        {
            cancel.ThrowIfCancellationRequested();
            dropped = await database.WriteAsync(statements => statements.Execute(
                $"DELETE FROM chunks WHERE (series, ordinal) IN (SELECT series, ordinal FROM chunks WHERE {condition} ORDER BY end_ms LIMIT {Slice})")).ConfigureAwait(false);
            all += dropped;
            if (dropped > 0) meter.Dropped(reason, dropped);
        }
        while (dropped == Slice && goOn?.Invoke() != false);
        return all;
    }

    private async Task InSlicesAsync(string sql, long before, CancellationToken cancel)
    {
        int changed;
        do
        {
            cancel.ThrowIfCancellationRequested();
            changed = await database.WriteAsync(statements => statements.Execute(sql, before)).ConfigureAwait(false);
        }
        while (changed == Slice);
    }
}
