namespace Oddity.Engine.Intake;

/// <summary>How one request wants to be treated.</summary>
/// <param name="Backfill">Take any event time, however old or new. Default of uploads.</param>
/// <param name="Atomic">All records or none.</param>
/// <param name="IdempotencyKey">A repeat of a request with the same key within a day is answered as the first was and stored once; null for none.</param>
public sealed record IngestOptions(bool Backfill = false, bool Atomic = false, string? IdempotencyKey = null)
{
    public static IngestOptions Live { get; } = new();
}
