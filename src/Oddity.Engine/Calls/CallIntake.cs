using System.Security.Cryptography;
using System.Text;
using Oddity.Engine.Intake;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Calls;

/// <summary>
/// Takes batches that hold calls of APIs beside samples. Where a repeat can be told (an <c>Idempotency-Key</c>, a queue's positions) the calls go first, once under
/// that key, then the samples: whatever is cut short is made whole by the repeat. Else the samples go first, by the one gate; where the calls then fail the request
/// is refused, and its repeat stores the samples twice.
/// </summary>
internal static class CallIntake
{
    private static readonly TimeSpan BusyRetry = TimeSpan.FromSeconds(5), FullRetry = TimeSpan.FromSeconds(10);

    public static async Task<IngestResult> TakeAsync(
        Pipeline pipeline, Intake.Intake intake, IngestBatch batch, IngestOptions options, TimeProvider time, CancellationToken cancel)
    {
        CallStore store = pipeline.Calls;
        if (store.Waiting > 0 && store.Waiting + batch.Calls.Count > store.Options.MaxWaiting) return Refused(IngestOutcome.Overloaded, batch, "calls", BusyRetry);
        long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        HashSet<int> bad = [.. intake.Check(batch, options).Select(error => error.Index)];
        Call[] calls = [.. batch.Calls.Where(call => !bad.Contains(call.Record)).Select(call => call.Call.TimeMs == IngestBatch.Arrival ? call.Call with { TimeMs = nowMs } : call.Call)];
        string? key = KeyOf(options);
        bool refusedWhole = options.Atomic && bad.Count > 0;
        if (key is not null && !refusedWhole && await AppendAsync(store, batch, calls, key, cancel).ConfigureAwait(false) is { } busy) return busy;
        IngestResult result = await intake.IngestAsync(batch, options, cancel).ConfigureAwait(false);
        if (key is not null || result.Outcome != IngestOutcome.Stored) return result;
        return await AppendAsync(store, batch, calls, null, cancel).ConfigureAwait(false) ?? result;
    }

    /// <summary>What tells a repeat of the request: its key, or how far it takes its source.</summary>
    private static string? KeyOf(IngestOptions options)
    {
        if (options.IdempotencyKey is not null || options.Positions.Count == 0) return options.IdempotencyKey;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('|', options.Positions))));
    }

    /// <summary>Null if they are on disk.</summary>
    private static async Task<IngestResult?> AppendAsync(CallStore store, IngestBatch batch, Call[] calls, string? key, CancellationToken cancel)
    {
        try
        {
            return await store.AppendAsync(batch.Tenant, CallKind.Api, calls, key, cancel).ConfigureAwait(false) ? null : Refused(IngestOutcome.Overloaded, batch, "calls", BusyRetry);
        }
        catch (DiskFullException)
        {
            return Refused(IngestOutcome.DiskFull, batch, "disk", FullRetry);
        }
    }

    private static IngestResult Refused(IngestOutcome outcome, IngestBatch batch, string limit, TimeSpan retryAfter) => new(outcome, 0, batch.RecordCount, [], retryAfter, limit);
}
