using Microsoft.Extensions.Logging;
using Oddity.Engine.Alerting;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Calls;
using Oddity.Engine.Intake;
using Oddity.Engine.Live;
using Oddity.Engine.Series;
using Oddity.Engine.Storage;
using Oddity.Engine.Storage.Log;

namespace Oddity.Engine;

/// <summary>
/// The whole flow, in order: a source's batch passes the intake, is on disk in the log, is routed to the shards that own its series, past their detectors;
/// anomalies are written with the alerts they call for, dashboards hear of them, channels get them. Live and after a restart it is the same path.
/// </summary>
public sealed partial class Pipeline : IAsyncDisposable
{
    private readonly EngineMeter _meter = new();
    private readonly DirectoryLock _lock;
    private readonly Intake.Intake _intake;
    private readonly Shard[] _shards;
    private readonly Router _router;
    private readonly AnomalySink _sink;
    private readonly Outbox _outbox;
    private readonly Checkpointer _checkpointer;
    private readonly History _history;
    private readonly IdleSeries _idle;
    private readonly Retention _retention;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly SegmentLog _segments;
    private readonly IdempotencyKeys _keys;
    private readonly SourcePositions _positions;
    private readonly Task[] _shardLoops;
    private readonly Task _sinkLoop;
    private Task _outboxLoop = Task.CompletedTask;
    private Task _checkpointLoop = Task.CompletedTask;
    private Task _retentionLoop = Task.CompletedTask;
    private Task _listenLoop = Task.CompletedTask;
    private readonly long _maxQueuedBytes;
    private bool _disposed;

    private Pipeline(EngineOptions options, IReadOnlyList<IChannel> channels, TimeProvider time, ILoggerFactory loggers)
    {
        ILogger log = loggers.CreateLogger("Oddity.Engine");
        (_time, _maxQueuedBytes) = (time, options.MaxQueuedBytes);
        _lock = new(options.DataDirectory);
        try
        {
            Database = new(options.DataDirectory, log);
            LastOptions.Write(options);
        }
        catch
        {
            Database?.Dispose();
            _lock.Dispose();
            throw;
        }

        Calls = new(Database, options, time);
        _outbox = new(options.Alerting, channels, Database, _meter, time, log);
        _sink = new(Database, _outbox, Live, _meter, time, log);
        options = options with { Shards = Math.Max(1, options.Shards) };
        _shards = [.. Enumerable.Range(0, options.Shards).Select(number => new Shard(number, _sink, _meter))];
        _router = new(_shards, new(options.Watch), options.MaxSeriesPerTenant);
        foreach (Shard shard in _shards) shard.Applied = _router.Done;
        _segments = new(options.DataDirectory, _meter, time, log);
        _keys = new(Database);
        _positions = new(Database);
        _segments.Synced = OnDisk;
        _intake = new(options, _segments, _keys, _router, _meter, time, log);
        _checkpointer = new(options, Database, _segments, _keys, _positions, _router, _sink, _meter, time, log);
        _idle = new(Database, options.IdleAfter, time);
        _history = new(Database, _router, _idle);
        _checkpointer.Stored = () => _idle.RestAsync(_shards);
        foreach (Shard shard in _shards) shard.Idle = _idle;
        _meter.Gauge("oddity_series_asleep", "Series that nothing was sent to for long; their state is on disk alone.", () => _idle.Count);
        _retention = new(options, Database, _meter, time, log);
        _meter.Gauge("oddity_disk_used_bytes", "Bytes in use by log and store.", () => _retention.StoreBytes() + _segments.DiskBytes);
        _meter.Gauge("oddity_disk_full", "1 since a write found the disk full and until one succeeds while there is room again.", () => IsReadOnly ? 1 : 0);
        _meter.Gauge("oddity_queue_batches", "Batches on disk and not applied yet.", () => _router.Queued);
        _meter.Gauge("oddity_queue_bytes", "Bytes of those batches.", () => _router.QueuedBytes);
        _meter.Gauge("oddity_series", "Series known.", () => _router.TotalSeries);
        _meter.Gauge("oddity_detector_failures", "How often detectors threw and started afresh.", () => _router.All.Sum(series => series.DetectorFailures));
        _meter.Gauge("oddity_live_watchers", "Dashboards that listen.", () => Live.Watchers);

        long applied;
        try
        {
            applied = _checkpointer.Load(_shards);
        }
        catch
        {
            _segments.Dispose();
            Database.Dispose();
            _meter.Dispose();
            _lock.Dispose();
            throw;
        }

        _router.LastSequence = applied;
        _sinkLoop = Task.Run(_sink.RunAsync);
        _shardLoops = [.. _shards.Select(shard => Task.Run(shard.RunAsync))];
        Failure = Task.WhenAny([.. _shardLoops.Append(_sinkLoop).Append(Database.Failure).Append(_segments.Failure).Select(PartFailure.Of)]).Unwrap();
        Recovered = Task.Run(() => RecoverAsync(applied, options.Shards, log));
    }

