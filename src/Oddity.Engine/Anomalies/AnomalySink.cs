using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Oddity.Engine.Alerting;
using Oddity.Engine.Live;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Anomalies;

/// <summary>
/// Where shards hand in anomalies. One loop writes them, with the alerts they call for, in one transaction, and only then tells the dashboards. Of an
/// anomaly that changes faster than that, the newest state counts.
/// </summary>
internal sealed class AnomalySink(Database database, Outbox outbox, LiveFeed live, EngineMeter meter, TimeProvider time, ILogger log)
{
    /// <summary>Shards wait when so many anomalies wait to be written.</summary>
    private const int Capacity = 10_000;

    /// <summary>Least time between two writes while anomalies keep coming; the first after a pause waits for nothing. Many share one sync then, and short ones one row.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(10);

    /// <summary>Most time: where very many come, writing them takes a fifth of the time, and those that soon end are written once.</summary>
    private static readonly TimeSpan LongestGathering = TimeSpan.FromMilliseconds(200);

    /// <summary>So many in one write are many.</summary>
    private const int Many = 64;

    private static readonly TimeSpan FullRetry = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _signal = new(0);
    private readonly SemaphoreSlim _flushWanted = new(0);
    private OrderedDictionary<string, Emission> _pending = new(StringComparer.Ordinal);
    private List<TaskCompletionSource> _flushes = [];
    private TaskCompletionSource? _room;
    private readonly CancellationTokenSource _hurry = new();
    private bool _completed;
    private Exception? _ended;

    public void Offer(in Emission emission)
    {
        lock (_gate)
        {
            string id = emission.Anomaly.Id;
            Emission merged = emission;
            if (_pending.TryGetValue(id, out Emission earlier))
            {
                merged = new(
                    earlier.Kind == "opened" && emission.Kind == "updated" ? "opened" : emission.Kind,
                    emission.Anomaly,
                    Math.Min(earlier.ReceivedMs, emission.ReceivedMs));
            }

            _pending[id] = merged;
        }

        if (emission.Kind == "opened") meter.Anomaly(emission.Anomaly);
        _signal.Release();
    }

    /// <summary>Completes at once unless too much waits.</summary>
    public Task WaitForRoomAsync()
    {
        lock (_gate)
        {
            if (_pending.Count < Capacity || _ended is not null) return Task.CompletedTask;
            _room ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>Completes when everything offered before is on disk; fails when it will not be, because the writing has ended.</summary>
    public Task FlushAsync()
    {
        var flush = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_ended is not null) return Task.FromException(_ended);
            _flushes.Add(flush);
        }

        _flushWanted.Release();
        _signal.Release();
        return flush.Task;
    }

    /// <summary>Ends <see cref="RunAsync"/> when everything is written.</summary>
    public void Complete()
    {
        lock (_gate) _completed = true;
        _flushWanted.Release();
        _signal.Release();
    }

    /// <summary>From now on a full disk is not waited for: the log keeps what leads to the anomalies again.</summary>
    public void Hurry() => _hurry.Cancel();

    public async Task RunAsync()
    {
        Exception ended = new ObjectDisposedException(nameof(AnomalySink));
        try
        {
            await WriteAllAsync().ConfigureAwait(false);
        }
        catch (DiskFullException error)
        {
            ended = error;
        }
        catch (Exception error)
        {
            ended = error;
            throw;
        }
        finally
        {
            End(ended);
        }
    }

    private async Task WriteAllAsync()
    {
        long written = 0;
        TimeSpan gathering = Gathering;
        while (true)
        {
            await _signal.WaitAsync().ConfigureAwait(false);
            TimeSpan since = Stopwatch.GetElapsedTime(written);
            if (since < gathering) await _flushWanted.WaitAsync(gathering - since).ConfigureAwait(false);

            // One look at what waits is enough for all who called.
            Drain(_flushWanted);
            Drain(_signal);

            OrderedDictionary<string, Emission> taken;
            List<TaskCompletionSource> flushes;
            TaskCompletionSource? room;
            bool completed;
            lock (_gate)
            {
                (taken, _pending) = (_pending, new(StringComparer.Ordinal));
                (flushes, _flushes) = (_flushes, []);
                (room, _room) = (_room, null);
                completed = _completed;
            }

            room?.TrySetResult();
            try
            {
                if (taken.Count > 0)
                {
                    long begun = Stopwatch.GetTimestamp();
                    await WriteAsync([.. taken.Values]).ConfigureAwait(false);
                    written = Stopwatch.GetTimestamp();
                    gathering = taken.Count < Many ? Gathering : TimeSpan.FromTicks(Math.Clamp(4 * Stopwatch.GetElapsedTime(begun, written).Ticks, Gathering.Ticks, LongestGathering.Ticks));
                }
            }
            catch (Exception error)
            {
                foreach (TaskCompletionSource flush in flushes) flush.TrySetException(error);
                throw;
            }

            foreach (TaskCompletionSource flush in flushes) flush.TrySetResult();
            if (completed) return;
        }
    }

    private static void Drain(SemaphoreSlim signal)
    {
        while (signal.Wait(0))
        {
        }
    }

    private async Task WriteAsync(Emission[] emissions)
    {
        while (true)
        {
            try
            {
                LiveEvent[] events = await database.WriteAsync(statements => Array.ConvertAll(emissions, emission => Write(statements, emission))).ConfigureAwait(false);
                foreach (LiveEvent happened in events) live.Publish(happened);
                outbox.Wake();
                return;
            }
            catch (DiskFullException) when (!_hurry.IsCancellationRequested)
            {
                log.LogWarning("The disk is full: {Count} anomalies wait", emissions.Length);
                await Task.Delay(FullRetry, time, _hurry.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Nobody waits for what will not come.</summary>
    private void End(Exception why)
    {
        List<TaskCompletionSource> flushes;
        lock (_gate)
        {
            _ended = why;
            (flushes, _flushes) = (_flushes, []);
            _room?.TrySetResult();
        }

        foreach (TaskCompletionSource flush in flushes) flush.TrySetException(why);
    }

    private LiveEvent Write(StatementCache statements, Emission emission)
    {
        Anomaly stored = AnomalyTable.Upsert(statements, emission.Anomaly, time.GetUtcNow().ToUnixTimeMilliseconds());
        if (emission.ReceivedMs != long.MaxValue) outbox.Add(statements, stored, emission.ReceivedMs);
        return new(emission.Kind, stored);
    }
}
