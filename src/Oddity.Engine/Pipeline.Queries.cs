using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Oddity.Detection;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;
using Oddity.Engine.Verification;

namespace Oddity.Engine;

/// <summary>What is asked of the engine: series, samples, anomalies, and whether all of it is as it should be.</summary>
public sealed partial class Pipeline
{
    /// <summary>Scores the batch's samples against the series as they are, without learning or storing: one prediction a sample and a vector row.</summary>
    public async Task<IReadOnlyList<Prediction>> PredictAsync(IngestBatch batch, CancellationToken cancel)
    {
        await Recovered.WaitAsync(cancel).ConfigureAwait(false);
        long nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var predictions = new List<Prediction>();
        foreach (IngestBatch.Row row in batch.Rows)
        {
            var sample = new Sample(row.TimeMs ?? nowMs, row.Value);
            SeriesState series = _router.Find(row.Series) ?? (SeriesState)_router.Create(0, row.Series, 0, []);
            predictions.Add(await _router.OwnerOf(row.Series).AskAsync(() => _idle.Awake(series).Predict(sample)).WaitAsync(cancel).ConfigureAwait(false));
        }

        foreach (IngestBatch.VectorRow row in batch.Vectors)
        {
            if (_router.FindVector(row.Vector) is not { } vector) continue;
            Prediction? prediction = await _router.OwnerOf(row.Vector)
                .AskAsync(() => vector.Predict(row.TimeMs ?? nowMs, row.Dimensions, row.Values)).WaitAsync(cancel).ConfigureAwait(false);
            if (prediction is not null) predictions.Add(prediction);
        }

        return predictions;
    }

    /// <summary>Series of a tenant in order of their text.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="search">Text the key contains, any case; null for all.</param>
    /// <param name="after">Key text after which to begin; null for the start.</param>
    /// <param name="limit">Most to return.</param>
    public IReadOnlyList<SeriesInfo> ListSeries(string tenant, string? search, string? after, int limit) =>
    [
        .. _router.SortedAfter(tenant, after)
            .Where(series => series.Count > 0 && (search is null || series.Key.Text.Contains(search, StringComparison.OrdinalIgnoreCase)))
            .Take(limit)
            .Select(Describe),
    ];

    /// <summary>The series with this key; null if there is none.</summary>
    public SeriesInfo? FindSeries(SeriesKey key) => _router.Find(key) is { Count: > 0 } series ? Describe(series) : null;

    /// <summary>Number of series of a tenant.</summary>
    public int CountSeries(string tenant) => _router.CountSeries(tenant);

    /// <summary>Stored samples with event time in [fromMs, toMs), in time order, equal times in order of arrival; the newest <paramref name="limit"/> of them.</summary>
    public Task<Sample[]> ReadSamplesAsync(SeriesKey key, long fromMs, long toMs, int limit, CancellationToken cancel) =>
        _router.Find(key) is { } series ? _history.ReadAsync(series, fromMs, toMs, limit).WaitAsync(cancel) : Task.FromResult<Sample[]>([]);

    /// <summary>What a fresh detector of the series' configuration makes of the samples in [fromMs, toMs), after a run-up over those before: for drawing the band.</summary>
    public Task<(Sample[] Samples, Score[] Scores)> ReadScoredAsync(SeriesKey key, long fromMs, long toMs, int limit, CancellationToken cancel) =>
        _router.Find(key) is { } series
            ? _history.ReadScoredAsync(series, fromMs, toMs, limit).WaitAsync(cancel)
            : Task.FromResult<(Sample[], Score[])>(([], []));

    /// <summary>One page of anomalies, newest start first.</summary>
    /// <exception cref="FormatException">The cursor is not one that a page ended with.</exception>
    public Task<AnomalyPage> ListAnomaliesAsync(AnomalyQuery query, CancellationToken cancel) =>
        Task.Run(() => Database.Read(connection => AnomalyTable.List(connection, query)), cancel);

    /// <summary>Null if the tenant has none with that id.</summary>
    public Task<Anomaly?> FindAnomalyAsync(string tenant, string id, CancellationToken cancel) =>
        Task.Run(() => Database.Read(connection => AnomalyTable.Find(connection, tenant, id)), cancel);

