using System.Collections.Concurrent;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Tests;

/// <summary>Stands for the pipeline: keeps the batches and answers as told.</summary>
internal sealed class RecordingSink
{
    private readonly ConcurrentQueue<IngestBatch> _batches = new();

    public IngestResult? Answer { get; set; }

    public IReadOnlyList<IngestBatch> Batches => [.. _batches];

    public IEnumerable<IngestBatch.Row> Rows => Batches.SelectMany(batch => batch.Rows);

    public Task<IngestResult> TakeAsync(IngestBatch batch, IngestOptions options, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (Answer is { } told) return Task.FromResult(told);
        _batches.Enqueue(batch);
        return Task.FromResult(new IngestResult(IngestOutcome.Stored, batch.RecordCount, 0, []));
    }

    /// <summary>The values of a series, oldest first.</summary>
    public List<double> Values(string series) => [.. Rows.Where(row => row.Series.Text == series).Select(row => row.Value)];

    /// <summary>Waits until a condition holds; fails after half a minute.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what, int seconds = 30)
    {
        long begin = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(begin) > TimeSpan.FromSeconds(seconds)) throw new TimeoutException($"never: {what}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
