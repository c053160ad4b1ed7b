using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Oddity.Detection;
using Oddity.Engine.Intake;
using Oddity.Engine.Storage;
using Oddity.Engine.Storage.Log;

namespace Oddity.Engine.Logs;

/// <summary>
/// The way of log lines: on disk before the answer, then grouped by template and counted; every template is a series of the engine, new, vanished and suddenly
/// frequent ones are anomalies. Lines stay searchable for a day.
/// </summary>
public sealed class LogStore : IAsyncDisposable
{
    private const string StateName = "state.bin";
    private const long MostSearchedBytes = 256L << 20;

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
    private readonly ConcurrentDictionary<(string Tenant, string Key), (long StampMs, Task<IngestResult> Result)> _keys = new();
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
        _accepted = _meter.CreateCounter<long>("oddity_log_lines_total", "lines", "Log lines on disk.");
        _dropped = _meter.CreateCounter<long>("oddity_log_lines_dropped_total", "lines", "Log lines deleted before their time, because the quota was reached.");
        _meter.CreateObservableGauge("oddity_log_lines_bytes", () => _files.Bytes, "bytes", "Bytes that log lines take on disk.");
        _files.Synced = (sequence, block) => _queue.Writer.TryWrite((sequence, block, null));
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Completes when what was there is counted and lines are let in.</summary>
    public Task Recovered => _opened.Task;

    /// <summary>Completes, failed, when lines can no longer be written and the process should end.</summary>
    public Task Failure => Task.WhenAny(_files.Failure, OnFailure(_loop)).Unwrap();

    /// <summary>Opens the lines of a data directory that the pipeline has locked.</summary>
    public static LogStore Open(LogOptions options, EngineOptions engine, Pipeline pipeline, TimeProvider time, ILoggerFactory loggers) =>
        new(options, engine, pipeline, time, loggers);

