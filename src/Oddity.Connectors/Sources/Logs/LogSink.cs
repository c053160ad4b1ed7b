using Oddity.Engine.Intake;
using Oddity.Engine.Logs;

namespace Oddity.Connectors.Sources.Logs;

/// <summary>Stores lines for sources whose senders get no answer: as long as the server is busy or its disk is full, it waits and tries again.</summary>
public sealed class LogSink(Func<LogBatch, IngestOptions, CancellationToken, Task<IngestResult>> store, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Returns when the batch is stored, or was refused for what it is.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while it waited.</exception>
    public async Task<IngestResult> StoreAsync(LogBatch batch, CancellationToken cancel)
    {
        while (true)
        {
            IngestResult result = await store(batch, IngestOptions.Live, cancel);
            if (result.Outcome is not (IngestOutcome.Overloaded or IngestOutcome.DiskFull)) return result;
            await Task.Delay(result.RetryAfter is { } wait && wait < TimeSpan.FromSeconds(5) ? wait : Pause, time, cancel);
        }
    }

    /// <summary>The clock, Unix milliseconds.</summary>
    public long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();
}
