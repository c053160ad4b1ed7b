namespace Oddity.Engine.Calls;

/// <summary>What calls of one operation add up to.</summary>
internal sealed class CallCell
{
    /// <summary>Traces that are kept as examples: failed ones, and the slowest.</summary>
    private const int MaxExamples = 4;

    private readonly List<(string Trace, double LatencyMs, bool Failed)> _examples = [];

    public long Count { get; private set; }

    public long Failed { get; private set; }

    public double LatencySumMs { get; private set; }

    public long Sized { get; private set; }

    public double BytesSum { get; private set; }

    /// <summary>Time not spent waiting for calls of its own; for spans.</summary>
    public double SelfSumMs { get; private set; }

    public Sketch Latency { get; private init; } = new();

    /// <summary>Ids of traces, failed and slow ones first.</summary>
    public IEnumerable<string> Examples => _examples.Select(example => example.Trace);

    public void Add(Call call, double selfMs = 0)
    {
        Count++;
        if (call.Failed) Failed++;
        SelfSumMs += selfMs;
        if (!double.IsNaN(call.LatencyMs))
        {
            LatencySumMs += call.LatencyMs;
            Latency.Add(call.LatencyMs);
        }

        if (call.Bytes is { } bytes)
        {
            Sized++;
            BytesSum += bytes;
        }

        if (call.Span is { } span) Keep((span.TraceId, call.LatencyMs, call.Failed));
    }

    public void Add(CallCell other)
    {
        Count += other.Count;
        Failed += other.Failed;
        LatencySumMs += other.LatencySumMs;
        SelfSumMs += other.SelfSumMs;
        Sized += other.Sized;
        BytesSum += other.BytesSum;
        Latency.Add(other.Latency);
        foreach ((string, double, bool) example in other._examples) Keep(example);
    }

    public void Save(BinaryWriter to)
    {
        to.Write7BitEncodedInt64(Count);
        to.Write7BitEncodedInt64(Failed);
        to.Write(LatencySumMs);
        to.Write(SelfSumMs);
        to.Write7BitEncodedInt64(Sized);
        to.Write(BytesSum);
        Latency.Save(to);
        to.Write7BitEncodedInt(_examples.Count);
        foreach ((string trace, double latency, bool failed) in _examples)
        {
            to.Write(trace);
            to.Write(latency);
            to.Write(failed);
        }
    }

    public static CallCell Load(BinaryReader from)
    {
        (long count, long failed) = (from.Read7BitEncodedInt64(), from.Read7BitEncodedInt64());
        (double latency, double self) = (from.ReadDouble(), from.ReadDouble());
        long sized = from.Read7BitEncodedInt64();
        double bytes = from.ReadDouble();
        var cell = new CallCell
        {
            Count = count,
            Failed = failed,
            LatencySumMs = latency,
            SelfSumMs = self,
            Sized = sized,
            BytesSum = bytes,
            Latency = Sketch.Load(from),
        };
        for (int n = from.Read7BitEncodedInt(); n > 0; n--) cell._examples.Add((from.ReadString(), from.ReadDouble(), from.ReadBoolean()));
        return cell;
    }

    private void Keep((string Trace, double LatencyMs, bool Failed) example)
    {
        if (_examples.Count == MaxExamples && Compare(example, _examples[^1]) >= 0) return;
        int same = _examples.FindIndex(kept => kept.Trace == example.Trace);
        if (same >= 0)
        {
            if (Compare(example, _examples[same]) >= 0) return;
            _examples.RemoveAt(same);
        }

        _examples.Add(example);
        _examples.Sort(Compare);
        if (_examples.Count > MaxExamples) _examples.RemoveAt(MaxExamples);
    }

    /// <summary>The failed first, then the slower; ties by id, so that the order of arrival decides nothing.</summary>
    private static int Compare((string Trace, double LatencyMs, bool Failed) a, (string Trace, double LatencyMs, bool Failed) b) =>
        a.Failed != b.Failed ? (a.Failed ? -1 : 1)
        : a.LatencyMs != b.LatencyMs ? b.LatencyMs.CompareTo(a.LatencyMs)
        : string.CompareOrdinal(a.Trace, b.Trace);
}
