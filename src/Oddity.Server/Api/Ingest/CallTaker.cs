using Oddity.Connectors.Sources.Traces;
using Oddity.Engine;
using Oddity.Engine.Calls;
using Oddity.Engine.Intake;
using Oddity.Engine.Storage;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Ingest;

/// <summary>Lets calls in that come without samples: spans, access logs. One result for all their protocols, as the intake's is.</summary>
internal static class CallTaker
{
    private const int MaxErrors = 10;
    private static readonly TimeSpan BusyRetry = TimeSpan.FromSeconds(5), FullRetry = TimeSpan.FromSeconds(10), StartRetry = TimeSpan.FromSeconds(1);

    public static async Task<IngestResult> TakeAsync(HttpContext context, Pipeline pipeline, CallKind kind, CallBatch batch, IngestOptions options)
    {
        if (!pipeline.Recovered.IsCompletedSuccessfully) return Refused(batch, "recovery", StartRetry);
        var good = new List<Call>(batch.Calls.Count);
        List<IngestError> errors = [.. batch.Errors];
        foreach ((int record, Call call) in batch.Calls)
        {
            if (pipeline.Calls.TimeMistake(call.TimeMs, options.Backfill) is { } mistake) errors.Add(new(record, mistake.Code, mistake.Detail));
            else good.Add(call);
        }

        errors.Sort((a, b) => a.Index.CompareTo(b.Index));
        IngestError[] first = [.. errors.Take(MaxErrors)];
        if (options.Atomic && errors.Count > 0) return new(IngestOutcome.AtomicRefused, 0, batch.Records, first);
        if (good.Count == 0) return new(batch.Records == 0 ? IngestOutcome.Stored : IngestOutcome.NothingAccepted, 0, errors.Count, first);
        try
        {
            return await pipeline.Calls.AppendAsync(context.Tenant(), kind, good, options.IdempotencyKey, context.RequestAborted)
                ? new(IngestOutcome.Stored, good.Count, errors.Count, first)
                : Refused(batch, "calls", BusyRetry);
        }
        catch (DiskFullException)
        {
            return new(IngestOutcome.DiskFull, 0, batch.Records, [], FullRetry, "disk");
        }
    }

    private static IngestResult Refused(CallBatch batch, string limit, TimeSpan retryAfter) => new(IngestOutcome.Overloaded, 0, batch.Records, [], retryAfter, limit);
}
