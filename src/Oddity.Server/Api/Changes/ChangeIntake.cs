using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Changes;
using Oddity.Engine;
using Oddity.Engine.Changes;
using Oddity.Engine.Intake;
using Oddity.Engine.Storage;
using Oddity.Server.Api.Ingest;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Changes;

/// <summary>Reads, checks and stores the changes of a request, whatever shape they came in.</summary>
internal sealed class ChangeIntake(ChangeStore store, EngineOptions engine, HttpOptions limits, BodyBudget budget, TimeProvider time)
{
    /// <summary>Most bytes of a request: changes are few.</summary>
    private const int MaxBytes = 4 << 20;

    private const int MaxErrors = 10;

    public delegate bool Decoder(ReadOnlyMemory<byte> body, string tenant, long nowMs, out ChangeBatch? batch, out DecodeFailure? failure);

    /// <summary>Stores what is good. The result is never anything but <see cref="IngestOutcome.Stored"/>; the changes are those stored.</summary>
    /// <exception cref="ProblemException">Nothing was stored.</exception>
    public async Task<(IngestResult Result, IReadOnlyList<Change> Changes)> TakeAsync(HttpContext context, Decoder decode, IngestOptions options)
    {
        BodyType.Check(context.Request);
        HttpOptions small = limits with { MaxBodyBytes = Math.Min(limits.MaxBodyBytes, MaxBytes), MaxDecompressedBytes = Math.Min(limits.MaxDecompressedBytes, MaxBytes) };
        using RequestBody body = await RequestBody.ReadAsync(context, small, budget);
        long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (!decode(body.Bytes, context.Tenant(), nowMs, out ChangeBatch? batch, out DecodeFailure? failure)) throw Decode.Answer(failure!);
        (List<Change> good, List<IngestError> errors) = Check(batch!, nowMs, options.Backfill);
        if (options.Atomic && errors.Count > 0) throw new ProblemException(400, "atomic_refused", $"Nothing was stored, because record {errors[0].Index} is bad: {errors[0].Detail}");
        if (good.Count == 0 && errors.Count > 0) throw new ProblemException(400, errors[0].Code, errors[0].Detail);
        try
        {
            if (!await store.AddAsync(context.Tenant(), good, context.RequestAborted))
                throw new ProblemException(429, "over_limit", $"A tenant has at most {ChangeStore.MaxPerTenant} changes.", "changes") { RetryAfter = TimeSpan.FromMinutes(1) };
        }
        catch (DiskFullException)
        {
            throw new ProblemException(507, "disk_full", "The server's disk is full. Nothing was stored.") { RetryAfter = TimeSpan.FromSeconds(10) };
        }

        return (new(IngestOutcome.Stored, good.Count, errors.Count, [.. errors.Take(MaxErrors)]), good);
    }

    /// <summary>Changes are held to the same times as samples.</summary>
    private (List<Change> Good, List<IngestError> Errors) Check(ChangeBatch batch, long nowMs, bool anyTime)
    {
        long fromMs = anyTime ? long.MinValue : nowMs - (long)engine.Retention.TotalMilliseconds;
        long toMs = anyTime ? long.MaxValue : nowMs + (long)engine.MaxAhead.TotalMilliseconds;
        List<IngestError> errors = [.. batch.Errors];
        var good = new List<Change>();
        HashSet<int> bad = [.. errors.Select(error => error.Index)];
        int index = -1;
        foreach (Change change in batch.Changes)
        {
            do index++;
            while (bad.Contains(index));
            if ((change.EndMs ?? change.StartMs) < fromMs) errors.Add(new(index, "too_old", "It is older than what is kept."));
            else if (change.StartMs > toMs) errors.Add(new(index, "too_new", $"It lies more than {engine.MaxAhead.TotalMinutes:0} minutes ahead."));
            else good.Add(change);
        }

        errors.Sort((a, b) => a.Index.CompareTo(b.Index));
        return (good, errors);
    }
}
