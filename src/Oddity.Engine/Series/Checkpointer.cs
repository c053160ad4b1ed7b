using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Chunks;
using Oddity.Engine.Intake;
using Oddity.Engine.Storage;
using Oddity.Engine.Storage.Log;

namespace Oddity.Engine.Series;

/// <summary>
/// Makes restarts short: at a point of the log that all shards agree on, the state that changed, the chunks that filled up and "applied up to N" go to
/// the store in one transaction, after the anomalies found up to there; then the log up to N is no longer needed.
/// </summary>
internal sealed class Checkpointer(
    EngineOptions options, Database database, SegmentLog segments, IdempotencyKeys keys, SourcePositions positions, Router router, AnomalySink sink, EngineMeter meter,
    TimeProvider time, ILogger log)
{
    /// <summary>Series that a shard writes down at a time: well under a millisecond's work for most detectors.</summary>
    private const int SliceSize = 128;

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Called after each checkpoint: the store has what has not changed since.</summary>
    public Func<Task>? Stored { get; set; }

    /// <summary>Loads the last checkpoint into the router and returns the sequence number it was made at.</summary>
    public long Load(IReadOnlyList<Shard> shards)
    {
        List<(Watched Watched, string Reason)> cold = database.Read(LoadSeries);
        positions.Load();
        if (database.Read(HasOldLog)) throw new InvalidDataException("The database holds a log of an early version. Start and stop that version once, then this one.");
        router.Restore(new Listening(database.Read(connection => Meta(connection, "listening_at")), database.Read(connection => Meta(connection, "listening_steps"))));
        if (cold.Count > 0)
        {
            foreach (IGrouping<string, string> some in cold.GroupBy(one => one.Reason, one => one.Watched.Key.Text))
            {
                log.LogWarning("{Count} detectors start afresh, {Series} first: {Reason}", some.Count(), some.First(), some.Key);
            }

            database.WriteAsync(statements => cold.ForEach(one => RestartTable.Add(statements, one.Watched))).GetAwaiter().GetResult();
        }

        log.LogInformation("{Series} series loaded, {Shards} shards", router.TotalSeries, shards.Count);
        return database.Read(connection => Meta(connection, "applied"));
    }

    public async Task CheckpointAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            long begun = time.GetTimestamp();
            (long sequence, Cut[] cuts) = await router.BarrierAsync(shard => new Cut(shard, sink)).ConfigureAwait(false);
            try
            {
                await Task.WhenAll(cuts.Select(SaveAsync)).ConfigureAwait(false);
                await sink.FlushAsync().ConfigureAwait(false);
                await database.WriteAsync(statements => Write(statements, sequence, cuts)).ConfigureAwait(false);
            }
            catch
            {
                await Task.WhenAll(cuts.Select(cut => cut.Shard.AskAsync(() => cut.Undo()))).ConfigureAwait(false);
                throw;
            }

            keys.Saved(sequence);
            positions.Saved();
            segments.Forget(sequence);
            await Task.WhenAll(cuts.Select(cut => cut.Shard.AskAsync(() => cut.Done()))).ConfigureAwait(false);
            if (Stored is not null) await Stored().ConfigureAwait(false);
            meter.Checkpointed(time.GetElapsedTime(begun));
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Checkpoints every interval, less often when they take long, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        TimeSpan wait = options.CheckpointInterval;
        while (!cancel.IsCancellationRequested)
        {
            await Task.Delay(wait, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancel.IsCancellationRequested) return;
            long begun = time.GetTimestamp();
            try
            {
                await CheckpointAsync(cancel).ConfigureAwait(false);
            }
            catch (DiskFullException)
            {
                log.LogWarning("The disk is full: no checkpoint; the log keeps what was acknowledged");
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception error)
            {
                log.LogError(error, "No checkpoint; the log keeps what was acknowledged");
            }

            TimeSpan took = time.GetElapsedTime(begun);
            wait = took * 10 > options.CheckpointInterval ? took * 10 : options.CheckpointInterval;
        }
    }

    /// <summary>Logs were rows of the database once.</summary>
    private static bool HasOldLog(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT EXISTS(SELECT 1 FROM log)";
        return command.ExecuteScalar() is 1L;
    }

    private static long Meta(SqliteConnection connection, string key)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT value FROM meta WHERE key = $key";
        command.Parameters.AddWithValue("$key", key);
        return command.ExecuteScalar() as long? ?? 0;
    }

    private List<(Watched Watched, string Reason)> LoadSeries(SqliteConnection connection)
    {
        var cold = new List<(Watched, string)>();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT id, tenant, CAST(key AS BLOB), kind, state FROM series";
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            string tenant = row.GetString(1);
            if (tenant == SeriesKey.DefaultTenant) tenant = SeriesKey.DefaultTenant;
            if (!SeriesKey.TryParse(tenant, (byte[])row[2], out SeriesKey key)) throw new InvalidDataException("A series key in the store cannot be read.");
            Watched watched = router.Create(row.GetInt32(0), key, row.GetInt32(3), []);
            if (watched.Load(new((byte[])row[4])) is { } reason) cold.Add((watched, reason));
            watched.Stored = true;
            router.Restore(watched);
            router.OwnerOf(key).Own(watched);
        }

        return cold;
    }

    /// <summary>A slice at a time, before what waits, so that nothing waits for long.</summary>
    private static async Task SaveAsync(Cut cut)
    {
        while (!await cut.Shard.AskAsync(() => cut.SaveSome(SliceSize)).ConfigureAwait(false))
        {
        }
    }

    private void Write(StatementCache statements, long sequence, Cut[] cuts)
    {
        long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (Cut cut in cuts)
        {
            foreach ((SeriesState series, SealedChunk chunk) in cut.Chunks)
            {
                statements.Execute(
                    "INSERT OR REPLACE INTO chunks(series, ordinal, start_ms, end_ms, stored_ms, data) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                    series.Id,
                    chunk.Ordinal,
                    chunk.StartMs,
                    chunk.EndMs,
                    nowMs,
                    chunk.Data);
            }

            foreach ((Watched watched, byte[] state) in cut.States)
            {
                if (watched.Stored)
                {
                    statements.Execute("UPDATE series SET state = ?2 WHERE id = ?1", watched.Id, state);
                    continue;
                }

                statements.Execute(
                    "INSERT INTO series(id, tenant, key, kind, state) VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(id) DO UPDATE SET state = ?5",
                    watched.Id,
                    watched.Key.Tenant,
                    watched.Key.Text,
                    watched.Kind,
                    state);
            }
        }

        foreach (int id in cuts.SelectMany(cut => cut.Gone))
        {
            statements.Execute("DELETE FROM series WHERE id = ?1", id);
            statements.Execute("DELETE FROM chunks WHERE series = ?1", id);
            statements.Execute("DELETE FROM restarts WHERE series = ?1", id);
        }

        statements.Execute("INSERT OR REPLACE INTO meta(key, value) VALUES('applied', ?1)", sequence);
        statements.Execute("INSERT OR REPLACE INTO meta(key, value) VALUES('listening_at', ?1), ('listening_steps', ?2)", cuts[0].Listening.At, cuts[0].Listening.Steps);
        keys.Save(statements, sequence);
        positions.Save(statements);
    }
}
