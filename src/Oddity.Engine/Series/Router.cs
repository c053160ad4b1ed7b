using System.Collections.Concurrent;
using System.Threading.Channels;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Intake;

namespace Oddity.Engine.Series;

/// <summary>
/// Takes batches in log order, gives each new series its number and its owner, and hands every shard its rows. One loop, so numbers and order follow
/// from the log alone.
/// </summary>
internal sealed class Router
{
    private readonly Shard[] _shards;
    private readonly WatchPlans _plans;
    private readonly Channel<Action> _inbox = Channel.CreateUnbounded<Action>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<SeriesKey, Watched> _series = new();
    private readonly ConcurrentDictionary<SeriesKey, Watched> _vectors = new();
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private long _queuedBytes;
    private int _queued;
    private int _nextId = 1;
    private SeriesState[] _sorted = [];

    public Router(Shard[] shards, WatchPlans plans) => (_shards, _plans) = (shards, plans);

    /// <summary>Sequence number of the last batch handed to the shards. The loop's own.</summary>
    public long LastSequence { get; set; }

    /// <summary>Bytes of batches on disk and not applied yet.</summary>
    public long QueuedBytes => Interlocked.Read(ref _queuedBytes);

    /// <summary>Batches on disk and not applied yet.</summary>
    public int Queued => Volatile.Read(ref _queued);

    public int TotalSeries => _series.Count;

    public bool Knows(SeriesKey key) => _series.ContainsKey(key) || _vectors.ContainsKey(key);

    public int CountSeries(string tenant) => _counts.GetValueOrDefault(tenant);

    public SeriesState? Find(SeriesKey key) => _series.TryGetValue(key, out Watched? series) ? (SeriesState)series : null;

    public VectorState? FindVector(SeriesKey key) => _vectors.TryGetValue(key, out Watched? vector) ? (VectorState)vector : null;

    public Shard OwnerOf(SeriesKey key) => _shards[key.Seed % (ulong)_shards.Length];

    /// <summary>All series, sorted by tenant and text; the array is remade when series have come.</summary>
    public SeriesState[] Sorted()
    {
        SeriesState[] sorted = _sorted;
        if (sorted.Length == _series.Count) return sorted;
        sorted = [.. _series.Values.Cast<SeriesState>().OrderBy(series => series.Key.Tenant, StringComparer.Ordinal).ThenBy(series => series.Key.Text, StringComparer.Ordinal)];
        return _sorted = sorted;
    }

    /// <summary>Adds what the store knew, before <see cref="RunAsync"/>.</summary>
    public void Restore(Watched watched)
    {
        Register(watched);
        _nextId = Math.Max(_nextId, watched.Id + 1);
    }

    /// <summary>Makes the state of a series or a vector that the store names.</summary>
    public Watched Create(int id, SeriesKey key, int kind, SeriesKey[] dimensions) =>
        kind == 0
            ? new SeriesState(id, key, _plans.For(key), new AnomalyTracker(key, _plans.For(key)))
            : new VectorState(id, key, dimensions, _plans.Vector, new AnomalyTracker(key, _plans.Vector.Plan));

    /// <summary>Takes a batch that is on disk; in the order of the log.</summary>
    public void Enqueue(LoggedBatch batch)
    {
        Interlocked.Add(ref _queuedBytes, batch.Size);
        Interlocked.Increment(ref _queued);
        _inbox.Writer.TryWrite(() => Route(batch));
    }

    /// <summary>Runs <paramref name="work"/> on every shard when all batches before this call are applied there and none after; results by shard.</summary>
    public async Task<(long Sequence, T[] Results)> BarrierAsync<T>(Func<Shard, T> work)
    {
        var answers = new TaskCompletionSource<T>[_shards.Length];
        for (int i = 0; i < answers.Length; i++) answers[i] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        long sequence = 0;
        bool taken = _inbox.Writer.TryWrite(() =>
        {
            sequence = LastSequence;
            for (int i = 0; i < _shards.Length; i++)
            {
                (Shard shard, TaskCompletionSource<T> answer) = (_shards[i], answers[i]);
                if (!shard.Enqueue(() => Answer(answer, work, shard))) answer.TrySetException(new ObjectDisposedException(nameof(Pipeline)));
            }
        });
        ObjectDisposedException.ThrowIf(!taken, this);
        T[] results = await Task.WhenAll(answers.Select(answer => answer.Task)).ConfigureAwait(false);
        return (sequence, results);
    }

