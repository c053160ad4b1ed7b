using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Intake;

/// <summary>
/// Which requests with an <c>Idempotency-Key</c> were stored, so that a repeat within a day is answered as the first was. The key is part of the batch's
/// record in the log; a checkpoint moves it to the store. Here are those in between and those under way. Thread-safe.
/// </summary>
internal sealed class IdempotencyKeys(Database database)
{
    private readonly ConcurrentDictionary<(string Tenant, string Key), Entry> _recent = new();

    /// <summary>
    /// Begins a request. Null: go on, and call <see cref="Stored"/> or <see cref="Failed"/>. Otherwise the answer to the first, for which this waits if it is
    /// still under way.
    /// </summary>
    public async Task<IngestResult?> BeginAsync(string tenant, string key, CancellationToken cancel)
    {
        while (true)
        {
            var own = new Entry();
            Entry entry = _recent.GetOrAdd((tenant, key), own);
            if (entry == own)
            {
                if (database.Read(connection => Find(connection, tenant, key)) is not { } known) return null;
                Forget(tenant, key, own);
                return known;
            }

            if (await entry.Result.Task.WaitAsync(cancel).ConfigureAwait(false) is { } first) return first;
        }
    }

    /// <summary>The request is on disk as the batch with this number.</summary>
    public void Stored(string tenant, string key, long sequence, long receivedMs, int accepted, int rejected)
    {
        Entry entry = _recent.GetOrAdd((tenant, key), _ => new());
        (entry.Sequence, entry.ReceivedMs) = (sequence, receivedMs);
        entry.Result.TrySetResult(new(IngestOutcome.Stored, accepted, rejected, []));
    }

    /// <summary>The request was not stored: a repeat may be.</summary>
    public void Failed(string tenant, string key)
    {
        if (_recent.TryGetValue((tenant, key), out Entry? entry)) Forget(tenant, key, entry);
    }

    /// <summary>Writes those of batches up to a number, inside the transaction that makes the log before it unnecessary.</summary>
    public void Save(StatementCache statements, long through)
    {
        foreach (((string tenant, string key), Entry entry) in _recent)
        {
            if (entry.Sequence == 0 || entry.Sequence > through) continue;
            IngestResult result = entry.Result.Task.Result!;
            statements.Execute(
                "INSERT OR REPLACE INTO idempotency(tenant, key, accepted, rejected, created_ms) VALUES(?1, ?2, ?3, ?4, ?5)",
                tenant,
                key,
                result.Accepted,
                result.Rejected,
                entry.ReceivedMs);
        }
    }

    /// <summary>Forgets here what <see cref="Save"/> wrote, once that is on disk.</summary>
    public void Saved(long through)
    {
        foreach (((string Tenant, string Key) id, Entry entry) in _recent)
        {
            if (entry.Sequence > 0 && entry.Sequence <= through) _recent.TryRemove(new(id, entry));
        }
    }

    private static IngestResult? Find(SqliteConnection connection, string tenant, string key)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT accepted, rejected FROM idempotency WHERE tenant = $tenant AND key = $key";
        command.Parameters.AddWithValue("$tenant", tenant);
        command.Parameters.AddWithValue("$key", key);
        using SqliteDataReader row = command.ExecuteReader();
        return row.Read() ? new(IngestOutcome.Stored, row.GetInt32(0), row.GetInt32(1), []) : null;
    }

    private void Forget(string tenant, string key, Entry entry)
    {
        _recent.TryRemove(new((tenant, key), entry));
        entry.Result.TrySetResult(null);
    }

    private sealed class Entry
    {
        private long _sequence;

        public TaskCompletionSource<IngestResult?> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long ReceivedMs { get; set; }

        /// <summary>0 while it is under way. Set before <see cref="Result"/>, yet read only after it is seen.</summary>
        public long Sequence
        {
            get => Result.Task.IsCompletedSuccessfully ? Interlocked.Read(ref _sequence) : 0;
            set => Interlocked.Exchange(ref _sequence, value);
        }
    }
}
