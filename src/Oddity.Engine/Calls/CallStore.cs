using Microsoft.Data.Sqlite;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Calls;

/// <summary>
/// Where calls wait for the end of their interval, on disk before they are acknowledged; what an interval added up to; and the spans of kept traces.
/// A call is in one place at a time: the transaction that adds an interval up takes its calls away. Thread-safe. See docs/decisions/0011-calls.md.
/// </summary>
public sealed class CallStore
{
    /// <summary>Oldest and newest time that is stored: what a sample's time may be, so that slots never overflow.</summary>
    private const long OldestMs = -62_135_596_800_000, NewestMs = 253_402_300_799_999;

    private readonly EngineOptions _engine;
    private readonly TimeProvider _time;
    private readonly CallNames _names = new();
    private long _waiting;

    internal CallStore(Database database, EngineOptions engine, TimeProvider time)
    {
        (Database, _engine, _time) = (database, engine, time);
        Database.Read(Remember);
    }

    internal Database Database { get; }

    public CallOptions Options => _engine.Calls;

    /// <summary>How long the sums of intervals are kept: as long as samples.</summary>
    internal TimeSpan Retention => _engine.Retention;

    /// <summary>Calls that wait.</summary>
    public long Waiting => Interlocked.Read(ref _waiting);

    /// <summary>What is wrong with the time of a call, as for samples; null if nothing is.</summary>
    public (string Code, string Detail)? TimeMistake(long ms, bool backfill)
    {
        if (ms is < OldestMs or > NewestMs) return ("bad_time", "The time is beyond the years 1 to 9999.");
        if (backfill) return null;
        long nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        if (ms < nowMs - (long)_engine.Retention.TotalMilliseconds) return ("too_old", "It is older than what is kept. Send it with ?backfill=true.");
        return ms > nowMs + (long)_engine.MaxAhead.TotalMilliseconds ? ("too_new", $"It lies more than {_engine.MaxAhead.TotalMinutes:0} minutes ahead.") : null;
    }

    /// <summary>Stores calls. False: too many wait, nothing was stored. Returns when they are on disk.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="kind">Where they come from.</param>
    /// <param name="calls">The calls.</param>
    /// <param name="key">The request's <c>Idempotency-Key</c>: what was stored under it already is not stored again; null for none.</param>
    /// <param name="cancel">Gives up waiting.</param>
    /// <exception cref="DiskFullException">The disk is full; nothing was stored.</exception>
    public async Task<bool> AppendAsync(string tenant, CallKind kind, IReadOnlyList<Call> calls, string? key, CancellationToken cancel)
    {
        if (calls.Count == 0) return true;
        if (Waiting + calls.Count > Options.MaxWaiting && Waiting > 0) return false;
        (long Slot, int Count, byte[] Traces, byte[] Data)[] blocks =
        [
            .. calls.Select(call => _names.Bound(tenant, kind, call)).GroupBy(call => Options.SlotOf(call.TimeMs)).OrderBy(slot => slot.Key)
                .Select(slot => (slot.Key, slot.Count(), CallCodec.TracesOf(slot), CallCodec.Encode([.. slot]))),
        ];
        long nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        bool stored = await Database.WriteAsync(statements =>
        {
            if (key is not null && statements.Execute(
                "INSERT OR IGNORE INTO idempotency(tenant, key, accepted, rejected, created_ms) VALUES(?1, ?2, ?3, 0, ?4)", tenant, $"calls {(int)kind} {key}", calls.Count, nowMs) == 0) return false;
            foreach ((long slot, int count, byte[] traces, byte[] data) in blocks)
            {
                statements.Execute(
                    "INSERT INTO calls(tenant, kind, slot_ms, count, traces, data) VALUES(?1, ?2, ?3, ?4, ?5, ?6)", tenant, (int)kind, slot, count, traces, data);
            }

            return true;
        }).WaitAsync(cancel).ConfigureAwait(false);
        if (stored) Interlocked.Add(ref _waiting, calls.Count);
        return true;
    }

    /// <summary>So many wait no longer.</summary>
    internal void Counted(long calls) => Interlocked.Add(ref _waiting, -calls);

    /// <summary>The sums of each interval that begins in [fromMs, toMs), with those of calls that still wait.</summary>
    internal SortedDictionary<long, Rollup> Slots(string tenant, CallKind kind, long fromMs, long toMs) => Database.Read(connection =>
    {
        // One view of both places, so that a call which moves from one to the other meanwhile counts once.
        using SqliteTransaction view = connection.BeginTransaction(deferred: true);
        var slots = new SortedDictionary<long, Rollup>();
        using (SqliteCommand command = Select(connection, "SELECT slot_ms, data FROM rollups WHERE tenant = $tenant AND kind = $kind AND slot_ms >= $from AND slot_ms < $to", tenant, kind, fromMs, toMs))
        using (SqliteDataReader row = command.ExecuteReader())
        {
            while (row.Read()) slots.Add(row.GetInt64(0), Rollup.Load((byte[])row[1]));
        }

        foreach (IGrouping<long, Call> waiting in ReadCalls(connection, tenant, kind, fromMs, toMs, "done = 0").GroupBy(call => Options.SlotOf(call.TimeMs)))
        {
            if (!slots.TryGetValue(waiting.Key, out Rollup? sums)) slots.Add(waiting.Key, sums = new());
            sums.Add(RollupBuilder.Build([.. waiting], []));
        }

        return slots;
    });

    /// <summary>Calls stored one by one in the intervals that begin in [fromMs, toMs).</summary>
    internal static List<Call> ReadCalls(SqliteConnection connection, string tenant, CallKind kind, long fromMs, long toMs, string where)
    {
        using SqliteCommand command = Select(
            connection, $"SELECT data FROM calls WHERE tenant = $tenant AND kind = $kind AND slot_ms >= $from AND slot_ms < $to AND {where} ORDER BY id", tenant, kind, fromMs, toMs);
        var calls = new List<Call>();
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read()) calls.AddRange(CallCodec.Decode((byte[])row[0]));
        return calls;
    }

    internal static SqliteCommand Select(SqliteConnection connection, string sql, string tenant, CallKind kind, long fromMs, long toMs)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$tenant", tenant);
        command.Parameters.AddWithValue("$kind", (int)kind);
        command.Parameters.AddWithValue("$from", fromMs);
        command.Parameters.AddWithValue("$to", toMs);
        return command;
    }

    /// <summary>Which names there were in the last day, and how many calls wait.</summary>
    private bool Remember(SqliteConnection connection)
    {
        long sinceMs = (_time.GetUtcNow() - TimeSpan.FromDays(1)).ToUnixTimeMilliseconds();
        using (SqliteCommand command = connection.CreateCommand())
        {
            command.CommandText = "SELECT tenant, kind, data FROM rollups WHERE slot_ms >= $since ORDER BY slot_ms";
            command.Parameters.AddWithValue("$since", sinceMs);
            using SqliteDataReader row = command.ExecuteReader();
            while (row.Read())
            {
                foreach ((string service, string operation) in Rollup.Load((byte[])row[2]).Cells.Keys)
                    _names.Bound(row.GetString(0), (CallKind)row.GetInt32(1), new(service, operation, 0, 0, false));
            }
        }

        using SqliteCommand count = connection.CreateCommand();
        count.CommandText = "SELECT coalesce(sum(count), 0) FROM calls WHERE done = 0";
        _waiting = (long)count.ExecuteScalar()!;
        return true;
    }
}
