using Oddity.Detection;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Chunks;

namespace Oddity.Engine.Series;

/// <summary>One series: its newest samples, the chunks not yet in the store, and what watches it.</summary>
internal sealed class SeriesState(int id, SeriesKey key, WatchPlan plan) : Watched(id, key, plan.IsSilent ? null : new AnomalyTracker(key, plan))
{
    /// <summary>Samples in a full chunk. Chunks are sealed by count alone, so that they do not depend on when checkpoints fall.</summary>
    public const int ChunkSize = 512;

    private const byte Version = 3;

    // The open samples were a whole chunk in the first, and detectors' states had no checksum in the first two.
    private const byte FirstVersion = 1;
    private const byte Unchecked = 2;

    // Of a series that nothing watches there is neither this nor a tracker.
    private RecentWindow? _recent;
    private List<SealedChunk>? _sealed;
    private Ensemble? _detector = plan.Create(key);
    private OpenChunk _open;
    private int _sealedCount;
    private Wait _wait;

    private int _activeIn;
    private int _countThen;

    public override int Kind => 0;

    /// <summary>True while detector, window and open samples are in the store alone: <see cref="Wake"/> comes before everything else.</summary>
    public bool IsAsleep { get; private set; }

    /// <summary>How often its detector threw and started afresh since the process began.</summary>
    public int DetectorFailures { get; private set; }

    public WatchPlan Plan => plan;

    /// <summary>True if its detector may say that a sample is overdue.</summary>
    public bool IsAwaited => _detector is { WaitsForSamples: true };

    public override string Revision => plan.Revision;

    /// <summary>Samples in the window of evidence.</summary>
    public int Recent => _recent?.Count ?? 0;

    public long FirstMs { get; private set; } = long.MaxValue;

    /// <summary>Latest event time; long.MinValue before the first sample.</summary>
    public long LastMs { get; private set; } = long.MinValue;

    public double LastValue { get; private set; }

    public long Count { get; private set; }

    /// <summary>Rounds since it took a sample last, asked once in each.</summary>
    public int IsIdleSince(int round)
    {
        if (_activeIn == 0 || _countThen != (int)Count) (_activeIn, _countThen) = (round, (int)Count);
        return round - _activeIn;
    }

    /// <summary>Lets go of what the store has. Only right after a checkpoint; not of a series that is waited for, or that changed since.</summary>
    /// <returns>True if it sleeps now and did not before.</returns>
    public bool Sleep()
    {
        if (IsAsleep || Changed || Due || IsAwaited || _sealed is not null || Count == 0) return false;
        (_detector, _recent, _open, IsAsleep) = (null, null, default, true);
        return true;
    }

    /// <summary>Takes up its state again.</summary>
    public void Wake(byte[] state)
    {
        (_detector, IsAsleep) = (plan.Create(Key), false);
        Load(new(state));
        Changed = false;
    }

    /// <summary>Takes one sample: into the history, and, unless it is late, past the detector.</summary>
    /// <returns>False if it was late: older than the latest one, kept but not scored.</returns>
    public bool Take(in Sample sample, long receivedMs, AnomalySink sink)
    {
        Changed = true;
        Count++;
        Append(sample);
        FirstMs = Math.Min(FirstMs, sample.TimeMs);
        if (IsLate(sample.TimeMs, LastMs, receivedMs)) return false;
        (LastMs, LastValue) = (sample.TimeMs, sample.Value);
        if (_detector is null) return true;
        RecentWindow recent = _recent ??= new();
        recent.Add(sample);
        if (Judge(sample) is { } score) Tracker!.Step(sample, score, _detector, recent, receivedMs, sink);
        return true;
    }

    /// <summary>The sender says that nothing more comes: an anomaly that goes on ends with its last odd sample.</summary>
    public void End(long receivedMs, AnomalySink sink)
    {
        Changed = true;
        _wait = default;
        Tracker?.End(receivedMs, sink);
    }

    /// <summary>A sample came, when Oddity had listened for so many steps.</summary>
    public void Heard(long steps, long receivedMs) => _wait = Wait.From(steps, LastMs, receivedMs);

    /// <summary>Oddity has listened for so many steps: tells, once, that the next sample is overdue. It counts as an odd sample at the time when it became so.</summary>
    public void Miss(long steps, long receivedMs, AnomalySink sink)
    {
        if (!_wait.IsOpen || _detector!.OverdueMs is not { } due || !_wait.IsOver(due - LastMs, steps)) return;
        (_wait, Changed) = (default, true);
        Score score = _detector.Overdue(due, LastValue);
        // A silence has no samples that a streak could count.
        for (int i = 0; i < plan.Policy.Streak; i++) Tracker!.Step(new(due, LastValue), score, _detector, _recent ??= new(), receivedMs, sink);
    }

