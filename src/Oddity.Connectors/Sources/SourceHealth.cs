using Microsoft.Extensions.Logging;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Sources;

/// <summary>Keeps a source's status, and logs when it changes between working and failing, not at every attempt. Written by the source's own loop.</summary>
internal sealed class SourceHealth(string id, TimeProvider time, ILogger logger)
{
    private volatile SourceStatus _status = new(id, SourceState.Off, null, null);

    public SourceStatus Status => _status;

    public void Ok(string? detail)
    {
        if (_status.State == SourceState.Failing) logger.LogInformation("Source {Source} works again", id);
        _status = new(id, SourceState.Ok, detail, time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    public void Failed(string detail)
    {
        if (_status.State != SourceState.Failing) logger.LogWarning("Source {Source} fails and goes on trying: {Detail}", id, detail);
        _status = _status with { State = SourceState.Failing, Detail = detail };
    }

    public void Off() => _status = _status with { State = SourceState.Off };

    /// <summary>Notes what became of a batch; true if it was stored.</summary>
    public bool Took(IngestResult result, string? detail)
    {
        bool stored = result.Outcome == IngestOutcome.Stored;
        if (stored) Ok(result.Rejected == 0 ? detail : $"{detail}; {result.Rejected} refused: {FirstReason(result)}");
        else Failed(Refusal(result));
        return stored;
    }

    /// <summary>Why a batch was not stored.</summary>
    public static string Refusal(IngestResult result) => result.Outcome switch
    {
        IngestOutcome.OverLimit => $"the limit {result.Limit} is reached",
        IngestOutcome.Overloaded => "the server is too busy to take samples",
        IngestOutcome.DiskFull => "the disk is full",
        _ => $"nothing was accepted: {FirstReason(result)}",
    };

    private static string FirstReason(IngestResult result) => result.Errors.Count > 0 ? result.Errors[0].Detail : "no reason given";
}