    /// <summary>Runs until <see cref="Complete"/> and all batches before it are handed on; then the shards end too.</summary>
    public async Task RunAsync()
    {
        await foreach (Action next in _inbox.Reader.ReadAllAsync().ConfigureAwait(false)) next();
        foreach (Shard shard in _shards) shard.Complete();
    }

    public void Complete() => _inbox.Writer.TryComplete();

    private static void Answer<T>(TaskCompletionSource<T> answer, Func<Shard, T> work, Shard shard)
    {
        try
        {
            answer.TrySetResult(work(shard));
        }
        catch (Exception error)
        {
            answer.TrySetException(error);
        }
    }

    private void Route(LoggedBatch batch)
    {
        // A vector may bear the name of a series, so each has its own.
        var targets = new SeriesState[batch.Keys.Length];
        var vectorTargets = new VectorState[batch.Keys.Length];
        var rows = new List<int>?[_shards.Length];
        var vectors = new List<int>?[_shards.Length];
        for (int i = 0; i < batch.Rows.Length; i++)
        {
            int key = batch.Rows[i].Key;
            SeriesState target = targets[key] ??= Series(batch.Keys[key]);
            (rows[target.Owner] ??= new(batch.Rows.Length)).Add(i);
        }

        for (int i = 0; i < batch.Vectors.Length; i++)
        {
            LoggedBatch.VectorRow row = batch.Vectors[i];
            VectorState target = vectorTargets[row.Key] ??= Vector(batch, row);
            (vectors[target.Owner] ??= []).Add(i);
        }

        int parts = Enumerable.Range(0, _shards.Length).Count(i => rows[i] is not null || vectors[i] is not null);
        if (parts == 0) Applied(batch);
        for (int i = 0; i < _shards.Length; i++)
        {
            if (rows[i] is null && vectors[i] is null) continue;
            (Shard shard, List<int> own, List<int> ownVectors) = (_shards[i], rows[i] ?? [], vectors[i] ?? []);
            shard.Enqueue(() =>
            {
                shard.Apply(batch, targets, vectorTargets, own, ownVectors);
                if (Interlocked.Decrement(ref parts) == 0) Applied(batch);
            });
        }

        LastSequence = batch.Sequence;
    }

    private void Applied(LoggedBatch batch)
    {
        Interlocked.Add(ref _queuedBytes, -batch.Size);
        Interlocked.Decrement(ref _queued);
    }

    private SeriesState Series(SeriesKey key) => Find(key) ?? (SeriesState)Begin(Create(_nextId++, key, 0, []));

    private VectorState Vector(LoggedBatch batch, LoggedBatch.VectorRow row) =>
        FindVector(batch.Keys[row.Key]) ?? (VectorState)Begin(Create(_nextId++, batch.Keys[row.Key], 1, Array.ConvertAll(row.Dimensions, d => batch.Keys[d])));

    private Watched Begin(Watched watched)
    {
        Register(watched);
        Shard owner = _shards[watched.Owner];
        owner.Enqueue(() => owner.Owned.Add(watched.Id, watched));
        return watched;
    }

    private void Register(Watched watched)
    {
        watched.Owner = (int)(watched.Key.Seed % (ulong)_shards.Length);
        if (watched.Kind == 1)
        {
            _vectors[watched.Key] = watched;
            return;
        }

        _series[watched.Key] = watched;
        _counts.AddOrUpdate(watched.Key.Tenant, 1, (_, count) => count + 1);
    }
}