    /// <summary>Completes when recovery is done; fails when it could not be.</summary>
    public Task Recovered { get; }

    /// <summary>Share of the log that recovery has applied, 0 to 1.</summary>
    public double RecoveryProgress => Recovered.IsCompletedSuccessfully ? 1 : _segments.ReadShare;

    /// <summary>Completes, failed, when a part died and the process should end: a dead loop or the first failed sync. Never completes otherwise.</summary>
    public Task Failure { get; }

    /// <summary>Batches on disk that are not applied to their series yet.</summary>
    public int QueueDepth => _router.Queued;

    /// <summary>Samples applied since the start.</summary>
    public long SamplesProcessed => _meter.Processed;

    /// <summary>Anomalies begun since the start.</summary>
    public long AnomaliesBegun => _meter.Anomalies;

    /// <summary>The embedded store, for those who keep small things beside the series: users, tokens.</summary>
    public Database Database { get; }

    /// <summary>The log. For tests.</summary>
    internal SegmentLog Log => _segments;

    /// <summary>Calls of APIs and spans of traces, until and after they are added up.</summary>
    public CallStore Calls { get; }

    /// <summary>Events for dashboards.</summary>
    public LiveFeed Live { get; } = new();

    /// <summary>Opens the data directory and begins recovery; <see cref="Recovered"/> ends when what was logged is applied.</summary>
    /// <exception cref="DataDirectoryInUseException">Another process has it open.</exception>
    /// <exception cref="InvalidDataException">What is there is damaged or of a newer version.</exception>
    public static Pipeline Open(EngineOptions options, IReadOnlyList<IChannel> channels, TimeProvider time, ILoggerFactory loggers) =>
        new(options, channels, time, loggers);

    /// <summary>Lets a batch in. Returns when what was accepted is on disk.</summary>
    public Task<IngestResult> IngestAsync(IngestBatch batch, IngestOptions options, CancellationToken cancel) =>
        batch.Calls.Count == 0 ? _intake.IngestAsync(batch, options, cancel) : CallIntake.TakeAsync(this, _intake, batch, options, _time, cancel);

    /// <summary>An empty batch for a source that names series by the bytes of its protocol; ends with <see cref="CommitAsync"/> or its disposal.</summary>
    /// <param name="tenant">Whose samples they are.</param>
    /// <param name="protocol">Which protocol's names; the same bytes may mean another series in another one.</param>
    /// <param name="options">How the request wants to be treated.</param>
    public Batch BeginBatch(string tenant, string protocol, IngestOptions options) => _intake.Begin(tenant, options).By(_router.WireNames(tenant, protocol));

    /// <summary>Lets a batch in and ends its use. Returns when what was accepted is on disk.</summary>
    public ValueTask<IngestResult> CommitAsync(Batch batch, CancellationToken cancel) => _intake.CommitAsync(batch, cancel);

    /// <summary>How far the batches on disk take a source at a place; null for a place nothing came from. Right once <see cref="Recovered"/> is done.</summary>
    public string? PositionOf(string place) => _positions.Of(place);

    /// <summary>What is wrong with a batch's records, one reason each, in record order, without letting anything in.</summary>
    public IReadOnlyList<IngestError> Check(IngestBatch batch, IngestOptions options) => _intake.Check(batch, options);

