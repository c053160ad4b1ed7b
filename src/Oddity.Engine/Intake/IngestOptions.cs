namespace Oddity.Engine.Intake;

/// <summary>How one request wants to be treated.</summary>
/// <param name="Backfill">Take any event time, however old or new. Default of uploads.</param>
/// <param name="Atomic">All records or none.</param>
/// <param name="IdempotencyKey">A repeat of a request with the same key within a day is answered as the first was and stored once; null for none.</param>
public sealed record IngestOptions(bool Backfill = false, bool Atomic = false, string? IdempotencyKey = null)
{
    public static IngestOptions Live { get; } = new();

    /// <summary>
    /// How far the request takes its source; on disk together with the records, in one piece. A request that has any is stored even when none of its records is good,
    /// so that a source does not come back to them. Default: none.
    /// </summary>
    public IReadOnlyList<SourcePosition> Positions { get; init; } = [];
}