    /// <summary>All anomalies in canonical order (tenant, series, detector, start, id), one JSON object each, without wall-clock fields; null: of all tenants.</summary>
    public async IAsyncEnumerable<string> ExportAnomaliesAsync(string? tenant, [EnumeratorCancellation] CancellationToken cancel)
    {
        const int page = 500;
        await FlushOpenAsync(cancel).ConfigureAwait(false);
        AnomalyTable.Place? after = null;
        while (true)
        {
            List<(AnomalyTable.Place Place, string Body)> rows = Database.Read(connection => AnomalyTable.Export(connection, tenant, after, page));
            foreach ((AnomalyTable.Place place, string body) in rows)
            {
                cancel.ThrowIfCancellationRequested();
                yield return body;
                after = place;
            }

            if (rows.Count < page) yield break;
        }
    }

    /// <summary>Computes an anomaly of any tenant once more from the samples it is about, and compares; null if there is none with that id.</summary>
    /// <exception cref="InvalidDataException">What is stored of it is damaged.</exception>
    public async Task<Verification.Verification?> VerifyAsync(string id, CancellationToken cancel)
    {
        await FlushOpenAsync(cancel).ConfigureAwait(false);
        return Database.Read(connection => AnomalyTable.FindAnywhere(connection, id)) is { } stored
            ? await new Verifier(Database, _history, _router, _time).VerifyAsync(stored).ConfigureAwait(false)
            : null;
    }

    /// <summary>SHA-256 over the state of all series, after everything acknowledged is applied.</summary>
    public async Task<StateDigest> DigestAsync(CancellationToken cancel)
    {
        await Recovered.WaitAsync(cancel).ConfigureAwait(false);
        (long sequence, List<(SeriesKey Key, int Kind, byte[] Hash)>[] shards) = await _router.BarrierAsync(Hashes).WaitAsync(cancel).ConfigureAwait(false);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        (SeriesKey Key, int Kind, byte[] Hash)[] all =
        [
            .. shards.SelectMany(hashes => hashes)
                .OrderBy(item => item.Key.Tenant, StringComparer.Ordinal).ThenBy(item => item.Key.Text, StringComparer.Ordinal).ThenBy(item => item.Kind),
        ];
        foreach ((SeriesKey key, int kind, byte[] hash) in all)
        {
            sha.AppendData(Encoding.UTF8.GetBytes($"{key.Tenant}\n{key.Text}\n{kind}\n"));
            sha.AppendData(hash);
        }

        return new(all.Count(item => item.Kind == 0), sequence, Convert.ToHexStringLower(sha.GetHashAndReset()));
    }

    /// <summary>Brings what is stored of anomalies that go on up to date.</summary>
    private async Task FlushOpenAsync(CancellationToken cancel)
    {
        await Recovered.WaitAsync(cancel).ConfigureAwait(false);
        await _router.BarrierAsync(shard =>
        {
            foreach (Watched watched in shard.Owned.Values) watched.Tracker?.Flush(_sink);
            return true;
        }).WaitAsync(cancel).ConfigureAwait(false);
        await _sink.FlushAsync().WaitAsync(cancel).ConfigureAwait(false);
    }

    private List<(SeriesKey Key, int Kind, byte[] Hash)> Hashes(Shard shard)
    {
        var writer = new StateWriter();
        var hashes = new List<(SeriesKey, int, byte[])>(shard.Owned.Count);
        foreach (Watched watched in shard.Owned.Values)
        {
            writer.Clear();
            bool asleep = watched is SeriesState { IsAsleep: true };
            if (asleep) _idle.Awake((SeriesState)watched);
            watched.Save(writer);
            if (asleep) _idle.Sleep((SeriesState)watched);
            hashes.Add((watched.Key, watched.Kind, SHA256.HashData(writer.Written)));
        }

        return hashes;
    }

    private static SeriesInfo Describe(SeriesState series) =>
        new(series.Key, series.FirstMs, series.LastMs, series.LastValue, series.Count, series.Plan.DetectorId, series.Tracker?.Current?.Id);
}