    /// <summary>Scores a sample as if it came now; nothing is learnt.</summary>
    public Prediction Predict(in Sample sample)
    {
        Ensemble? copy = Clone();
        if (copy is null) return new(Key, sample, Scores.Silent(sample.Value), [], "Nothing watches this series.");
        Score score = copy.Observe(sample);
        Vote[] votes = copy.Votes.ToArray();
        return new(Key, sample, score, votes, Explanation.OfPrediction(Key, sample, score, votes));
    }

    /// <summary>Samples in memory with event time in [fromMs, toMs), and the ordinal below which chunks are in the store.</summary>
    public (Sample[] Samples, int StoredChunks) InMemory(long fromMs, long toMs)
    {
        var samples = new List<Sample>();
        foreach (SealedChunk chunk in Sealed) AddRange(samples, ChunkCodec.Decode(chunk.Data), fromMs, toMs);
        AddRange(samples, _open.ToArray(), fromMs, toMs);
        return ([.. samples], Sealed is [var first, ..] ? first.Ordinal : _sealedCount);
    }

    /// <summary>Chunks that the next checkpoint stores. They stay readable here until <see cref="Forget"/>.</summary>
    public IReadOnlyList<SealedChunk> Sealed => _sealed ?? [];

    /// <summary>Forgets chunks up to and with this ordinal: they are in the store.</summary>
    public void Forget(int ordinal)
    {
        _sealed?.RemoveAll(chunk => chunk.Ordinal <= ordinal);
        if (_sealed is []) _sealed = null;
    }

    public override void Save(StateWriter writer)
    {
        writer.Byte(Version);
        writer.Int64(Count);
        writer.Int64(FirstMs);
        writer.Int64(LastMs);
        writer.Double(LastValue);
        writer.Int32(_sealedCount);
        _open.Save(writer);
        (_recent ?? new()).Save(writer);
        (Tracker ?? new(Key, plan)).Save(writer);
        SaveDetector(writer, plan, _detector is null ? null : _detector.Save);
        if (IsAwaited) _wait.Save(writer);
    }

    public override string? Load(StateReader reader)
    {
        byte version = reader.Byte();
        if (version is < FirstVersion or > Version) throw new InvalidDataException("A series state of an unknown version.");
        Count = reader.Int64();
        FirstMs = reader.Int64();
        LastMs = reader.Int64();
        LastValue = reader.Double();
        _sealedCount = reader.Int32();
        if (version == FirstVersion) LoadFirst(reader);
        else _open = OpenChunk.Load(reader, ChunkSize);
        var recent = new RecentWindow();
        recent.Load(reader);
        if (recent.Count > 0) _recent = recent;
        bool same = (Tracker ?? new(Key, plan)).Load(reader);
        string? reason = LoadDetector(reader, plan, version > Unchecked, _detector is null ? null : _detector.Load);
        if (reason is not null) _detector = plan.Create(Key);
        if (IsAwaited && reader.Remaining > 0) _wait = Wait.Load(reader);
        return same ? reason : reason ?? "its configuration changed";
    }

    /// <summary>A detector that throws has a fault of its own: it starts afresh, counted, and the series goes on. Null while that happens.</summary>
    private Score? Judge(in Sample sample)
    {
        try
        {
            return _detector!.Observe(sample);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            DetectorFailures++;
            _detector = plan.Create(Key);
            return null;
        }
    }

    private void Append(in Sample sample)
    {
        _open.Add(sample);
        if (_open.Count == ChunkSize) Seal();
    }

    private void Seal()
    {
        Span<Sample> samples = stackalloc Sample[ChunkSize];
        _open.CopyTo(samples);
        (_sealed ??= []).Add(SealedChunk.Of(_sealedCount++, samples));
        _open.Clear();
    }

    private void LoadFirst(StateReader reader)
    {
        Sample[] open = ChunkCodec.Decode(reader.Bytes().ToArray());
        if (open.Length >= ChunkSize) throw new InvalidDataException("An open chunk longer than any.");
        foreach (Sample sample in open) Append(sample);
    }

    private Ensemble? Clone()
    {
        if (_detector is null) return null;
        var writer = new StateWriter();
        _detector.Save(writer);
        Ensemble copy = plan.Create(Key)!;
        copy.Load(new(writer.Written.ToArray()));
        return copy;
    }

    private static void AddRange(List<Sample> samples, ReadOnlySpan<Sample> more, long fromMs, long toMs)
    {
        foreach (Sample sample in more)
        {
            if (sample.TimeMs >= fromMs && sample.TimeMs < toMs) samples.Add(sample);
        }
    }
}
