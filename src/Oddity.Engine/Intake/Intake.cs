using Microsoft.Extensions.Logging;
using Oddity.Engine.Series;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Intake;

/// <summary>The one gate behind every source: names, values and times, limits, then the log. What it lets in is on disk before it answers.</summary>
internal sealed class Intake(EngineOptions options, Database database, Router router, EngineMeter meter, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan BusyRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LimitRetry = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FullRetry = TimeSpan.FromSeconds(10);

    private volatile bool _open;
    private long _sequence;
    private long _writing;

    /// <summary>Begins to let batches in, after recovery.</summary>
    public void Open(long lastSequence) => (_sequence, _open) = (lastSequence, true);

    /// <summary>Lets nothing more in.</summary>
    public void Close() => _open = false;

    /// <summary>What is wrong with a batch's records, one reason each, without letting anything in.</summary>
    public IReadOnlyList<IngestError> Check(IngestBatch batch, IngestOptions wanted) =>
        new Admission(batch, wanted, time.GetUtcNow().ToUnixTimeMilliseconds(), options).Errors;

    public async Task<IngestResult> IngestAsync(IngestBatch batch, IngestOptions wanted, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (!_open) return Refused(batch, IngestOutcome.Overloaded, "recovery", BusyRetry);
        if (Interlocked.Read(ref _writing) + router.QueuedBytes > options.MaxQueuedBytes) return Refused(batch, IngestOutcome.Overloaded, "queue", BusyRetry);

        long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var admission = new Admission(batch, wanted, nowMs, options);
        IReadOnlyList<IngestError> errors = admission.Errors;
        int accepted = batch.RecordCount - admission.Rejected;
        foreach (IngestError error in errors) meter.Rejected(error.Code);
        IReadOnlyList<IngestError> shown = errors.Count <= 10 ? errors : [.. errors.Take(10)];
        if (wanted.Atomic && admission.Rejected > 0) return new(IngestOutcome.AtomicRefused, 0, batch.RecordCount, shown);
        if (accepted == 0) return new(batch.RecordCount == 0 ? IngestOutcome.Stored : IngestOutcome.NothingAccepted, 0, admission.Rejected, shown);

        LoggedBatch logged = admission.Accepted(nowMs);
        int newSeries = logged.Keys.Count(key => !router.Knows(key));
        if (newSeries > 0 && router.CountSeries(batch.Tenant) + newSeries > options.MaxSeriesPerTenant)
        {
            return Refused(batch, IngestOutcome.OverLimit, "series", LimitRetry);
        }

        try
        {
            return await AppendAsync(logged, accepted, admission.Rejected, shown, wanted).ConfigureAwait(false);
        }
        catch (DiskFullException)
        {
            return Refused(batch, IngestOutcome.DiskFull, "disk", FullRetry);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            log.LogError(error, "A batch could not be written");
            return Refused(batch, IngestOutcome.Overloaded, "store", BusyRetry);
        }
    }

    private async Task<IngestResult> AppendAsync(LoggedBatch logged, int accepted, int rejected, IReadOnlyList<IngestError> errors, IngestOptions wanted)
    {
        byte[] payload = logged.Encode();
        logged.Size = payload.Length;
        long begun = time.GetTimestamp();
        Interlocked.Add(ref _writing, logged.Size);
        try
        {
            IngestResult? earlier = await WriteAsync(logged, payload, accepted, rejected, wanted).ConfigureAwait(false);
            if (earlier is not null) return earlier;
            meter.Committed(time.GetElapsedTime(begun), logged.Rows.Length);
            return new(IngestOutcome.Stored, accepted, rejected, errors);
        }
        finally
        {
            Interlocked.Add(ref _writing, -logged.Size);
        }
    }

    /// <summary>Null once the batch is on disk; the answer to the first if it is a repeat.</summary>
    private Task<IngestResult?> WriteAsync(LoggedBatch logged, byte[] payload, int accepted, int rejected, IngestOptions wanted) =>
        database.WriteAsync(
            statements =>
            {
                if (wanted.IdempotencyKey is { } key && Earlier(statements, logged.Tenant, key) is { } known) return known;
                logged.Sequence = _sequence + 1;
                statements.Execute("INSERT INTO log(seq, received_ms, payload) VALUES(?1, ?2, ?3)", logged.Sequence, logged.ReceivedMs, payload);
                if (wanted.IdempotencyKey is not null)
                {
                    statements.Execute(
                        "INSERT INTO idempotency(tenant, key, accepted, rejected, created_ms) VALUES(?1, ?2, ?3, ?4, ?5)",
                        logged.Tenant,
                        wanted.IdempotencyKey,
                        accepted,
                        rejected,
                        logged.ReceivedMs);
                }

                _sequence++;
                return null;
            },
            known =>
            {
                if (known is null) router.Enqueue(logged);
            });

    private static IngestResult? Earlier(StatementCache statements, string tenant, string key)
    {
        using var row = statements.Query("SELECT accepted, rejected FROM idempotency WHERE tenant = ?1 AND key = ?2", tenant, key);
        return row.Read() ? new(IngestOutcome.Stored, row.GetInt32(0), row.GetInt32(1), []) : null;
    }

    private IngestResult Refused(IngestBatch batch, IngestOutcome outcome, string limit, TimeSpan retryAfter)
    {
        meter.Refused(limit, batch.RecordCount);
        return new(outcome, 0, batch.RecordCount, [], retryAfter, limit);
    }
}