    /// <summary>Waits until all batches acknowledged before the call are applied and their anomalies can be queried.</summary>
    public async Task SettleAsync(CancellationToken cancel)
    {
        await _router.BarrierAsync(_ => true).WaitAsync(cancel).ConfigureAwait(false);
        await _sink.FlushAsync().WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Writes a checkpoint now.</summary>
    public Task CheckpointAsync(CancellationToken cancel) => _checkpointer.CheckpointAsync(cancel);

    /// <summary>
    /// Deletes a series: its samples and its state; its anomalies stay. Returns when that is on disk. A sample sent later begins a new series of that name.
    /// </summary>
    /// <returns>False if there is none.</returns>
    /// <exception cref="DiskFullException">There is no room for the record of it; nothing was deleted.</exception>
    public async Task<bool> DeleteSeriesAsync(SeriesKey key, CancellationToken cancel)
    {
        await Recovered.WaitAsync(cancel).ConfigureAwait(false);
        if (_router.Find(key) is not { Count: > 0 } series) return false;
        int[] ids = _router.FindVector(key) is { Id: > 0 } vector ? [series.Id, vector.Id] : [series.Id];
        await _intake.DeleteAsync(key.Tenant, ids).WaitAsync(cancel).ConfigureAwait(false);
        return true;
    }

    /// <summary>Sets what people make of an anomaly, durably; null if the tenant has none with that id.</summary>
    public async Task<Anomaly?> SetStatusAsync(string tenant, string id, AnomalyStatus status, string by, string? note, CancellationToken cancel)
    {
        long nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        bool known = await Database.WriteAsync(statements => AnomalyTable.SetStatus(statements, tenant, id, status, by, nowMs, note)).WaitAsync(cancel).ConfigureAwait(false);
        if (!known || await FindAnomalyAsync(tenant, id, cancel).ConfigureAwait(false) is not { } anomaly) return null;
        Live.Publish(new("status", anomaly));
        return anomaly;
    }

    /// <summary>Stores an anomaly that somebody else found (detector "manual"), durably, and alerts of it like any other. Given twice, stored once.</summary>
    public async Task<Anomaly> ReportAsync(SeriesKey series, long? timeMs, double value, Severity severity, string note, CancellationToken cancel)
    {
        if (!double.IsFinite(value)) throw new ArgumentException("The value is not a finite number.", nameof(value));
        long nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        Anomaly anomaly = ManualAnomaly.Of(series, timeMs ?? nowMs, value, severity, note);
        _sink.Offer(new("opened", anomaly, nowMs));
        await _sink.FlushAsync().WaitAsync(cancel).ConfigureAwait(false);
        return anomaly;
    }

    /// <summary>Stores an anomaly that was found beside the detectors, durably, and alerts of it like any other. Given twice, stored once.</summary>
    internal async Task ReportAsync(Anomaly anomaly)
    {
        _sink.Offer(new("opened", anomaly, _time.GetUtcNow().ToUnixTimeMilliseconds()));
        await _sink.FlushAsync().ConfigureAwait(false);
    }

    /// <summary>Lets nothing more in, applies what was acknowledged, writes a last checkpoint and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        _intake.Close();
        _sink.Hurry();
        await _stop.CancelAsync().ConfigureAwait(false);
        await Quietly(Recovered).ConfigureAwait(false);
        await Quietly(_checkpointLoop).ConfigureAwait(false);
        await Quietly(_outboxLoop).ConfigureAwait(false);
        await Quietly(_retentionLoop).ConfigureAwait(false);
        await Quietly(_listenLoop).ConfigureAwait(false);
        _segments.Dispose();
        if (!Failure.IsCompleted && Recovered.IsCompletedSuccessfully) await Quietly(_checkpointer.CheckpointAsync(CancellationToken.None)).ConfigureAwait(false);
        _router.Complete();
        await Quietly(Task.WhenAll(_shardLoops)).ConfigureAwait(false);
        _sink.Complete();
        await Quietly(_sinkLoop).ConfigureAwait(false);
        Database.Dispose();
        _meter.Dispose();
        _stop.Dispose();
        _lock.Dispose();
    }

    /// <summary>Waits for a task however it ends, unless a part died that it may wait for in vain.</summary>
    private async Task Quietly(Task task) => await Task.WhenAny(task, Failure).ConfigureAwait(false);
}