    /// <summary>Lets lines in. Returns when what was accepted is on disk.</summary>
    public async Task<IngestResult> IngestAsync(LogBatch batch, IngestOptions wanted, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (!_open) return Refused(batch, IngestOutcome.Overloaded, "recovery");
        if (Interlocked.Read(ref _queued) > _options.MaxQueuedBytes) return Refused(batch, IngestOutcome.Overloaded, "queue");
        (LogLine[] lines, List<IngestError> errors, int rejected) = Admit(batch, wanted);
        if (wanted.Atomic && rejected > 0) return new(IngestOutcome.AtomicRefused, 0, batch.RecordCount, errors);
        if (lines.Length == 0) return new(rejected == 0 ? IngestOutcome.Stored : IngestOutcome.NothingAccepted, 0, rejected, errors);
        var block = new LogBlock(batch.Tenant, wanted.IdempotencyKey ?? "", lines.Length, rejected, lines);
        if (wanted.IdempotencyKey is not { } key) return await StoreAsync(block, errors).ConfigureAwait(false);
        var own = new TaskCompletionSource<IngestResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        (long StampMs, Task<IngestResult> Result) entry = _keys.GetOrAdd((batch.Tenant, key), (NowMs(), own.Task));
        if (entry.Result != own.Task) return await entry.Result.WaitAsync(cancel).ConfigureAwait(false);
        IngestResult result = await StoreAsync(block, errors).ConfigureAwait(false);
        if (result.Outcome != IngestOutcome.Stored) _keys.TryRemove((batch.Tenant, key), out _);
        own.SetResult(result);
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
    public Task<LogPage> SearchAsync(LogQuery query, CancellationToken cancel) => Task.Run(() => Search(query, cancel), cancel);

    /// <summary>Waits until everything acknowledged before the call is counted.</summary>
    internal Task SettleAsync() => OnLoopAsync(() => Task.CompletedTask);

    /// <summary>Closes the spans that can be closed now, saves, and deletes what need not be kept: what the loop does every so often.</summary>
    internal Task CloseSpansAsync() => OnLoopAsync(async () =>
    {
        if (_files.QuietUntilMs() is { } stampMs) await _fold.CloseAsync(stampMs).ConfigureAwait(false);
        Save();
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
                Save();
                Retain();
                saved = _time.GetTimestamp();
            }

            Save();
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
        LoadState();
        long since = NowMs() - 86_400_000;
        foreach ((long sequence, LogBlock block) in _files.Read(_fold.Sequence))
        {
            _stop.Token.ThrowIfCancellationRequested();
            if (block.Key.Length > 0 && block.StampMs > since)
                _keys[(block.Tenant, block.Key)] = (block.StampMs, Task.FromResult(new IngestResult(IngestOutcome.Stored, block.Accepted, block.Rejected, [])));
            if (sequence > _fold.Sequence) await _fold.TakeAsync(sequence, block).ConfigureAwait(false);
        }

        _savedSequence = -1;
        Save();
    }

    private (LogLine[] Lines, List<IngestError> Errors, int Rejected) Admit(LogBatch batch, IngestOptions wanted)
    {
        long nowMs = NowMs();
        long oldest = wanted.Backfill ? long.MinValue : nowMs - (long)_engine.Retention.TotalMilliseconds;
        long newest = wanted.Backfill ? long.MaxValue : nowMs + (long)_engine.MaxAhead.TotalMilliseconds;
        List<IngestError> errors = [.. batch.Errors];
        var lines = new List<LogLine>(batch.Lines.Count);
        int rejected = batch.Rejected, index = 0;
        foreach ((LogLine line, bool timed) in batch.Lines)
        {
            if (!timed) lines.Add(line with { TimeMs = nowMs });
            else if (line.TimeMs >= oldest && line.TimeMs <= newest) lines.Add(line);
            else
            {
                rejected++;
                if (errors.Count < 10) errors.Add(new(index, line.TimeMs < oldest ? "too_old" : "too_new", "The time is outside of what may enter; add ?backfill=true to store it anyway."));
            }

            index++;
        }

        return ([.. lines], errors, rejected);
    }

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

    private LogPage Search(LogQuery query, CancellationToken cancel)
    {
        var found = new List<LogHit>();
        long searched = 0;
        foreach (LogFileInfo file in _files.Newest())
        {
            if (file.LastStampMs + 60_000 < query.FromMs) continue;
            if ((searched += file.Bytes) > MostSearchedBytes) return new(found, true);
            foreach (LogBlock block in _files.ReadFile(file, query.Tenant).AsEnumerable().Reverse())
            {
                cancel.ThrowIfCancellationRequested();
                for (int i = block.Lines.Length - 1; i >= 0; i--)
                {
                    if (!Matches(block.Lines[i], query)) continue;
                    string? template = TemplateOf(query.Tenant, block.Lines[i]);
                    if (query.Template is not null && template != query.Template) continue;
                    if (found.Count == query.Limit) return new(found, true);
                    found.Add(new(block.Lines[i], template));
                }
            }
        }

        return new(found, false);
    }

    private string? TemplateOf(string tenant, in LogLine line)
    {
        if (_fold.Find(tenant, line.Service) is not { } service) return null;
        lock (service) return service.TemplateOf(line.Body);
    }

    private static bool Matches(in LogLine line, LogQuery query) =>
        line.TimeMs >= query.FromMs && line.TimeMs < query.ToMs && (query.Service is null || line.Service == query.Service)
        && (line.Body.Contains(query.Text, StringComparison.OrdinalIgnoreCase) || line.Attributes.Contains(query.Text, StringComparison.OrdinalIgnoreCase)
            || (line.TraceId.Length > 0 && line.TraceId == query.Text));

    private void Retain()
    {
        long dropped = _files.Retain(_savedSequence);
        if (dropped > 0)
        {
            _dropped.Add(dropped);
            _log.LogWarning("{Lines} log lines were deleted before their time: the quota of {Bytes} bytes is reached", dropped, _options.MaxBytes);
        }

        long before = NowMs() - 86_400_000;
        foreach (((string Tenant, string Key) id, (long StampMs, Task<IngestResult> Result) entry) in _keys)
        {
            if (entry.StampMs < before) _keys.TryRemove(id, out _);
        }
    }

    /// <summary>Writes what is counted so far beside the old state and puts it in its place; the blocks after it are counted again after a crash.</summary>
    private void Save()
    {
        if (_savedSequence == _fold.Sequence) return;
        try
        {
            var writer = new StateWriter();
            _fold.Save(writer);
            string path = Path.Combine(_files.Folder, StateName);
            using (var file = new FileStream(path + ".part", FileMode.Create, FileAccess.Write))
            {
                file.Write(BitConverter.GetBytes(LogRecord.Crc32C(writer.Written)));
                file.Write(writer.Written);
                file.Flush(flushToDisk: true);
            }

            File.Move(path + ".part", path, overwrite: true);
            _savedSequence = _fold.Sequence;
        }
        catch (IOException error)
        {
            _log.LogWarning(error, "What is known of log templates could not be saved; after a restart it is counted again");
        }
    }

    private void LoadState()
    {
        string path = Path.Combine(_files.Folder, StateName);
        if (!File.Exists(path)) return;
        try
        {
            byte[] bytes = File.ReadAllBytes(path);
            if (bytes.Length < 4 || BitConverter.ToUInt32(bytes) != LogRecord.Crc32C(bytes.AsSpan(4))) throw new InvalidDataException("The state is damaged.");
            _fold.Load(new(bytes.AsMemory(4)));
        }
        catch (InvalidDataException error)
        {
            _log.LogError(error, "What was known of log templates can't be read; what is kept of the lines is counted again");
        }
    }

    private static IngestResult Refused(LogBatch batch, IngestOutcome outcome, string limit) => new(outcome, 0, batch.RecordCount, [], Soon, limit);

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private static async Task OnFailure(Task loop)
    {
        await loop.ConfigureAwait(false);
        await Task.Delay(Timeout.Infinite).ConfigureAwait(false);
    }
}
