using Microsoft.Extensions.Logging;
using Oddity.Engine;
using Oddity.Engine.Calls;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Sources.Queues;

/// <summary>
/// Lets messages in, together with how far they take the source: one record a message, which is good as a whole or not at all, so that a dead letter can be mended
/// and sent again without repeating anything.
/// </summary>
/// <param name="pipeline">Takes the samples.</param>
/// <param name="source">Name of the source, for figures.</param>
/// <param name="tenant">Whose samples they are.</param>
/// <param name="backfill">Whether event times may be of any age.</param>
/// <param name="kindOf">What the messages of a topic are.</param>
/// <param name="health">Hears why nothing is let in at the moment.</param>
/// <param name="log">Hears of dead letters.</param>
internal sealed class QueueIntake(Pipeline pipeline, string source, string tenant, bool backfill, Func<string, QueueKind> kindOf, SourceHealth health, ILogger log)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>Returns when the messages' effect and the positions are on disk.</summary>
    /// <param name="messages">In order.</param>
    /// <param name="positions">How far they take the source.</param>
    /// <param name="send">Puts dead letters where the broker keeps them; gives back those it could not.</param>
    /// <param name="wait">Passes time while the engine takes nothing.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">Nothing is stored.</exception>
    public async Task TakeAsync(
        IReadOnlyList<QueueMessage> messages, IReadOnlyList<SourcePosition> positions, Func<IReadOnlyList<DeadLetter>, CancellationToken, Task<IReadOnlyList<DeadLetter>>> send,
        Func<TimeSpan, CancellationToken, Task> wait, CancellationToken cancel)
    {
        IngestBatch batch = Decode(messages);
        var options = new IngestOptions(backfill) { Positions = positions };
        DeadLetter[] dead = [.. pipeline.Check(batch, options).Select(error => new DeadLetter(messages[error.Index], error.Code, error.Detail))];
        if (dead.Length > 0) await SendAsync(dead, send, cancel);
        TimeSpan pause = TimeSpan.FromMilliseconds(100);
        while (true)
        {
            // Not to be cancelled: that a batch is stored must not go unnoticed.
            cancel.ThrowIfCancellationRequested();
            IngestResult result = await pipeline.IngestAsync(batch, options, CancellationToken.None);
            if (result.Outcome == IngestOutcome.Stored) break;
            health.Failed($"{SourceHealth.Refusal(result)}; {messages.Count} messages wait");
            await wait(pause, cancel);
            pause = pause * 2 < LongestWait ? pause * 2 : LongestWait;
        }

        QueueMeter.Taken(source, messages.Count);
    }

    private IngestBatch Decode(IReadOnlyList<QueueMessage> messages)
    {
        var all = new IngestBatch(tenant);
        foreach (QueueMessage message in messages)
        {
            all.NextRecord();
            if (!QueueKinds.TryDecode(kindOf(message.Topic), message.Body, tenant, out IngestBatch? one, out DecodeFailure? failure)) all.Reject(failure.Code, failure.Detail);
            else if (one.Errors is [{ } first, ..])
                all.Reject(first.Code, one.RecordCount == 1 ? first.Detail : $"{one.Errors.Count} of {one.RecordCount} records are bad, the first at {first.Index}: {first.Detail}");
            else Add(all, one, message.TimeMs);
        }

        return all;
    }

    /// <summary>A time that is missing is that of the message.</summary>
    private static void Add(IngestBatch all, IngestBatch one, long? timeMs)
    {
        int record = all.RecordCount - 1;
        foreach (IngestBatch.Row row in one.Rows) all.Rows.Add(row with { TimeMs = row.TimeMs ?? timeMs, Record = record });
        foreach ((_, Call call) in one.Calls) all.Calls.Add((record, call.TimeMs == IngestBatch.Arrival && timeMs is { } ms ? call with { TimeMs = ms } : call));
        foreach (IngestBatch.VectorRow row in one.Vectors) all.Vectors.Add(row with { TimeMs = row.TimeMs ?? timeMs, Record = record });
    }

    private async Task SendAsync(DeadLetter[] dead, Func<IReadOnlyList<DeadLetter>, CancellationToken, Task<IReadOnlyList<DeadLetter>>> send, CancellationToken cancel)
    {
        IReadOnlyList<DeadLetter> lost = await send(dead, cancel);
        foreach (DeadLetter letter in dead) QueueMeter.Dead(source, letter.Code);
        log.LogWarning("{Source}: {Count} messages could not be let in; the first, {Origin}: {Detail}", source, dead.Length, dead[0].Message.Origin, dead[0].Detail);
        foreach (DeadLetter letter in lost)
        {
            QueueMeter.Lost(source);
            log.LogError("{Source}: the dead letter {Origin} ({Detail}) could not be sent on", source, letter.Message.Origin, letter.Detail);
        }
    }
}
