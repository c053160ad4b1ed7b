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
internal sealed class Shard(AnomalySink sink, EngineMeter meter)
{
    private readonly Channel<Action> _work = Channel.CreateUnbounded<Action>(new() { SingleReader = true });
    private readonly ConcurrentQueue<Action> _questions = new();

    /// <summary>All it owns, by id. The loop alone touches it.</summary>
    public Dictionary<int, Watched> Owned { get; } = [];

    /// <summary>Runs until <see cref="Complete"/> and all work before it is done.</summary>
    public async Task RunAsync()
    {
        while (await _work.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            await sink.WaitForRoomAsync().ConfigureAwait(false);
            while (_questions.TryDequeue(out Action? question)) question();
            if (_work.Reader.TryRead(out Action? work)) work();
        }
    }

    public void Complete() => _work.Writer.TryComplete();

    /// <summary>Does something in its turn; false after <see cref="Complete"/>, when it will not.</summary>
    public bool Enqueue(Action work) => _work.Writer.TryWrite(work);

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
        if (!_work.Writer.TryWrite(static () => { })) answer.TrySetException(new ObjectDisposedException(nameof(Pipeline)));
        return answer.Task;
    }

    /// <summary>Applies one batch's rows of this shard.</summary>
    public void Apply(LoggedBatch batch, SeriesState[] targets, VectorState[] vectorTargets, List<int> rows, List<int> vectors)
    {
        long begun = Stopwatch.GetTimestamp();
        int late = 0, unjudged = 0;
        foreach (int index in rows)
        {
            LoggedBatch.Row row = batch.Rows[index];
            if (!targets[row.Key].Take(new(row.TimeMs, row.Value), batch.ReceivedMs, sink)) late++;
        }

        foreach (int index in vectors)
        {
            LoggedBatch.VectorRow row = batch.Vectors[index];
            SeriesKey[] dimensions = Array.ConvertAll(row.Dimensions, d => batch.Keys[d]);
            if (!vectorTargets[row.Key].Take(row.TimeMs, dimensions, row.Values, batch.ReceivedMs, sink)) unjudged++;
        }

        meter.Applied(rows.Count, late, unjudged, Stopwatch.GetElapsedTime(begun));
    }
}
