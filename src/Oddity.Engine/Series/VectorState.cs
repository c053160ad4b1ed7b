using Oddity.Detection;
using Oddity.Engine.Anomalies;

namespace Oddity.Engine.Series;

/// <summary>Several series measured together, watched as one. Their samples are stored with the single series; here is only what judges them together.</summary>
internal sealed class VectorState(int id, SeriesKey key, SeriesKey[] dimensions, VectorPlan plan, AnomalyTracker tracker) : Watched(id, key, tracker)
{
    private const byte Version = 2;

    // Detectors' states had no checksum in the first.
    private const byte Unchecked = 1;

    // One from the store learns of its dimensions, and gets its detector, in Load.
    private VectorDetector _detector = dimensions.Length > 0 ? plan.Create(key, dimensions.Length) : null!;
    private SeriesKey[] _dimensions = dimensions;
    private RecentWindow[] _recent = Array.ConvertAll(dimensions, _ => new RecentWindow());
    private long _lastMs = long.MinValue;

    public override int Kind => 1;

    public override string Revision => plan.Revision;

    /// <summary>The series whose values it sees together.</summary>
    public IReadOnlyList<SeriesKey> Dimensions => _dimensions;

    /// <summary>Takes one row; a late one, or one of other dimensions than the first had, is not judged.</summary>
    public bool Take(long timeMs, ReadOnlySpan<SeriesKey> of, ReadOnlySpan<double> values, long receivedMs, AnomalySink sink)
    {
        if (IsLate(timeMs, _lastMs, receivedMs) || !of.SequenceEqual(_dimensions)) return false;
        Changed = true;
        _lastMs = timeMs;
        for (int i = 0; i < values.Length; i++) _recent[i].Add(new(timeMs, values[i]));
        if (Judge(timeMs, values) is not { } score) return true;
        int leading = _detector.Leading;
        Tracker!.StepVector(new(timeMs, values[leading]), score, plan.DetectorId, _dimensions[leading], _recent[leading], receivedMs, sink);
        return true;
    }

    /// <summary>Scores a row as if it came now; nothing is learnt. Null if it has other dimensions.</summary>
    public Prediction? Predict(long timeMs, ReadOnlySpan<SeriesKey> of, ReadOnlySpan<double> values)
    {
        if (!of.SequenceEqual(_dimensions)) return null;
        var writer = new StateWriter();
        _detector.Save(writer);
        VectorDetector copy = plan.Create(Key, _dimensions.Length);
        copy.Load(new(writer.Written.ToArray()));
        Score score = copy.Observe(timeMs, values);
        var sample = new Sample(timeMs, values[copy.Leading]);
        Vote[] votes = [new(plan.DetectorId, 1, score)];
        return new(Key, sample, score, votes, Explanation.OfPrediction(_dimensions[copy.Leading], sample, score, votes));
    }

    /// <summary>As with a single series: a detector that throws starts afresh, and the vector goes on. Null while that happens.</summary>
    private Score? Judge(long timeMs, ReadOnlySpan<double> values)
    {
        try
        {
            return _detector.Observe(timeMs, values);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            _detector = plan.Create(Key, _dimensions.Length);
            return null;
        }
    }

    public override void Save(StateWriter writer)
    {
        writer.Byte(Version);
        writer.Int32(_dimensions.Length);
        foreach (SeriesKey dimension in _dimensions) writer.Text(dimension.Text);
        writer.Int64(_lastMs);
        foreach (RecentWindow recent in _recent) recent.Save(writer);
        Tracker!.Save(writer);
        SaveDetector(writer, plan.Plan, _detector.Save);
    }

    public override string? Load(StateReader reader)
    {
        byte version = reader.Byte();
        if (version is < Unchecked or > Version) throw new InvalidDataException("A vector state of an unknown version.");
        _dimensions = new SeriesKey[reader.Count(4)];
        for (int i = 0; i < _dimensions.Length; i++)
        {
            if (!SeriesKey.TryParse(Key.Tenant, reader.Text(), out _dimensions[i])) throw new InvalidDataException("A dimension that cannot be read.");
        }

        _detector = plan.Create(Key, _dimensions.Length);
        _lastMs = reader.Int64();
        _recent = Array.ConvertAll(_dimensions, _ => new RecentWindow());
        foreach (RecentWindow recent in _recent) recent.Load(reader);
        bool same = Tracker!.Load(reader);
        string? reason = LoadDetector(reader, plan.Plan, version > Unchecked, _detector.Load);
        if (reason is not null) _detector = plan.Create(Key, _dimensions.Length);
        return same ? reason : reason ?? "its configuration changed";
    }
}
