using System.Collections.Concurrent;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Intake;

namespace Oddity.Engine.Series;

/// <summary>
/// Knows all series, by name and by number, and hands batches to the shards that own their series, in log order. Numbers are in the log, so that a replay
/// gives the same.
/// </summary>
internal sealed class Router(Shard[] shards, WatchPlans plans, int maxSeries)
{
    private readonly ConcurrentDictionary<SeriesKey, Watched> _series = new();
    private readonly ConcurrentDictionary<SeriesKey, Watched> _vectors = new();
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Tenant, string Protocol), WireNames> _wireNames = new();

    // Guards the order of batches and barriers, and that nothing follows the end.
    private readonly Lock _order = new();
    private bool _completed;

    // Guards the numbers.
    private readonly Lock _numbers = new();
    private Watched?[] _byId = new Watched?[1024];
    private int _nextId = 1;

    private long _queuedBytes;
    private int _queued;
    private Listening _listening;
    private readonly Lock _sorting = new();
    private int _deletions;
    private (int Version, SeriesState[] Series) _sorted = (-1, []);
    private int _version;

    /// <summary>How many records that delete series are on disk; a batch that was encoded before the last of them may name what is gone.</summary>
    public int Deletions => Volatile.Read(ref _deletions);

    /// <summary>Sequence number of the last batch handed to the shards.</summary>
    public long LastSequence { get; set; }

    /// <summary>Bytes of batches on disk and not applied yet.</summary>
    public long QueuedBytes => Interlocked.Read(ref _queuedBytes);

    /// <summary>Batches on disk and not applied yet.</summary>
    public int Queued => Volatile.Read(ref _queued);

    /// <summary>True if nothing has arrived in the present step of time, and somebody waits for a sample.</summary>
    public bool MayMiss(long nowMs)
    {
        lock (_order) return _listening.After(nowMs) != _listening && Array.Exists(shards, shard => shard.Waits);
    }

    /// <summary>Takes up how long Oddity had listened at the checkpoint.</summary>
    public void Restore(Listening listening)
    {
        _listening = listening;
        foreach (Shard shard in shards) shard.Listening = listening;
    }

    public int TotalSeries => _series.Count;

    public IEnumerable<SeriesState> All => _series.Values.Cast<SeriesState>();

    public int CountSeries(string tenant) => _counts.GetValueOrDefault(tenant);

    public SeriesState? Find(SeriesKey key) => _series.TryGetValue(key, out Watched? series) ? (SeriesState)series : null;

    public VectorState? FindVector(SeriesKey key) => _vectors.TryGetValue(key, out Watched? vector) ? (VectorState)vector : null;

    public Shard OwnerOf(SeriesKey key) => shards[OwnerNumber(key)];

    /// <summary>The names that a protocol's senders of a tenant give their series.</summary>
    public WireNames WireNames(string tenant, string protocol) => _wireNames.GetOrAdd((tenant, protocol), _ => new(maxSeries * 2L > int.MaxValue ? int.MaxValue : maxSeries * 2));

    /// <summary>All series, sorted by tenant and text; the array is remade when series have come or gone.</summary>
    public SeriesState[] Sorted()
    {
        int version = Volatile.Read(ref _version);
        lock (_sorting)
        {
            if (_sorted.Version == version) return _sorted.Series;
            SeriesState[] sorted = [.. All.OrderBy(series => series.Key.Tenant, StringComparer.Ordinal).ThenBy(series => series.Key.Text, StringComparer.Ordinal)];
            _sorted = (version, sorted);
            return sorted;
        }
    }

    /// <summary>Those of a tenant, in order of their text, after one text; null for all.</summary>
    public IEnumerable<SeriesState> SortedAfter(string tenant, string? after)
    {
        SeriesState[] sorted = Sorted();
        (int low, int high) = (0, sorted.Length);
        while (low < high)
        {
            int middle = (low + high) / 2, order = string.CompareOrdinal(sorted[middle].Key.Tenant, tenant);
            if (order == 0) order = after is null ? 1 : string.CompareOrdinal(sorted[middle].Key.Text, after);
            if (order <= 0) low = middle + 1;
            else high = middle;
        }

        for (; low < sorted.Length && sorted[low].Key.Tenant == tenant; low++) yield return sorted[low];
    }

    /// <summary>Makes the state of a series or a vector that nobody knows yet.</summary>
    public Watched Create(int id, SeriesKey key, int kind, SeriesKey[] dimensions) =>
        kind == 0
            ? new SeriesState(id, key, plans.For(key))
            : new VectorState(id, key, dimensions, plans.Vector, new AnomalyTracker(key, plans.Vector.Plan));

    /// <summary>Makes a series or vector known under the next number; returns the one that is known already, if one is.</summary>
    public Watched Register(Watched watched)
    {
        lock (_numbers)
        {
            if (Table(watched).TryGetValue(watched.Key, out Watched? known)) return known;
            watched.Id = _nextId;
            Add(watched);
            return watched;
        }
    }

    /// <summary>Makes known what a record of the log names. A number whose first naming was lost may be another's by now: the latest naming counts.</summary>
    public void Define(int id, SeriesKey key, int kind, SeriesKey[] dimensions)
    {
        lock (_numbers)
        {
            ConcurrentDictionary<SeriesKey, Watched> table = kind == 0 ? _series : _vectors;
            if (!table.TryGetValue(key, out Watched? known))
            {
                Watched watched = Create(id, key, kind, dimensions);
                watched.Logged = true;
                Add(watched);
                return;
            }

            known.Logged = true;
            Number(id, known);
        }
    }

    /// <summary>Makes series and vectors unknown, in the order of the log; what is sent under their names from here on begins anew under another number.</summary>
    /// <returns>Those that were known, for their shards.</returns>
    public Watched[] Delete(ReadOnlySpan<int> ids)
    {
        var gone = new List<Watched>(ids.Length);
        lock (_numbers)
        {
            foreach (int id in ids)
            {
                if (id >= _byId.Length || _byId[id] is not { } watched) continue;
                _byId[id] = null;
                watched.Deleted = true;
                if (Table(watched).TryRemove(new(watched.Key, watched)) && watched.Kind == 0) _counts.AddOrUpdate(watched.Key.Tenant, 0, (_, count) => count - 1);
                gone.Add(watched);
            }

            Interlocked.Increment(ref _version);
            Interlocked.Increment(ref _deletions);
        }

        return [.. gone];
    }

    /// <summary>Adds what the store knew, before any batch.</summary>
    public void Restore(Watched watched)
    {
        lock (_numbers)
        {
            watched.Logged = true;
            watched.Adopted = true;
            Add(watched);
        }
    }

    /// <summary>All by number, at this moment; where nothing has a number, null.</summary>
    public ReadOnlySpan<Watched?> Numbered => Volatile.Read(ref _byId);

    /// <summary>Null if nothing has the number.</summary>
    public Watched? ById(long id)
    {
        if (id is <= 0 or >= int.MaxValue) return null;
        lock (_numbers)
        {
            // What somebody refers to is taken, even when what named it is lost.
            _nextId = Math.Max(_nextId, (int)id + 1);
            return id < _byId.Length ? _byId[id] : null;
        }
    }

    /// <summary>Takes a batch that is on disk; in the order of the log, from one thread.</summary>
    public void Enqueue(Batch batch)
    {
        Interlocked.Add(ref _queuedBytes, batch.Size);
        Interlocked.Increment(ref _queued);
        int concerned = 0;
        for (int i = 0; i < shards.Length; i++)
        {
            if (batch.Concerns(i)) concerned++;
        }

        batch.Spread(concerned);
        lock (_order)
        {
            LastSequence = batch.Sequence;
            Listen(batch.ReceivedMs);
            for (int i = 0; i < shards.Length && concerned > 0; i++)
            {
                if (batch.Concerns(i)) shards[i].Enqueue(batch);
            }
        }

        if (concerned == 0) Applied(batch);
    }

    /// <summary>A shard, or nobody being concerned, is done with a batch.</summary>
    public void Done(Batch batch)
    {
        if (batch.IsLastPart()) Applied(batch);
    }

    /// <summary>Runs <paramref name="work"/> on every shard when all batches before this call are applied there and none after; results by shard.</summary>
    public async Task<(long Sequence, T[] Results)> BarrierAsync<T>(Func<Shard, T> work)
    {
        var answers = new TaskCompletionSource<T>[shards.Length];
        for (int i = 0; i < answers.Length; i++) answers[i] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        long sequence;
        lock (_order)
        {
            ObjectDisposedException.ThrowIf(_completed, this);
            sequence = LastSequence;
            for (int i = 0; i < shards.Length; i++)
            {
                (Shard shard, TaskCompletionSource<T> answer) = (shards[i], answers[i]);
                if (!shard.Enqueue(() => Answer(answer, work, shard))) answer.TrySetException(new ObjectDisposedException(nameof(Pipeline)));
            }
        }

        T[] results = await Task.WhenAll(answers.Select(answer => answer.Task)).ConfigureAwait(false);
        return (sequence, results);
    }

    /// <summary>Ends the shards when all batches before are applied.</summary>
    public void Complete()
    {
        lock (_order)
        {
            _completed = true;
            foreach (Shard shard in shards) shard.Complete();
        }
    }

    /// <summary>Every shard hears of every step, between the same records, whether or not they concern it.</summary>
    private void Listen(long receivedMs)
    {
        Listening now = _listening.After(receivedMs);
        if (now == _listening) return;
        _listening = now;
        foreach (Shard shard in shards) shard.Listened(now, receivedMs);
    }

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

    private void Applied(Batch batch)
    {
        Interlocked.Add(ref _queuedBytes, -batch.Size);
        Interlocked.Decrement(ref _queued);
        batch.Release();
    }

    private ConcurrentDictionary<SeriesKey, Watched> Table(Watched watched) => watched.Kind == 0 ? _series : _vectors;

    private int OwnerNumber(SeriesKey key) => (int)(key.Seed % (ulong)shards.Length);

    /// <summary>Under <see cref="_numbers"/>.</summary>
    private void Add(Watched watched)
    {
        watched.Owner = OwnerNumber(watched.Key);
        Number(watched.Id, watched);
        Table(watched)[watched.Key] = watched;
        Interlocked.Increment(ref _version);
        if (watched.Kind == 0) _counts.AddOrUpdate(watched.Key.Tenant, 1, (_, count) => count + 1);
    }

    private void Number(int id, Watched watched)
    {
        if (id >= _byId.Length) Array.Resize(ref _byId, Math.Max(id + 1, _byId.Length * 2));
        _byId[id] = watched;
        _nextId = Math.Max(_nextId, id + 1);
    }
}
