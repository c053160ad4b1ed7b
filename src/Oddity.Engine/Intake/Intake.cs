using Microsoft.Extensions.Logging;
using Oddity.Engine.Series;
using Oddity.Engine.Storage;
using Oddity.Engine.Storage.Log;

namespace Oddity.Engine.Intake;

/// <summary>The one gate behind every source: names, values and times, limits, then the log. What it lets in is on disk before it answers.</summary>
internal sealed class Intake
{
    /// <summary>What a row takes in the columns of a batch.</summary>
    private const int RowBytes = 28;

    private static readonly TimeSpan BusyRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LimitRetry = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FullRetry = TimeSpan.FromSeconds(10);

    private readonly EngineOptions _options;
    private readonly SegmentLog _segments;
    private readonly IdempotencyKeys _keys;
    private readonly Router _router;
    private readonly EngineMeter _meter;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly MemoryGuard _memory;
    private readonly RateLimit _rate;
    private volatile bool _open;
    private long _writing;

    public Intake(EngineOptions options, SegmentLog segments, IdempotencyKeys keys, Router router, EngineMeter meter, TimeProvider time, ILogger log)
    {
        (_options, _segments, _keys, _router, _meter, _time, _log) = (options, segments, keys, router, meter, time, log);
        (_memory, _rate) = (new(time), new(options.MaxSamplesPerSecond, time));
        Pool = new(router, meter, Limit);
    }

    public BatchPool Pool { get; }

    /// <summary>Begins to let batches in, after recovery.</summary>
    public void Open() => _open = true;

    /// <summary>Lets nothing more in.</summary>
    public void Close() => _open = false;

    /// <summary>An empty batch, which holds its samples to the times that may enter now.</summary>
    public Batch Begin(string tenant, IngestOptions wanted)
    {
        long nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        return wanted.Backfill
            ? Pool.Take(tenant, wanted, nowMs, long.MinValue, long.MaxValue)
            : Pool.Take(tenant, wanted, nowMs, nowMs - (long)_options.Retention.TotalMilliseconds, nowMs + (long)_options.MaxAhead.TotalMilliseconds);
    }

    /// <summary>What is wrong with a batch's records, one reason each, without letting anything in.</summary>
    public IReadOnlyList<IngestError> Check(IngestBatch from, IngestOptions wanted)
    {
        using Batch batch = Begin(from.Tenant, wanted);
        return new Admission(from, batch, _router).Errors;
    }

    public async Task<IngestResult> IngestAsync(IngestBatch from, IngestOptions wanted, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Batch batch = Begin(from.Tenant, wanted);
        if (Busy() is { } busy)
        {
            batch.RecordCount = from.RecordCount;
            using (batch) return Refused(batch, IngestOutcome.Overloaded, busy, BusyRetry);
        }

        new Admission(from, batch, _router).Fill(batch);
        return await CommitAsync(batch, cancel).ConfigureAwait(false);
    }

    /// <summary>Lets a batch in and gives it back. Returns when what was accepted is on disk.</summary>
    public async ValueTask<IngestResult> CommitAsync(Batch batch, CancellationToken cancel)
    {
        using (batch)
        {
            cancel.ThrowIfCancellationRequested();
            if (Busy() is { } busy) return Refused(batch, IngestOutcome.Overloaded, busy, BusyRetry);
            IngestError[] errors = [.. batch.Errors];
            int accepted = batch.RecordCount - batch.Rejected;
            if (batch.Options.Atomic && batch.Rejected > 0) return new(IngestOutcome.AtomicRefused, 0, batch.RecordCount, errors);
            if (accepted == 0 && batch.Positions.Count == 0) return new(batch.RecordCount == 0 ? IngestOutcome.Stored : IngestOutcome.NothingAccepted, 0, batch.Rejected, errors);
            if (batch.LimitHit is { } limit) return Refused(batch, limit == "memory" ? IngestOutcome.Overloaded : IngestOutcome.OverLimit, limit, LimitRetry);
            if (!_rate.TryTake(batch.Tenant, batch.Count)) return Refused(batch, IngestOutcome.OverLimit, "samples_per_second", BusyRetry);
            if (batch.Options.IdempotencyKey is not { } key) return await AppendAsync(batch, accepted, errors).ConfigureAwait(false);
            return await _keys.BeginAsync(batch.Tenant, key, cancel).ConfigureAwait(false) ?? await AppendOnceAsync(batch, key, accepted, errors).ConfigureAwait(false);
        }
    }

    /// <summary>Writes a record of nothing but its time, so that the log knows that Oddity listened and nobody spoke.</summary>
    public async Task TickAsync()
    {
        if (Busy() is not null) return;
        using Batch batch = Begin("", IngestOptions.Live);
        await AppendAsync(batch, 0, []).ConfigureAwait(false);
    }

    /// <summary>Deletes what has these numbers. Returns when that is on disk and nothing finds them any more.</summary>
    public async Task DeleteAsync(string tenant, int[] ids)
    {
        using Batch batch = Begin(tenant, IngestOptions.Live);
        batch.Deleted = ids;
        batch.Encode(_options.Shards);
        batch.Size = batch.PayloadLength;
        _segments.Append(batch);
        await batch.Logged.ConfigureAwait(false);
    }

    private async Task<IngestResult> AppendOnceAsync(Batch batch, string key, int accepted, IngestError[] errors)
    {
        bool stored = false;
        try
        {
            batch.Answer = (key, accepted, batch.Rejected);
            IngestResult result = await AppendAsync(batch, accepted, errors).ConfigureAwait(false);
            stored = result.Outcome == IngestOutcome.Stored;
            return result;
        }
        finally
        {
            if (!stored) _keys.Failed(batch.Tenant, key);
        }
    }

    private async ValueTask<IngestResult> AppendAsync(Batch batch, int accepted, IngestError[] errors)
    {
        long begun = _time.GetTimestamp();
        batch.Register();
        batch.Encode(_options.Shards);
        int size = batch.Size = batch.PayloadLength + (batch.Count * RowBytes);
        Interlocked.Add(ref _writing, size);
        try
        {
            _segments.Append(batch);
            await batch.Logged.ConfigureAwait(false);
            _meter.Committed(_time.GetElapsedTime(begun), batch.Count);
            return new(IngestOutcome.Stored, accepted, batch.Rejected, errors);
        }
        catch (DiskFullException)
        {
            return Refused(batch, IngestOutcome.DiskFull, "disk", FullRetry);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            _log.LogError(error, "A batch could not be written");
            return Refused(batch, IngestOutcome.Overloaded, "store", BusyRetry);
        }
        finally
        {
            Interlocked.Add(ref _writing, -size);
        }
    }

    /// <summary>Why nothing at all is taken now; null if it is.</summary>
    private string? Busy()
    {
        if (!_open) return "recovery";
        return Interlocked.Read(ref _writing) + _router.QueuedBytes > _options.MaxQueuedBytes ? "queue" : null;
    }

    private string? Limit(string tenant, int newSeries)
    {
        if (_router.CountSeries(tenant) + newSeries > _options.MaxSeriesPerTenant) return "series";
        return _memory.IsShort ? "memory" : null;
    }

    private IngestResult Refused(Batch batch, IngestOutcome outcome, string limit, TimeSpan retryAfter)
    {
        _meter.Refused(limit, batch.RecordCount);
        return new(outcome, 0, batch.RecordCount, [], retryAfter, limit);
    }
}
