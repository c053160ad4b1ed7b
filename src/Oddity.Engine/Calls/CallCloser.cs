using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Oddity.Engine.Intake;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Calls;

/// <summary>
/// Adds intervals up once they are over: their sums enter the log as samples, like any other batch, and stay for queries. Calls that come later for an interval
/// that is over are added to its sums at once, and the new sums enter as samples of the same time. Each step can be cut short by a crash and is taken up again:
/// calls get a token first, the samples enter under it as their <c>Idempotency-Key</c>, then one transaction stores the sums and takes the calls away.
/// </summary>
public sealed class CallCloser(Pipeline pipeline, TimeProvider time, ILogger<CallCloser> log)
{
    /// <summary>For how long an operation that nothing calls any more has a rate of 0.</summary>
    private static readonly TimeSpan SilentFor = TimeSpan.FromHours(1);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CleanEvery = TimeSpan.FromMinutes(10);

    private readonly CallStore _store = pipeline.Calls;
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>When each operation was called last, by the interval; of the last hour.</summary>
    private readonly Dictionary<(string Tenant, CallKind Kind), Dictionary<(string Service, string Operation), long>> _lastCalled = [];

    private long? _silentUpToMs;
    private long _cleanedMs;

    private CallOptions Options => _store.Options;

    /// <summary>Adds up whatever is over, again and again until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        await pipeline.Recovered.WaitAsync(cancel).ConfigureAwait(false);
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await CloseAsync(cancel).ConfigureAwait(false);
            }
            catch (DiskFullException)
            {
                log.LogWarning("The disk is full: calls wait to be added up");
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                log.LogError(error, "Calls could not be added up; they wait");
            }

            await Task.Delay(Pause, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Adds up the intervals that are over now.</summary>
    public async Task CloseAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            long overMs = Options.SlotOf(nowMs - (long)Options.Grace.TotalMilliseconds); // Intervals that begin before this are over.
            foreach ((string Tenant, CallKind Kind, long SlotMs, string? Token) group in _store.Database.Read(connection => Over(connection, overMs)))
            {
                string token = group.Token ?? await MarkAsync(group.Tenant, group.Kind, group.SlotMs).ConfigureAwait(false);
                if (!await FinishAsync(group.Tenant, group.Kind, group.SlotMs, token, cancel).ConfigureAwait(false)) return;
            }

            await SayWhoIsSilentAsync(nowMs, overMs, cancel).ConfigureAwait(false);
            if (nowMs - _cleanedMs >= CleanEvery.TotalMilliseconds) await CleanAsync(nowMs).ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }

    private static List<(string, CallKind, long, string?)> Over(SqliteConnection connection, long overMs)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT DISTINCT slot_ms, tenant, kind, token FROM calls WHERE done = 0 AND slot_ms < $over ORDER BY slot_ms, tenant, kind, token DESC LIMIT 10000";
        command.Parameters.AddWithValue("$over", overMs);
        var groups = new List<(string, CallKind, long, string?)>();
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read()) groups.Add((row.GetString(1), (CallKind)row.GetInt32(2), row.GetInt64(0), row.IsDBNull(3) ? null : row.GetString(3)));
        return groups;
    }

    /// <summary>Binds the calls that are there now together.</summary>
    private Task<string> MarkAsync(string tenant, CallKind kind, long slotMs) => _store.Database.WriteAsync(statements =>
    {
        long last = (long)statements.Scalar("SELECT max(id) FROM calls WHERE tenant = ?1 AND kind = ?2 AND slot_ms = ?3 AND done = 0 AND token IS NULL", tenant, (int)kind, slotMs)!;

        // Row numbers are given again once rows are gone. What the interval added up to before is another each time, so a token never comes twice.
        byte[] before = statements.Scalar("SELECT data FROM rollups WHERE tenant = ?1 AND kind = ?2 AND slot_ms = ?3", tenant, (int)kind, slotMs) as byte[] ?? [];
        string token = FormattableString.Invariant($"calls:{(int)kind}:{slotMs}:{last}:{Convert.ToHexStringLower(SHA256.HashData(before).AsSpan(0, 8))}");
        statements.Execute("UPDATE calls SET token = ?4 WHERE tenant = ?1 AND kind = ?2 AND slot_ms = ?3 AND done = 0 AND token IS NULL", tenant, (int)kind, slotMs, token);
        return token;
    });

    /// <summary>False: the samples were not let in now; all stays as it is for the next time.</summary>
    private async Task<bool> FinishAsync(string tenant, CallKind kind, long slotMs, string token, CancellationToken cancel)
    {
        (List<Call> calls, List<Call> known, Rollup sums) = _store.Database.Read(connection => Load(connection, tenant, kind, slotMs, token));
        Rollup added = RollupBuilder.Build(calls, known);
        sums.Add(added);
        IngestBatch samples = CallSeries.Of(tenant, kind, slotMs, Options.Interval, sums, added);
        IngestResult result = await pipeline.IngestAsync(samples, new(Backfill: true, IdempotencyKey: token), cancel).ConfigureAwait(false);
        if (result.Outcome == IngestOutcome.OverLimit && result.Limit == "series") log.LogWarning("No series for the calls of {Tenant}: it has as many as it may", tenant);
        else if (result.Outcome is not (IngestOutcome.Stored or IngestOutcome.NothingAccepted)) return false;

        byte[] rollup = sums.Save();
        List<Call> kept = kind == CallKind.Span ? TraceSampling.Keep(calls, added, await SizeAsync().ConfigureAwait(false) > Options.TraceQuotaBytes / 2) : [];
        (byte[] traces, byte[] data) = (CallCodec.TracesOf(kept), CallCodec.Encode(kept));
        await _store.Database.WriteAsync(statements =>
        {
            statements.Execute("INSERT OR REPLACE INTO rollups(tenant, kind, slot_ms, data) VALUES(?1, ?2, ?3, ?4)", tenant, (int)kind, slotMs, rollup);
            statements.Execute("DELETE FROM calls WHERE tenant = ?1 AND kind = ?2 AND slot_ms = ?3 AND token = ?4", tenant, (int)kind, slotMs, token);
            if (kept.Count == 0) return;
            statements.Execute("INSERT INTO calls(tenant, kind, slot_ms, done, count, traces, data) VALUES(?1, ?2, ?3, 1, ?4, ?5, ?6)", tenant, (int)kind, slotMs, kept.Count, traces, data);
        }).ConfigureAwait(false);
        _store.Counted(calls.Count);
        Note(tenant, kind, slotMs, added);
        return true;
    }

    private (List<Call> Calls, List<Call> Known, Rollup Sums) Load(SqliteConnection connection, string tenant, CallKind kind, long slotMs, string token)
    {
        long next = slotMs + Options.IntervalMs;
        List<Call> calls = CallStore.ReadCalls(connection, tenant, kind, slotMs, next, $"token = '{token}'"); // A token has no quotes.
        List<Call> known = kind == CallKind.Span ? CallStore.ReadCalls(connection, tenant, kind, slotMs - Options.IntervalMs, next, "done = 1") : [];
        using SqliteCommand command = CallStore.Select(connection, "SELECT data FROM rollups WHERE tenant = $tenant AND kind = $kind AND slot_ms = $from", tenant, kind, slotMs, next);
        return (calls, known, command.ExecuteScalar() is byte[] data ? Rollup.Load(data) : new());
    }

    private Task<long> SizeAsync() => Task.Run(() => _store.Database.Read(connection =>
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT coalesce(sum(length(data)), 0) FROM calls WHERE done = 1";
        return (long)command.ExecuteScalar()!;
    }));

    private void Note(string tenant, CallKind kind, long slotMs, Rollup added)
    {
        if (!_lastCalled.TryGetValue((tenant, kind), out Dictionary<(string, string), long>? called)) _lastCalled.Add((tenant, kind), called = []);
        foreach ((string, string) key in added.Cells.Keys) called[key] = Math.Max(slotMs, called.GetValueOrDefault(key, long.MinValue));
    }

    /// <summary>
    /// Nothing is a figure too: the rate of an operation that was called within the hour and not in this interval is 0. Only for intervals that this process
    /// saw whole: while it was down, nobody knows.
    /// </summary>
    private async Task SayWhoIsSilentAsync(long nowMs, long overMs, CancellationToken cancel)
    {
        _silentUpToMs ??= Options.SlotOf(nowMs) + Options.IntervalMs;
        for (; _silentUpToMs < overMs; _silentUpToMs += Options.IntervalMs)
        {
            long slotMs = _silentUpToMs.Value;
            foreach (((string tenant, CallKind kind), Dictionary<(string, string), long> called) in _lastCalled)
            {
                foreach ((string, string) gone in called.Where(entry => slotMs - entry.Value > SilentFor.TotalMilliseconds).Select(entry => entry.Key).ToArray()) called.Remove(gone);
                (string, string)[] silent = [.. called.Where(entry => entry.Value < slotMs).Select(entry => entry.Key).Order()];
                if (silent.Length == 0) continue;
                string key = FormattableString.Invariant($"silent:{(int)kind}:{slotMs}");
                IngestResult result = await pipeline.IngestAsync(CallSeries.Silent(tenant, kind, slotMs, silent), new(Backfill: true, IdempotencyKey: key), cancel).ConfigureAwait(false);
                if (result.Outcome is IngestOutcome.Overloaded or IngestOutcome.DiskFull) return;
            }
        }
    }

    /// <summary>What is older than it may be goes, and the oldest traces beyond the quota.</summary>
    private async Task CleanAsync(long nowMs)
    {
        long traces = nowMs - (long)Options.KeepTraces.TotalMilliseconds, sums = nowMs - (long)_store.Retention.TotalMilliseconds;
        await _store.Database.WriteAsync(statements =>
        {
            statements.Execute("DELETE FROM rollups WHERE slot_ms < ?1", sums);
            statements.Execute("DELETE FROM calls WHERE done = 1 AND slot_ms < ?1", traces);
        }).ConfigureAwait(false);
        long size = await SizeAsync().ConfigureAwait(false);
        while (size > Options.TraceQuotaBytes)
        {
            int gone = await _store.Database.WriteAsync(statements => statements.Execute(
                "DELETE FROM calls WHERE id IN (SELECT id FROM calls WHERE done = 1 ORDER BY slot_ms, id LIMIT 20)")).ConfigureAwait(false);
            if (gone == 0) break;
            size = await SizeAsync().ConfigureAwait(false);
        }

        _cleanedMs = nowMs;
    }
}
