namespace Oddity.Engine.Intake;

/// <summary>The outcome of one request, the same for every source; each protocol's answer writer puts it in its own words.</summary>
/// <param name="Outcome">What became of the request as a whole.</param>
/// <param name="Accepted">Records on disk.</param>
/// <param name="Rejected">Records refused.</param>
/// <param name="Errors">At most ten of the reasons, in record order.</param>
/// <param name="RetryAfter">When trying again may help; null where it cannot.</param>
/// <param name="Limit">Name of the limit that was hit, null if none was.</param>
public sealed record IngestResult(
    IngestOutcome Outcome,
    int Accepted,
    int Rejected,
    IReadOnlyList<IngestError> Errors,
    TimeSpan? RetryAfter = null,
    string? Limit = null);
