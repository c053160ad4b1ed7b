using Microsoft.Extensions.Logging;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Engine;

/// <summary>What happens between the log and the shards: after a start, and while the server runs.</summary>
public sealed partial class Pipeline
{
    private async Task RecoverAsync(long applied, int shards, ILogger log)
    {
        foreach ((long sequence, ReadOnlyMemory<byte> payload) in _segments.Read(applied))
        {
            _stop.Token.ThrowIfCancellationRequested();
            while (_router.Queued > 1_000 || _router.QueuedBytes > _maxQueuedBytes) await _router.BarrierAsync(_ => true).ConfigureAwait(false);
            using Batch batch = _intake.Begin("", IngestOptions.Live);
            if (Decoded(batch, sequence, payload.Span, shards, log)) OnDisk(batch);
        }

        await SettleAsync(_stop.Token).ConfigureAwait(false);
        await EndForgottenAsync(_stop.Token).ConfigureAwait(false);
        _segments.Open();
        _intake.Open();
        _outboxLoop = Task.Run(() => _outbox.RunAsync(_stop.Token));
        _checkpointLoop = Task.Run(() => _checkpointer.RunAsync(_stop.Token));
        _retentionLoop = Task.Run(() => _retention.RunAsync(_stop.Token));
        _listenLoop = Task.Run(() => ListenAsync(_stop.Token));
    }

    /// <summary>While a series is watched for samples that do not come and nobody sends anything, the log is told the time.</summary>
    private async Task ListenAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Listening.StepMs), _time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!cancel.IsCancellationRequested) await ListenAsync().ConfigureAwait(false);
        }
    }

    /// <summary>One look at the clock. For tests, which have a clock of their own.</summary>
    internal Task ListenAsync() => _router.MayMiss(_time.GetUtcNow().ToUnixTimeMilliseconds()) ? _intake.TickAsync() : Task.CompletedTask;

    /// <summary>A batch that cannot be read is passed over, loudly: those after it live on.</summary>
    private bool Decoded(Batch batch, long sequence, ReadOnlySpan<byte> payload, int shards, ILogger log)
    {
        batch.Sequence = sequence;
        try
        {
            batch.Decode(payload, shards);
        }
        catch (InvalidDataException error)
        {
            log.LogError(error, "Batch {Sequence} of the log is damaged and passed over", sequence);
            _meter.Rejected("damaged_log");
            return false;
        }

        if (batch.Orphans == 0) return true;
        log.LogError("Batch {Sequence} of the log has {Count} samples of series whose names are lost with a damaged record", sequence, batch.Orphans);
        _meter.Rejected("damaged_log");
        return true;
    }

    /// <summary>A batch is on disk, or was read from it: to the shards, in log order.</summary>
    private void OnDisk(Batch batch)
    {
        batch.NamesLogged();
        if (batch.Deleted.Length > 0) batch.Gone = _router.Delete(batch.Deleted);
        if (batch.Answer.Key is { } key) _keys.Stored(batch.Tenant, key, batch.Sequence, batch.ReceivedMs, batch.Answer.Accepted, batch.Answer.Rejected);
        foreach (SourcePosition position in batch.Positions) _positions.Stored(position);
        _router.Enqueue(batch);
    }

    /// <summary>Ends the stored anomalies that nothing follows any more: what watched their series changed while the server was down.</summary>
    private async Task EndForgottenAsync(CancellationToken cancel)
    {
        (_, List<string>[] followed) = await _router.BarrierAsync(shard => shard.Owned.Values.Select(watched => watched.Tracker?.Current?.Id).OfType<string>().ToList())
            .WaitAsync(cancel).ConfigureAwait(false);
        HashSet<string> known = [.. followed.SelectMany(ids => ids)];
        foreach (Anomaly anomaly in Database.Read(AnomalyTable.Ongoing).Where(anomaly => !known.Contains(anomaly.Id)))
        {
            _sink.Offer(new("closed", anomaly with { EndMs = anomaly.LastOddMs }, long.MaxValue));
        }

        await _sink.FlushAsync().WaitAsync(cancel).ConfigureAwait(false);
    }
}
