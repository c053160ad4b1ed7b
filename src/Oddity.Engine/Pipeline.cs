using Microsoft.Extensions.Logging;
using Oddity.Detection;
using Oddity.Engine.Alerting;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Intake;
using Oddity.Engine.Live;
using Oddity.Engine.Series;

namespace Oddity.Engine;

/// <summary>The whole flow: intake → log → shards → anomalies → alerts and live.</summary>
public sealed class Pipeline : IAsyncDisposable
{
    /// <summary>Opens the data directory and begins recovery; <see cref="Recovered"/> ends when what was logged is applied.</summary>
    /// <exception cref="DataDirectoryInUseException">Another process has it open.</exception>
    public static Pipeline Open(EngineOptions options, IReadOnlyList<IChannel> channels, TimeProvider time, ILoggerFactory loggers) =>
        throw new NotImplementedException();

    /// <summary>Completes when recovery is done; fails when it could not be.</summary>
    public Task Recovered => throw new NotImplementedException();

    /// <summary>Share of the log that recovery has applied, 0 to 1.</summary>
    public double RecoveryProgress => throw new NotImplementedException();

    /// <summary>Completes, failed, when a part died and the process should end: a dead worker or the first failed sync.</summary>
    public Task Failure => throw new NotImplementedException();

    /// <summary>Batches on disk that are not applied to their series yet.</summary>
    public int QueueDepth => throw new NotImplementedException();

    /// <summary>The embedded store, for those who keep small things beside the series: users, tokens.</summary>
    public Storage.Database Database => throw new NotImplementedException();

    /// <summary>Events for dashboards.</summary>
    public LiveFeed Live => throw new NotImplementedException();

    /// <summary>Lets a batch in. Returns when what was accepted is on disk.</summary>
    public Task<IngestResult> IngestAsync(IngestBatch batch, IngestOptions options, CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>Waits until all batches acknowledged before the call are applied and their anomalies can be queried.</summary>
    public Task SettleAsync(CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>Writes a checkpoint now.</summary>
    public Task CheckpointAsync(CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>Scores the batch's samples against the series as they are, without learning or storing. One anomaly per sample that would be odd now.</summary>
    public Task<IReadOnlyList<Prediction>> PredictAsync(IngestBatch batch, CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>Series of a tenant in order of their text.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="search">Text the key contains, any case; null for all.</param>
    /// <param name="after">Key text after which to begin; null for the start.</param>
    /// <param name="limit">Most to return.</param>
    public IReadOnlyList<SeriesInfo> ListSeries(string tenant, string? search, string? after, int limit) => throw new NotImplementedException();

    /// <summary>The series with this key; null if there is none.</summary>
    public SeriesInfo? FindSeries(SeriesKey key) => throw new NotImplementedException();

    /// <summary>Number of series of a tenant.</summary>
    public int CountSeries(string tenant) => throw new NotImplementedException();

    /// <summary>Stored samples with event time in [fromMs, toMs), in time order, equal times in order of arrival; the newest <paramref name="limit"/> of them.</summary>
    public Task<Sample[]> ReadSamplesAsync(SeriesKey key, long fromMs, long toMs, int limit, CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>What a fresh detector of the series' configuration makes of the samples in [fromMs, toMs), after a run-up over those before: for drawing the band.</summary>
    public Task<(Sample[] Samples, Score[] Scores)> ReadScoredAsync(SeriesKey key, long fromMs, long toMs, int limit, CancellationToken cancel) =>
        throw new NotImplementedException();

    public Task<AnomalyPage> ListAnomaliesAsync(AnomalyQuery query, CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>Null if the tenant has none with that id.</summary>
    public Task<Anomaly?> FindAnomalyAsync(string tenant, string id, CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>Sets what people make of an anomaly, durably; null if the tenant has none with that id.</summary>
    public Task<Anomaly?> SetStatusAsync(string tenant, string id, AnomalyStatus status, string by, string? note, CancellationToken cancel) =>
        throw new NotImplementedException();

    /// <summary>Stores an anomaly that somebody else found (detector "manual"), durably, and alerts of it like any other. Given twice, stored once.</summary>
    public Task<Anomaly> ReportAsync(SeriesKey series, long? timeMs, double value, Severity severity, string note, CancellationToken cancel) =>
        throw new NotImplementedException();

    /// <summary>All anomalies in canonical order (tenant, series, detector, start, id), one JSON object each, without wall-clock fields.</summary>
    public IAsyncEnumerable<string> ExportAnomaliesAsync(string? tenant, CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>SHA-256 over the state of all series, after everything acknowledged is applied.</summary>
    public Task<StateDigest> DigestAsync(CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>Drains, writes a last checkpoint and closes.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
