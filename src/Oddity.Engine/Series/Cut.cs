using Oddity.Detection;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Chunks;

namespace Oddity.Engine.Series;

/// <summary>
/// What one shard gives to a checkpoint: the state of everything that changed, as it was at one point of the log. It is written down a slice at a time between
/// batches; what a batch is about to change in the meantime is written down just before (copy on write). The shard's.
/// </summary>
internal sealed class Cut
{
    private readonly AnomalySink _sink;
    private readonly StateWriter _writer = new();
    private readonly List<Watched> _due = [];
    private int _next;

    /// <summary>On the shard's loop, at that point of the log.</summary>
    public Cut(Shard shard, AnomalySink sink)
    {
        (Shard, _sink, Listening, Gone) = (shard, sink, shard.Listening, shard.TakeGone());
        foreach (Watched watched in shard.Owned.Values)
        {
            if (!watched.Changed) continue;
            (watched.Changed, watched.Due) = (false, true);
            _due.Add(watched);
        }

        shard.Cut = this;
    }

    public Shard Shard { get; }

    public Listening Listening { get; }

    /// <summary>Numbers of what was deleted.</summary>
    public List<int> Gone { get; }

    public List<(Watched Watched, byte[] State)> States { get; } = [];

    public List<(SeriesState Series, SealedChunk Chunk)> Chunks { get; } = [];

    /// <summary>Writes down at most so many; true when nothing is left.</summary>
    public bool SaveSome(int most)
    {
        for (; _next < _due.Count && most > 0; _next++)
        {
            if (!_due[_next].Due) continue;
            Save(_due[_next]);
            most--;
        }

        if (_next < _due.Count) return false;
        Shard.Cut = null;
        return true;
    }

    /// <summary>Writes down one now: it is about to change.</summary>
    public void Save(Watched watched)
    {
        watched.Due = false;
        watched.Tracker?.Flush(_sink);
        _writer.Clear();
        watched.Save(_writer);
        States.Add((watched, _writer.Written.ToArray()));
        if (watched is not SeriesState series) return;
        foreach (SealedChunk chunk in series.Sealed) Chunks.Add((series, chunk));
    }

    /// <summary>It is in the store.</summary>
    public bool Done()
    {
        foreach ((Watched watched, _) in States) watched.Stored = true;
        foreach ((SeriesState series, SealedChunk chunk) in Chunks) series.Forget(chunk.Ordinal);
        return true;
    }

    /// <summary>It is not: the next one has to take it.</summary>
    public bool Undo()
    {
        Shard.Cut = null;
        foreach (Watched watched in _due) (watched.Changed, watched.Due) = (true, false);
        Shard.Gone.AddRange(Gone);
        return true;
    }
}
