using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Oddity.Engine.Anomalies;

namespace Oddity.Engine;

/// <summary>
/// The engine's own telemetry, meter "Oddity". The balance holds at every moment: records in = accepted + rejected + refused, samples accepted = applied + queued.
/// </summary>
internal sealed class EngineMeter : IDisposable
{
    public const string Name = "Oddity";

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _processed;
    private readonly Counter<long> _late;
    private readonly Counter<long> _unjudged;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _anomalies;
    private readonly Counter<long> _alerts;
    private readonly Histogram<double> _commit;
    private readonly Histogram<double> _sync;
    private readonly Counter<long> _logged;
    private readonly Histogram<double> _apply;
    private readonly Histogram<double> _checkpoint;
    private readonly Counter<long> _dropped;
    private readonly ConcurrentDictionary<string, Timing> _timed = new(StringComparer.Ordinal);
    private long _processedTotal;
    private long _anomaliesTotal;

    public EngineMeter()
    {
        _accepted = _meter.CreateCounter<long>("oddity_samples_accepted_total", "samples", "Samples on disk.");
        _processed = _meter.CreateCounter<long>("metrics_processed_total", "samples", "Samples applied to their series.");
        _late = _meter.CreateCounter<long>("oddity_samples_late_total", "samples", "Samples older than their series' latest: stored, not scored.");
        _unjudged = _meter.CreateCounter<long>("oddity_vector_rows_unjudged_total", "rows", "Rows of values measured together that were late or had other fields than the first: stored, not judged together.");
        _rejected = _meter.CreateCounter<long>("oddity_records_rejected_total", "records", "Records refused for what they are, by reason.");
        _refused = _meter.CreateCounter<long>("oddity_records_refused_total", "records", "Records of requests refused as a whole, by the limit that was hit.");
        _anomalies = _meter.CreateCounter<long>("anomaly_events_total", "anomalies", "Anomalies that began, by severity.");
        _alerts = _meter.CreateCounter<long>("oddity_alerts_total", "alerts", "Delivery attempts, by channel and outcome.");
        _commit = _meter.CreateHistogram<double>("oddity_log_append_seconds", "s", "From admission to synced on disk.");
        _sync = _meter.CreateHistogram<double>("oddity_log_sync_seconds", "s", "Making one write of the log durable; several requests may share it.");
        _logged = _meter.CreateCounter<long>("oddity_log_bytes_total", "bytes", "Bytes appended to the log.");
        _apply = _meter.CreateHistogram<double>("oddity_apply_seconds", "s", "Scoring and learning of one batch's share of a shard.");
        _dropped = _meter.CreateCounter<long>("oddity_history_dropped_chunks_total", "chunks", "Chunks of 512 samples that were let go of, by reason: retention or quota.");
        _meter.CreateObservableCounter(
            "oddity_detector_seconds_total",
            () => _timed.Select(each => new Measurement<double>(each.Value.Seconds * TimedOneIn, new KeyValuePair<string, object?>("detector", each.Key))),
            "s",
            "Processor time of samples by what watches their series, storing included; an estimate from one sample in 257.");
        _meter.CreateObservableCounter(
            "oddity_detector_samples_total",
            () => _timed.Select(each => new Measurement<long>(each.Value.Count * TimedOneIn, new KeyValuePair<string, object?>("detector", each.Key))),
            "samples",
            "Samples by what watches their series; an estimate from one sample in 257.");
        _checkpoint = _meter.CreateHistogram<double>("oddity_checkpoint_seconds", "s", "From the barrier to the synced checkpoint.");
    }

    /// <summary>Samples applied since the start.</summary>
    public long Processed => Interlocked.Read(ref _processedTotal);

    /// <summary>Anomalies begun since the start.</summary>
    public long Anomalies => Interlocked.Read(ref _anomaliesTotal);

    public void Committed(TimeSpan took, int samples)
    {
        _accepted.Add(samples);
        _commit.Record(took.TotalSeconds);
    }

    public void Synced(TimeSpan took, long bytes)
    {
        _sync.Record(took.TotalSeconds);
        _logged.Add(bytes);
    }

    public void Applied(int samples, int late, int unjudged, TimeSpan took)
    {
        Interlocked.Add(ref _processedTotal, samples);
        _processed.Add(samples);
        if (late > 0) _late.Add(late);
        if (unjudged > 0) _unjudged.Add(unjudged);
        _apply.Record(took.TotalSeconds);
    }

    /// <summary>One sample in so many is timed: a prime, so that no rhythm of the batches makes it always the same series.</summary>
    public const int TimedOneIn = 257;

    /// <summary>A sample was timed.</summary>
    public void Timed(string detector, TimeSpan took) => _timed.GetOrAdd(detector, _ => new()).Add(took);

    /// <summary>Mean processor time of a sample of what that detector watches; null before the first was timed.</summary>
    public double? Nanoseconds(string detector) => _timed.TryGetValue(detector, out Timing? timed) ? timed.Seconds * 1e9 / timed.Count : null;

    public void Dropped(string reason, int chunks) => _dropped.Add(chunks, new KeyValuePair<string, object?>("reason", reason));

    public void Rejected(string reason) => _rejected.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Refused(string limit, int records) => _refused.Add(records, new KeyValuePair<string, object?>("limit", limit));

    public void Anomaly(Anomaly anomaly)
    {
        Interlocked.Increment(ref _anomaliesTotal);
        _anomalies.Add(1, new KeyValuePair<string, object?>("severity", anomaly.Severity.ToString().ToLowerInvariant()));
    }

    public void Alert(string channel, string outcome) =>
        _alerts.Add(1, new KeyValuePair<string, object?>("channel", channel), new KeyValuePair<string, object?>("outcome", outcome));

    public void Checkpointed(TimeSpan took) => _checkpoint.Record(took.TotalSeconds);

    /// <summary>Registers a figure that is read when somebody asks.</summary>
    public void Gauge(string name, string help, Func<double> read) => _meter.CreateObservableGauge(name, read, null, help);

    public void Dispose() => _meter.Dispose();

    private sealed class Timing
    {
        private long _ticks;
        private long _count;

        public double Seconds => TimeSpan.FromTicks(Interlocked.Read(ref _ticks)).TotalSeconds;

        public long Count => Interlocked.Read(ref _count);

        public void Add(TimeSpan took)
        {
            Interlocked.Add(ref _ticks, took.Ticks);
            Interlocked.Increment(ref _count);
        }
    }
}
