// Temporary stand-ins until the detectors land; whoever brings Ensemble, VectorIsolationForest, zscore and threshold deletes this file.
namespace Oddity.Detection;

public sealed class Ensemble : Detector
{
    private readonly (string Id, Detector Detector)[] _members;
    private readonly Vote[] _votes;
    private Ensemble((string Id, Detector Detector)[] members) => (_members, _votes) = (members, new Vote[members.Length]);
    public static Ensemble AnyOf((string Id, Detector Detector)[] members) => new(members);
    public ReadOnlySpan<Vote> Votes => _votes;
    public override Score Observe(in Sample sample)
    {
        int best = 0;
        for (int i = 0; i < _members.Length; i++)
        {
            _votes[i] = new(_members[i].Id, 1, _members[i].Detector.Observe(sample));
            if ((_votes[i].Score.Anomalous, _votes[i].Score.Value).CompareTo((_votes[best].Score.Anomalous, _votes[best].Score.Value)) > 0) best = i;
        }
        return _votes[best].Score;
    }
    public override void Save(StateWriter writer) { foreach (var m in _members) m.Detector.Save(writer); }
    public override void Load(StateReader reader) { foreach (var m in _members) m.Detector.Load(reader); }
}
public sealed class VectorIsolationForest(int dimensions, ulong seed) : VectorDetector
{
    public override int Dimensions => dimensions;
    public override int Leading => 0;
    public ulong Seed => seed;
    public override Score Observe(long timeMs, ReadOnlySpan<double> values) => new() { Value = 0, Expected = values[0], Lower = double.NegativeInfinity, Upper = double.PositiveInfinity, Anomalous = false, Term = "stub" };
    public override void Save(StateWriter writer) { }
    public override void Load(StateReader reader) { }
}
internal sealed class ZScoreStub : Detector
{
    private double _n, _mean, _m2;
    public override Score Observe(in Sample sample)
    {
        double sd = _n > 1 ? Math.Sqrt(_m2 / (_n - 1)) : 0;
        bool odd = _n >= 5 && Math.Abs(sample.Value - _mean) > 3 * sd + 1e-9;
        var s = new Score { Value = odd ? 1 : 0, Expected = _mean, Lower = _mean - 3 * sd, Upper = _mean + 3 * sd, Anomalous = odd, Statistic = sd > 0 ? (sample.Value - _mean) / sd : 0, Term = sd > 0 ? "z-score" : "constant series broken" };
        _n++; double d = sample.Value - _mean; _mean += d / _n; _m2 += d * (sample.Value - _mean);
        return s;
    }
    public override void Save(StateWriter writer) { writer.Double(_n); writer.Double(_mean); writer.Double(_m2); }
    public override void Load(StateReader reader) { _n = reader.Double(); _mean = reader.Double(); _m2 = reader.Double(); }
}
internal sealed class ThresholdStub(double above) : Detector
{
    public override Score Observe(in Sample sample) => new() { Value = sample.Value > above ? 1 : 0, Expected = sample.Value > above ? above : sample.Value, Lower = double.NegativeInfinity, Upper = above, Anomalous = sample.Value > above, Term = "limit" };
    public override void Save(StateWriter writer) { }
    public override void Load(StateReader reader) { }
}
