using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Oddity.Detection;
using Oddity.Engine.Alerting;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Calls;
using Oddity.Engine.Intake;
using Oddity.Engine.Live;
using Oddity.Engine.Series;
using Oddity.Engine.Storage;
using Oddity.Engine.Storage.Log;
using Oddity.Engine.Verification;

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
        Failure = Task.WhenAny([.. _shardLoops.Append(_sinkLoop).Append(Database.Failure).Append(_segments.Failure).Select(FailureOf)]).Unwrap();
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

    /// <summary>Scores the batch's samples against the series as they are, without learning or storing: one prediction a sample and a vector row.</summary>
    public async Task<IReadOnlyList<Prediction>> PredictAsync(IngestBatch batch, CancellationToken cancel)
    {
        await Recovered.WaitAsync(cancel).ConfigureAwait(false);
        long nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var predictions = new List<Prediction>();
        foreach (IngestBatch.Row row in batch.Rows)
        {
            var sample = new Sample(row.TimeMs ?? nowMs, row.Value);
            SeriesState series = _router.Find(row.Series) ?? (SeriesState)_router.Create(0, row.Series, 0, []);
            predictions.Add(await _router.OwnerOf(row.Series).AskAsync(() => _idle.Awake(series).Predict(sample)).WaitAsync(cancel).ConfigureAwait(false));
        }

        foreach (IngestBatch.VectorRow row in batch.Vectors)
        {
            if (_router.FindVector(row.Vector) is not { } vector) continue;
            Prediction? prediction = await _router.OwnerOf(row.Vector)
                .AskAsync(() => vector.Predict(row.TimeMs ?? nowMs, row.Dimensions, row.Values)).WaitAsync(cancel).ConfigureAwait(false);
            if (prediction is not null) predictions.Add(prediction);
        }

        return predictions;
    }

    /// <summary>Series of a tenant in order of their text.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="search">Text the key contains, any case; null for all.</param>
    /// <param name="after">Key text after which to begin; null for the start.</param>
    /// <param name="limit">Most to return.</param>
    public IReadOnlyList<SeriesInfo> ListSeries(string tenant, string? search, string? after, int limit) =>
    [
        .. _router.SortedAfter(tenant, after)
            .Where(series => series.Count > 0 && (search is null || series.Key.Text.Contains(search, StringComparison.OrdinalIgnoreCase)))
            .Take(limit)
            .Select(Describe),
    ];

    /// <summary>The series with this key; null if there is none.</summary>
    public SeriesInfo? FindSeries(SeriesKey key) => _router.Find(key) is { Count: > 0 } series ? Describe(series) : null;

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

    /// <summary>Number of series of a tenant.</summary>
    public int CountSeries(string tenant) => _router.CountSeries(tenant);

    /// <summary>Stored samples with event time in [fromMs, toMs), in time order, equal times in order of arrival; the newest <paramref name="limit"/> of them.</summary>
    public Task<Sample[]> ReadSamplesAsync(SeriesKey key, long fromMs, long toMs, int limit, CancellationToken cancel) =>
        _router.Find(key) is { } series ? _history.ReadAsync(series, fromMs, toMs, limit).WaitAsync(cancel) : Task.FromResult<Sample[]>([]);

    /// <summary>What a fresh detector of the series' configuration makes of the samples in [fromMs, toMs), after a run-up over those before: for drawing the band.</summary>
    public Task<(Sample[] Samples, Score[] Scores)> ReadScoredAsync(SeriesKey key, long fromMs, long toMs, int limit, CancellationToken cancel) =>
        _router.Find(key) is { } series
            ? _history.ReadScoredAsync(series, fromMs, toMs, limit).WaitAsync(cancel)
            : Task.FromResult<(Sample[], Score[])>(([], []));

    /// <summary>One page of anomalies, newest start first.</summary>
    /// <exception cref="FormatException">The cursor is not one that a page ended with.</exception>
    public Task<AnomalyPage> ListAnomaliesAsync(AnomalyQuery query, CancellationToken cancel) =>
        Task.Run(() => Database.Read(connection => AnomalyTable.List(connection, query)), cancel);

    /// <summary>Null if the tenant has none with that id.</summary>
    public Task<Anomaly?> FindAnomalyAsync(string tenant, string id, CancellationToken cancel) =>
        Task.Run(() => Database.Read(connection => AnomalyTable.Find(connection, tenant, id)), cancel);

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

    /// <summary>All anomalies in canonical order (tenant, series, detector, start, id), one JSON object each, without wall-clock fields; null: of all tenants.</summary>
    public async IAsyncEnumerable<string> ExportAnomaliesAsync(string? tenant, [EnumeratorCancellation] CancellationToken cancel)
    {
        const int page = 500;
        await FlushOpenAsync(cancel).ConfigureAwait(false);
        AnomalyTable.Place? after = null;
        while (true)
        {
            List<(AnomalyTable.Place Place, string Body)> rows = Database.Read(connection => AnomalyTable.Export(connection, tenant, after, page));
            foreach ((AnomalyTable.Place place, string body) in rows)
            {
                cancel.ThrowIfCancellationRequested();
                yield return body;
                after = place;
            }

            if (rows.Count < page) yield break;
        }
    }

    /// <summary>Computes an anomaly of any tenant once more from the samples it is about, and compares; null if there is none with that id.</summary>
    /// <exception cref="InvalidDataException">What is stored of it is damaged.</exception>
    public async Task<Verification.Verification?> VerifyAsync(string id, CancellationToken cancel)
    {
        await FlushOpenAsync(cancel).ConfigureAwait(false);
        return Database.Read(connection => AnomalyTable.FindAnywhere(connection, id)) is { } stored
            ? await new Verifier(Database, _history, _router, _time).VerifyAsync(stored).ConfigureAwait(false)
            : null;
    }

    /// <summary>SHA-256 over the state of all series, after everything acknowledged is applied.</summary>
    public async Task<StateDigest> DigestAsync(CancellationToken cancel)
    {
        await Recovered.WaitAsync(cancel).ConfigureAwait(false);
        (long sequence, List<(SeriesKey Key, int Kind, byte[] Hash)>[] shards) = await _router.BarrierAsync(Hashes).WaitAsync(cancel).ConfigureAwait(false);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        (SeriesKey Key, int Kind, byte[] Hash)[] all =
        [
            .. shards.SelectMany(hashes => hashes)
                .OrderBy(item => item.Key.Tenant, StringComparer.Ordinal).ThenBy(item => item.Key.Text, StringComparer.Ordinal).ThenBy(item => item.Kind),
        ];
        foreach ((SeriesKey key, int kind, byte[] hash) in all)
        {
            sha.AppendData(Encoding.UTF8.GetBytes($"{key.Tenant}\n{key.Text}\n{kind}\n"));
            sha.AppendData(hash);
        }

        return new(all.Count(item => item.Kind == 0), sequence, Convert.ToHexStringLower(sha.GetHashAndReset()));
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

    private async Task RecoverAsync(long applied, int shards, ILogger log)
    {
        foreach ((long sequence, ReadOnlyMemory<byte> payload) in _segments.Read(applied))
        {
            _stop.Token.ThrowIfCancellationRequested();
            while (_router.Queued > 1_000 || _router.QueuedBytes > _maxQueuedBytes) await _router.BarrierAsync(_ => true).ConfigureAwait(false);
            using Batch batch = _intake.Begin("", IngestOptions.Live);
            if (Decoded(batch, sequence, payload.Span, shards, log)) OnDisk(batch);
        }

        await SettleAsync(_stop.Token).ConfigureAwait(false);
        await EndForgottenAsync(_stop.Token).ConfigureAwait(false);
        _segments.Open();
        _intake.Open();
        _outboxLoop = Task.Run(() => _outbox.RunAsync(_stop.Token));
        _checkpointLoop = Task.Run(() => _checkpointer.RunAsync(_stop.Token));
        _retentionLoop = Task.Run(() => _retention.RunAsync(_stop.Token));
        _listenLoop = Task.Run(() => ListenAsync(_stop.Token));
    }

    /// <summary>While a series is watched for samples that do not come and nobody sends anything, the log is told the time.</summary>
    private async Task ListenAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Listening.StepMs), _time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!cancel.IsCancellationRequested) await ListenAsync().ConfigureAwait(false);
        }
    }

    /// <summary>One look at the clock. For tests, which have a clock of their own.</summary>
    internal Task ListenAsync() => _router.MayMiss(_time.GetUtcNow().ToUnixTimeMilliseconds()) ? _intake.TickAsync() : Task.CompletedTask;

    /// <summary>A batch that cannot be read is passed over, loudly: those after it live on.</summary>
    private bool Decoded(Batch batch, long sequence, ReadOnlySpan<byte> payload, int shards, ILogger log)
    {
        batch.Sequence = sequence;
        try
        {
            batch.Decode(payload, shards);
        }
        catch (InvalidDataException error)
        {
            log.LogError(error, "Batch {Sequence} of the log is damaged and passed over", sequence);
            _meter.Rejected("damaged_log");
            return false;
        }

        if (batch.Orphans == 0) return true;
        log.LogError("Batch {Sequence} of the log has {Count} samples of series whose names are lost with a damaged record", sequence, batch.Orphans);
        _meter.Rejected("damaged_log");
        return true;
    }

    /// <summary>A batch is on disk, or was read from it: to the shards, in log order.</summary>
    private void OnDisk(Batch batch)
    {
        batch.NamesLogged();
        if (batch.Deleted.Length > 0) batch.Gone = _router.Delete(batch.Deleted);
        if (batch.Answer.Key is { } key) _keys.Stored(batch.Tenant, key, batch.Sequence, batch.ReceivedMs, batch.Answer.Accepted, batch.Answer.Rejected);
        foreach (SourcePosition position in batch.Positions) _positions.Stored(position);
        _router.Enqueue(batch);
    }

    /// <summary>Ends the stored anomalies that nothing follows any more: what watched their series changed while the server was down.</summary>
    private async Task EndForgottenAsync(CancellationToken cancel)
    {
        (_, List<string>[] followed) = await _router.BarrierAsync(shard => shard.Owned.Values.Select(watched => watched.Tracker?.Current?.Id).OfType<string>().ToList())
            .WaitAsync(cancel).ConfigureAwait(false);
        HashSet<string> known = [.. followed.SelectMany(ids => ids)];
        foreach (Anomaly anomaly in Database.Read(AnomalyTable.Ongoing).Where(anomaly => !known.Contains(anomaly.Id)))
        {
            _sink.Offer(new("closed", anomaly with { EndMs = anomaly.LastOddMs }, long.MaxValue));
        }

        await _sink.FlushAsync().WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Brings what is stored of anomalies that go on up to date.</summary>
    private async Task FlushOpenAsync(CancellationToken cancel)
    {
        await Recovered.WaitAsync(cancel).ConfigureAwait(false);
        await _router.BarrierAsync(shard =>
        {
            foreach (Watched watched in shard.Owned.Values) watched.Tracker?.Flush(_sink);
            return true;
        }).WaitAsync(cancel).ConfigureAwait(false);
        await _sink.FlushAsync().WaitAsync(cancel).ConfigureAwait(false);
    }

    private List<(SeriesKey Key, int Kind, byte[] Hash)> Hashes(Shard shard)
    {
        var writer = new StateWriter();
        var hashes = new List<(SeriesKey, int, byte[])>(shard.Owned.Count);
        foreach (Watched watched in shard.Owned.Values)
        {
            writer.Clear();
            bool asleep = watched is SeriesState { IsAsleep: true };
            if (asleep) _idle.Awake((SeriesState)watched);
            watched.Save(writer);
            if (asleep) _idle.Sleep((SeriesState)watched);
            hashes.Add((watched.Key, watched.Kind, SHA256.HashData(writer.Written)));
        }

        return hashes;
    }

    private static SeriesInfo Describe(SeriesState series) =>
        new(series.Key, series.FirstMs, series.LastMs, series.LastValue, series.Count, series.Plan.DetectorId, series.Tracker?.Current?.Id);

    /// <summary>A task that fails when the other does, and never completes otherwise.</summary>
    private static async Task FailureOf(Task part)
    {
        await part.ConfigureAwait(false);
        await Task.Delay(Timeout.Infinite).ConfigureAwait(false);
    }

    /// <summary>Waits for a task however it ends, unless a part died that it may wait for in vain.</summary>
    private async Task Quietly(Task task) => await Task.WhenAny(task, Failure).ConfigureAwait(false);
}
