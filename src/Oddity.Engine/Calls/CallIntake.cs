using Oddity.Engine.Intake;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Calls;

/// <summary>
/// Takes batches that hold calls of APIs beside samples: first the samples, by the one gate, then the calls of the records that it let in. Where the second
/// fails the request is refused, and its repeat stores the samples twice; only a request with an <c>Idempotency-Key</c> is whole or not at all.
/// </summary>
internal static class CallIntake
{
    private static readonly TimeSpan BusyRetry = TimeSpan.FromSeconds(5), FullRetry = TimeSpan.FromSeconds(10);

    public static async Task<IngestResult> TakeAsync(
        Pipeline pipeline, Intake.Intake intake, IngestBatch batch, IngestOptions options, TimeProvider time, CancellationToken cancel)
    {
        CallStore store = pipeline.Calls;
        if (store.Waiting > 0 && store.Waiting + batch.Calls.Count > store.Options.MaxWaiting) return Refused(IngestOutcome.Overloaded, batch, "calls", BusyRetry);
        IngestResult result = await intake.IngestAsync(batch, options, cancel).ConfigureAwait(false);
        if (result.Outcome != IngestOutcome.Stored) return result;
        long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        HashSet<int> bad = result.Rejected == 0 ? [] : [.. intake.Check(batch, options).Select(error => error.Index)];
        Call[] calls = [.. batch.Calls.Where(call => !bad.Contains(call.Record)).Select(call => call.Call.TimeMs == IngestBatch.Arrival ? call.Call with { TimeMs = nowMs } : call.Call)];
        try
        {
            return await store.AppendAsync(batch.Tenant, CallKind.Api, calls, options.IdempotencyKey, cancel).ConfigureAwait(false)
                ? result
                : Refused(IngestOutcome.Overloaded, batch, "calls", BusyRetry);
        }
        catch (DiskFullException)
        {
            return Refused(IngestOutcome.DiskFull, batch, "disk", FullRetry);
        }
    }

    private static IngestResult Refused(IngestOutcome outcome, IngestBatch batch, string limit, TimeSpan retryAfter) => new(outcome, 0, batch.RecordCount, [], retryAfter, limit);
}
