using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Oddity.Engine.Intake;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Logs;

/// <summary>
/// The way of log lines: on disk before the answer, then grouped by template and counted; every template is a series of the engine, new, vanished and suddenly
/// frequent ones are anomalies. Lines stay searchable for a day.
/// </summary>
public sealed class LogStore : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(30);

    private readonly LogOptions _options;
    private readonly EngineOptions _engine;
    private readonly Pipeline _pipeline;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly LogFiles _files;
    private readonly LogFold _fold;
    private readonly Meter _meter = new("Oddity");
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _dropped;
    private readonly Channel<(long Sequence, LogBlock? Block, Func<Task>? Work)> _queue =
        Channel.CreateUnbounded<(long, LogBlock?, Func<Task>?)>(new() { SingleReader = true });
    private readonly LogState _state;
    private readonly LogSearch _search;
    private readonly IdempotencyKeys _keys;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _loop;
    private long _queued;
    private long _savedSequence;
    private volatile bool _open;
    private int _disposed;

    private LogStore(LogOptions options, EngineOptions engine, Pipeline pipeline, TimeProvider time, ILoggerFactory loggers)
    {
        (_options, _engine, _pipeline, _time, _log) = (options, engine, pipeline, time, loggers.CreateLogger("Oddity.Engine.Logs"));
        _files = new(engine.DataDirectory, options, time, _log);
        _fold = new(options, EmitAsync, pipeline.ReportAsync);
        _state = new(_files.Folder, _log);
        _search = new(_files, _fold);
        _keys = new(pipeline.Database);
        _accepted = _meter.CreateCounter<long>("oddity_log_lines_total", "lines", "Log lines on disk.");
        _dropped = _meter.CreateCounter<long>("oddity_log_lines_dropped_total", "lines", "Log lines deleted before their time, because the quota was reached.");
        _meter.CreateObservableGauge("oddity_log_lines_bytes", () => _files.Bytes, "bytes", "Bytes that log lines take on disk.");
        _files.Synced = OnDisk;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Completes when what was there is counted and lines are let in.</summary>
    public Task Recovered => _opened.Task;

    /// <summary>Completes, failed, when lines can no longer be written and the process should end.</summary>
    public Task Failure => Task.WhenAny(_files.Failure, PartFailure.Of(_loop)).Unwrap();

    /// <summary>Opens the lines of a data directory that the pipeline has locked.</summary>
    public static LogStore Open(LogOptions options, EngineOptions engine, Pipeline pipeline, TimeProvider time, ILoggerFactory loggers) =>
        new(options, engine, pipeline, time, loggers);

    /// <summary>Lets lines in. Returns when what was accepted is on disk.</summary>
    public async Task<IngestResult> IngestAsync(LogBatch batch, IngestOptions wanted, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (!_open) return Refused(batch, IngestOutcome.Overloaded, "recovery");
        if (Interlocked.Read(ref _queued) > _options.MaxQueuedBytes) return Refused(batch, IngestOutcome.Overloaded, "queue");
        long nowMs = NowMs();
        (LogLine[] lines, List<IngestError> errors, int rejected) = wanted.Backfill
            ? batch.Admit(nowMs, long.MinValue, long.MaxValue)
            : batch.Admit(nowMs, nowMs - (long)_engine.Retention.TotalMilliseconds, nowMs + (long)_engine.MaxAhead.TotalMilliseconds);
        if (wanted.Atomic && rejected > 0) return new(IngestOutcome.AtomicRefused, 0, batch.RecordCount, errors);
        if (lines.Length == 0) return new(rejected == 0 ? IngestOutcome.Stored : IngestOutcome.NothingAccepted, 0, rejected, errors);
        var block = new LogBlock(batch.Tenant, wanted.IdempotencyKey ?? "", lines.Length, rejected, lines);
        if (wanted.IdempotencyKey is not { } key) return await StoreAsync(block, errors).ConfigureAwait(false);
        if (await _keys.BeginAsync(batch.Tenant, Scoped(key), cancel).ConfigureAwait(false) is { } first) return first;
        IngestResult result = await StoreAsync(block, errors).ConfigureAwait(false);
        if (result.Outcome != IngestOutcome.Stored) _keys.Failed(batch.Tenant, Scoped(key));
        return result;
    }

    /// <summary>The templates of a tenant's services, the most frequent first.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="service">Of which service; null for all.</param>
    /// <param name="limit">Most to return.</param>
    public IReadOnlyList<LogTemplateInfo> Templates(string tenant, string? service, int limit)
    {
        var found = new List<LogTemplateInfo>();
        foreach (LogService one in _fold.Of(tenant).Where(one => service is null || one.Name == service))
        {
            lock (one) found.AddRange(one.Describe());
        }

        return [.. found.OrderByDescending(template => template.Lines).ThenBy(template => template.Id, StringComparer.Ordinal).Take(limit)];
    }

    /// <summary>Looks for lines, the newest first; looks through 256 MiB of files at most.</summary>
    public Task<LogPage> SearchAsync(LogQuery query, CancellationToken cancel) => Task.Run(() => _search.Find(query, cancel), cancel);

    /// <summary>Waits until everything acknowledged before the call is counted.</summary>
    internal Task SettleAsync() => OnLoopAsync(() => Task.CompletedTask);

    /// <summary>Closes the spans that can be closed now, saves, and deletes what need not be kept: what the loop does every so often.</summary>
    internal Task CloseSpansAsync() => OnLoopAsync(async () =>
    {
        if (_files.QuietUntilMs() is { } stampMs) await _fold.CloseAsync(stampMs).ConfigureAwait(false);
        await SaveAsync().ConfigureAwait(false);
        Retain();
    });

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _open = false;
        _files.Dispose();
        _queue.Writer.TryComplete();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _meter.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await _pipeline.Recovered.WaitAsync(_stop.Token).ConfigureAwait(false);
            await RecoverAsync().ConfigureAwait(false);
            _files.Open();
            _open = true;
            _opened.TrySetResult();
            long saved = _time.GetTimestamp();
            while (await NextAsync().ConfigureAwait(false))
            {
                if (_time.GetElapsedTime(saved) < SaveInterval) continue;
                await SaveAsync().ConfigureAwait(false);
                Retain();
                saved = _time.GetTimestamp();
            }

            await SaveAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _opened.TrySetException(error);
            if (error is OperationCanceledException) return;
            _log.LogCritical(error, "Counting log lines failed");
            throw;
        }
    }

    /// <summary>Does something on the loop that counts, after what waits.</summary>
    private Task OnLoopAsync(Func<Task> work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Writer.TryWrite((0, null, async () =>
        {
            await work().ConfigureAwait(false);
            done.SetResult();
        }
        ));
        return done.Task;
    }

    /// <summary>Takes what waits, or after a quiet second closes what can be closed; false when no more will come.</summary>
    private async Task<bool> NextAsync()
    {
        using (var wait = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token))
        {
            Task<bool> ready = _queue.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
            if (!ready.IsCompleted && await Task.WhenAny(ready, Task.Delay(Soon, _time, wait.Token)).ConfigureAwait(false) != ready && !_stop.IsCancellationRequested)
            {
                long? quiet = _files.QuietUntilMs();
                if (quiet is { } stampMs && !_queue.Reader.TryPeek(out _)) await _fold.CloseAsync(stampMs).ConfigureAwait(false);
                await wait.CancelAsync().ConfigureAwait(false);
                return true;
            }

            await wait.CancelAsync().ConfigureAwait(false);
            if (!await ready.ConfigureAwait(false)) return false;
        }

        while (_queue.Reader.TryRead(out (long Sequence, LogBlock? Block, Func<Task>? Work) next))
        {
            if (next.Work is { } work) await work().ConfigureAwait(false);
            if (next.Block is not { } block) continue;
            await _fold.TakeAsync(next.Sequence, block).ConfigureAwait(false);
            Interlocked.Add(ref _queued, -block.Size);
        }

        return true;
    }

    private async Task RecoverAsync()
    {
        _state.Load(_fold);
        foreach ((long sequence, LogBlock block) in _files.Read(_fold.Sequence))
        {
            _stop.Token.ThrowIfCancellationRequested();
            if (sequence <= _fold.Sequence) continue;
            Answered(sequence, block);
            await _fold.TakeAsync(sequence, block).ConfigureAwait(false);
        }

        _savedSequence = -1;
        await SaveAsync().ConfigureAwait(false);
    }

    /// <summary>On the writer's thread, in order.</summary>
    private void OnDisk(long sequence, LogBlock block)
    {
        Answered(sequence, block);
        _queue.Writer.TryWrite((sequence, block, null));
    }

    private void Answered(long sequence, LogBlock block)
    {
        if (block.Key.Length > 0) _keys.Stored(block.Tenant, Scoped(block.Key), sequence, block.StampMs, block.Accepted, block.Rejected);
    }

    /// <summary>The same key may be another request's at a door of samples. No header holds a line feed.</summary>
    private static string Scoped(string key) => "logs\n" + key;

    private async Task<IngestResult> StoreAsync(LogBlock block, IReadOnlyList<IngestError> errors)
    {
        Interlocked.Add(ref _queued, block.Size);
        try
        {
            await _files.AppendAsync(block).ConfigureAwait(false);
            _accepted.Add(block.Accepted);
            return new(IngestOutcome.Stored, block.Accepted, block.Rejected, errors);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Interlocked.Add(ref _queued, -block.Size);
            bool full = error is DiskFullException;
            if (!full) _log.LogError(error, "Log lines could not be written");
            return new(full ? IngestOutcome.DiskFull : IngestOutcome.Overloaded, 0, block.Accepted + block.Rejected, [], TimeSpan.FromSeconds(10), full ? "disk" : "store");
        }
    }

    /// <summary>Lets the counts of a span in, however long that takes.</summary>
    private async Task EmitAsync(IngestBatch batch, string key)
    {
        while (true)
        {
            IngestResult result = await _pipeline.IngestAsync(batch, new(Backfill: true, IdempotencyKey: key), CancellationToken.None).ConfigureAwait(false);
            if (result.Outcome is IngestOutcome.Stored or IngestOutcome.NothingAccepted) return;
            if (result.Outcome is not (IngestOutcome.Overloaded or IngestOutcome.DiskFull))
            {
                _log.LogWarning("Counts of log lines were refused: {Outcome}, limit {Limit}", result.Outcome, result.Limit);
                return;
            }

            await Task.Delay(Soon, _time, _stop.Token).ConfigureAwait(false);
        }
    }

    private void Retain()
    {
        long dropped = _files.Retain(_savedSequence);
        if (dropped > 0)
        {
            _dropped.Add(dropped);
            _log.LogWarning("{Lines} log lines were deleted before their time: the quota of {Bytes} bytes is reached", dropped, _options.MaxBytes);
        }
    }

    /// <summary>Keeps what is counted so far, after the answers to requests up to there.</summary>
    private async Task SaveAsync()
    {
        long through = _fold.Sequence;
        if (_savedSequence == through) return;
        try
        {
            await _pipeline.Database.WriteAsync(statements => _keys.Save(statements, through)).ConfigureAwait(false);
            _state.Save(_fold);
            _keys.Saved(through);
            _savedSequence = through;
        }
        catch (IOException error)
        {
            _log.LogWarning(error, "What is known of log templates could not be saved; after a restart it is counted again");
        }
    }

    private static IngestResult Refused(LogBatch batch, IngestOutcome outcome, string limit) => new(outcome, 0, batch.RecordCount, [], Soon, limit);

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
