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
}
