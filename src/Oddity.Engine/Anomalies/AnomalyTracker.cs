using Oddity.Detection;
using Oddity.Engine.Series;

namespace Oddity.Engine.Anomalies;

/// <summary>Follows one series' verdicts and keeps the anomaly that is going on, with the evidence of its oddest sample.</summary>
internal sealed class AnomalyTracker(SeriesKey series, WatchPlan plan)
{
    private Policy _policy = new(plan.Policy);
    private long _lastStartMs = long.MinValue;
    private int _ordinal;
    private bool _changed;
    private Anomaly? _pending;

    /// <summary>The anomaly that is going on; null if none is.</summary>
    public Anomaly? Current { get; private set; }

    /// <summary>Takes the score of a single series' sample.</summary>
    public void Step(in Sample sample, in Score score, Ensemble detector, RecentWindow recent, long receivedMs, AnomalySink sink)
    {
        Verdict verdict = _policy.Step(sample, score);
        if (IsCalm(verdict)) return;
        Follow(verdict, sample, score, detector.Votes, series, recent, receivedMs, sink);
    }

    /// <summary>Takes the score of a vector's row; the evidence is that of its leading dimension.</summary>
    public void StepVector(
        in Sample sample, in Score score, string detector, SeriesKey leading, RecentWindow recent, long receivedMs, AnomalySink sink)
    {
        Verdict verdict = _policy.Step(sample, score);
        if (IsCalm(verdict)) return;
        Follow(verdict, sample, score, [new(detector, 1, score)], leading, recent, receivedMs, sink);
    }

    /// <summary>Nothing more comes: what goes on ends, and a streak that had begun is forgotten.</summary>
    public void End(long receivedMs, AnomalySink sink)
    {
        if (Current is { } anomaly)
        {
            Anomaly over = anomaly with { EndMs = _policy.LastOddMs, LastOddMs = _policy.LastOddMs, Count = _policy.Count };
            sink.Offer(new("closed", over, receivedMs));
        }

        _policy = new(plan.Policy);
        (Current, _pending, _changed) = (null, null, false);
    }

    /// <summary>Hands on what changed since it was last handed on, so that a checkpoint holds the whole of it.</summary>
    public void Flush(AnomalySink sink)
    {
        if (!_changed || Current is null) return;
        _changed = false;
        sink.Offer(new("updated", Current, long.MaxValue));
    }

    public void Save(StateWriter writer)
    {
        writer.Text(plan.Revision);
        writer.Int64(_lastStartMs);
        writer.Int32(_ordinal);
        _policy.Save(writer);
        writer.Text((Current ?? _pending) is { } anomaly ? AnomalyJson.Write(anomaly) : "");
    }

    /// <summary>Takes up a saved state.</summary>
    /// <returns>False if what watched then is not what watches now: an anomaly that went on is then nobody's, and recovery ends it.</returns>
    public bool Load(StateReader reader)
    {
        bool same = reader.Text() == plan.Revision;
        _lastStartMs = reader.Int64();
        _ordinal = reader.Int32();
        var policy = same ? _policy : new Policy(plan.Policy);
        policy.Load(reader);
        string current = reader.Text();
        if (!same || current.Length == 0) return same;
        Anomaly anomaly = AnomalyJson.Read(current, series.Tenant);
        if (_policy.IsOpen) Current = anomaly;
        else _pending = anomaly;
        return true;
    }

    private void Follow(
        Verdict verdict, in Sample sample, in Score score, ReadOnlySpan<Vote> votes, SeriesKey subject, RecentWindow recent, long receivedMs, AnomalySink sink)
    {
        if (verdict == Verdict.Normal)
        {
            _pending = _policy.Pending == 1 ? Begin(sample, score, votes, subject, recent) : Odder(_pending!, sample, score, votes, subject, recent);
        }
        else if (verdict == Verdict.Opened)
        {
            _ordinal = _policy.StartMs == _lastStartMs ? _ordinal + 1 : 0;
            _lastStartMs = _policy.StartMs;
            Anomaly begun = _pending is null ? Begin(sample, score, votes, subject, recent) : Odder(_pending, sample, score, votes, subject, recent);
            Current = begun with { Id = AnomalyId.Of(series, plan.Revision, _policy.StartMs, _ordinal), LastOddMs = _policy.LastOddMs, Count = _policy.Count };
            _pending = null;
            _changed = false;
            sink.Offer(new("opened", Current, receivedMs));
        }
        else if (verdict == Verdict.Closed)
        {
            Anomaly over = Current! with { EndMs = _policy.LastOddMs, LastOddMs = _policy.LastOddMs, Count = _policy.Count };
            Current = null;
            _changed = false;
            sink.Offer(new("closed", over, receivedMs));
        }
        else if (_policy.Count != Current!.Count)
        {
            GoOn(sample, score, votes, subject, recent, receivedMs, sink);
        }
    }

    private Anomaly Begin(in Sample sample, in Score score, ReadOnlySpan<Vote> votes, SeriesKey subject, RecentWindow recent)
    {
        Sample[] window = recent.ToArray();
        Vote[] all = Witnesses.Add(votes, window, plan);
        return new()
        {
            Id = AnomalyId.Of(series, plan.Revision, _policy.StartMs, _ordinal),
            Series = series,
            Subject = subject.Equals(series) ? null : subject,
            Detector = plan.DetectorId == "none" ? all[0].Detector : plan.DetectorId,
            StartMs = _policy.StartMs,
            LastOddMs = sample.TimeMs,
            PeakMs = sample.TimeMs,
            Value = sample.Value,
            Expected = score.Expected,
            Lower = score.Lower,
            Upper = score.Upper,
            Score = score.Value,
            Statistic = score.Statistic,
            Term = score.Term,
            Severity = Severities.Of(score, all),
            Count = _policy.Count,
            Votes = all,
            Window = window,
            Configuration = plan.Configuration,
        };
    }

    /// <summary>Another odd sample: it counts, and people hear of it when it matters more.</summary>
    private void GoOn(
        in Sample sample, in Score score, ReadOnlySpan<Vote> votes, SeriesKey subject, RecentWindow recent, long receivedMs, AnomalySink sink)
    {
        Anomaly before = Current!;
        Current = Odder(before with { LastOddMs = sample.TimeMs, Count = _policy.Count }, sample, score, votes, subject, recent);
        _changed = Current.Severity == before.Severity;
        if (!_changed) sink.Offer(new("updated", Current, receivedMs));
    }

    /// <summary>The anomaly with the sample's evidence if that is the oddest so far; otherwise as it is.</summary>
    private Anomaly Odder(Anomaly before, in Sample sample, in Score score, ReadOnlySpan<Vote> votes, SeriesKey subject, RecentWindow recent)
    {
        if (score.Value <= before.Score) return before;
        Anomaly now = Begin(sample, score, votes, subject, recent);
        var severity = (Severity)Math.Max((int)before.Severity, (int)now.Severity);
        return now with { Id = before.Id, StartMs = before.StartMs, Severity = severity, Detector = before.Detector, Window = before.Window };
    }

    /// <summary>True where there is nothing to follow: no anomaly, and no streak that may become one.</summary>
    private bool IsCalm(Verdict verdict)
    {
        if (verdict != Verdict.Normal) return false;
        if (_policy.Pending > 0) return false;
        _pending = null;
        return true;
    }
}
