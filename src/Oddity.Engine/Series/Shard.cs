using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Intake;

namespace Oddity.Engine.Series;

/// <summary>
/// Owns a share of the series: everything that touches their state runs on this one loop, in the order of the log, so the state needs no lock.
/// Questions (a chart, a prediction) go before waiting work; barriers (a checkpoint, a digest) keep their place in it.
/// </summary>
internal sealed class Shard(int number, AnomalySink sink, EngineMeter meter)
{
    private readonly Channel<Work> _work = Channel.CreateUnbounded<Work>(new() { SingleReader = true });
    private readonly ConcurrentQueue<Action> _questions = new();

    // Series whose detector may say that a sample is overdue. The loop's.
    private readonly List<SeriesState> _awaited = [];
    private volatile bool _waits;
    private int _untilTimed = EngineMeter.TimedOneIn;

    /// <summary>Called after each batch that was applied. Set once, before <see cref="RunAsync"/>.</summary>
    public Action<Batch>? Applied { get; set; }

    /// <summary>Wakes series that sleep. Set once, before <see cref="RunAsync"/>.</summary>
    public IdleSeries Idle { get; set; } = null!;

    /// <summary>All it owns, by id. The loop alone touches it.</summary>
    public Dictionary<int, Watched> Owned { get; } = [];

    /// <summary>How long Oddity has listened up to the work that is being done; the same on every shard.</summary>
    public Listening Listening { get; set; }

    /// <summary>The checkpoint that is being written down; null while none is. The loop's.</summary>
    public Cut? Cut { get; set; }

    /// <summary>True if anything here may be missed. From any thread.</summary>
    public bool Waits => _waits;

    /// <summary>Numbers of what was deleted since the last checkpoint. The loop alone touches it.</summary>
    public List<int> Gone { get; private set; } = [];

    /// <summary>Runs until <see cref="Complete"/> and all work before it is done.</summary>
    public async Task RunAsync()
    {
        while (await _work.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            await sink.WaitForRoomAsync().ConfigureAwait(false);
            while (_questions.TryDequeue(out Action? question)) question();
            if (!_work.Reader.TryRead(out Work work)) continue;
            if (work.Batch is { } batch) Apply(batch);
            else work.Action?.Invoke();
        }
    }

    /// <summary>On the loop: hands the numbers of what was deleted to a checkpoint.</summary>
    public List<int> TakeGone()
    {
        List<int> gone = Gone;
        Gone = [];
        return gone;
    }

    public void Complete() => _work.Writer.TryComplete();

    /// <summary>Applies a batch in its turn.</summary>
    public void Enqueue(Batch batch) => _work.Writer.TryWrite(new(batch, null));

    /// <summary>Does something in its turn; false after <see cref="Complete"/>, when it will not.</summary>
    public bool Enqueue(Action work) => _work.Writer.TryWrite(new(null, work));

    /// <summary>Takes a series or vector among its own. The loop's, or before it runs.</summary>
    public void Own(Watched watched)
    {
        Owned.Add(watched.Id, watched);
        if (watched is not SeriesState { IsAwaited: true } series) return;
        _awaited.Add(series);
        _waits = true;
    }

    /// <summary>In its turn: so long Oddity has listened now; whatever is missing by then is told.</summary>
    public void Listened(Listening until, long receivedMs) => Enqueue(() =>
    {
        Listening = until;
        foreach (SeriesState series in _awaited)
        {
            if (series.Due) Cut!.Save(series);
            series.Miss(until.Steps, receivedMs, sink);
        }
    });

    /// <summary>Asks something before the work that waits.</summary>
    public Task<T> AskAsync<T>(Func<T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Ask()
        {
            try
            {
                answer.TrySetResult(question());
            }
            catch (Exception error)
            {
                answer.TrySetException(error);
            }
        }

        _questions.Enqueue(Ask);
        if (!_work.Writer.TryWrite(default)) answer.TrySetException(new ObjectDisposedException(nameof(Pipeline)));
        return answer.Task;
    }

    /// <summary>Applies one batch's rows of this shard.</summary>
    private void Apply(Batch batch)
    {
        long begun = Stopwatch.GetTimestamp(), rowBegun = 0;
        int late = 0, unjudged = 0;
        ReadOnlySpan<int> rows = batch.RowsOf(number);
        (SeriesState[] series, long[] times, double[] values, long receivedMs) = (batch.Series, batch.TimesMs, batch.Values, batch.ReceivedMs);
        foreach (int row in rows)
        {
            SeriesState target = series[row];
            if (!target.Adopted) Adopt(target);
            if (target.Due) Cut!.Save(target);
            if (target.IsAsleep) Idle.Awake(target);
            if (--_untilTimed == 0) rowBegun = Stopwatch.GetTimestamp();
            if (double.IsNaN(values[row])) target.End(receivedMs, sink);
            else if (!target.Take(new(times[row], values[row]), receivedMs, sink)) late++;
            else if (target.IsAwaited) target.Heard(Listening.Steps, receivedMs);
            if (_untilTimed > 0) continue;
            _untilTimed = EngineMeter.TimedOneIn;
            meter.Timed(target.Plan.DetectorId, Stopwatch.GetElapsedTime(rowBegun));
        }

        foreach (Batch.VectorRow row in batch.Vectors)
        {
            if (row.Vector.Owner != number) continue;
            if (!row.Vector.Adopted) Adopt(row.Vector);
            if (row.Vector.Due) Cut!.Save(row.Vector);
            SeriesKey[] dimensions = Array.ConvertAll(row.Dimensions, dimension => dimension.Key);
            if (!row.Vector.Take(row.TimeMs, dimensions, row.Values, receivedMs, sink)) unjudged++;
        }

        foreach (Watched gone in batch.Gone)
        {
            if (gone.Owner == number) Forget(gone, receivedMs);
        }

        meter.Applied(rows.Length, late, unjudged, Stopwatch.GetElapsedTime(begun));
        Applied?.Invoke(batch);
    }

    /// <summary>A series was deleted: its state goes, its anomalies stay; one that goes on ends.</summary>
    private void Forget(Watched watched, long receivedMs)
    {
        if (watched.Due) Cut!.Save(watched);
        watched.Tracker?.End(receivedMs, sink);
        Owned.Remove(watched.Id);
        Gone.Add(watched.Id);
        if (watched is not SeriesState series) return;
        _awaited.Remove(series);
        Idle.Forget(series);
    }

    private void Adopt(Watched watched)
    {
        watched.Adopted = true;
        Own(watched);
    }

    /// <summary>A batch, or something else to do; neither wakes the loop for questions.</summary>
    private readonly record struct Work(Batch? Batch, Action? Action);
}
