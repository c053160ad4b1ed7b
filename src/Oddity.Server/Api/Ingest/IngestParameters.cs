using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using Oddity.Connectors.Sources;
using Oddity.Engine.Intake;

namespace Oddity.Server.Api.Ingest;

/// <summary>What the routes that take data have in common.</summary>
internal sealed record IngestParameters
{
    private const int MaxKeyLength = 255;

    [FromQuery(Name = "atomic")]
    [Description("true: all records or none; one bad record makes it a 400 and nothing is stored. Default false.")]
    public string? Atomic { get; init; }

    [FromQuery(Name = "backfill")]
    [Description("true: take any event time, however old. Default false, and true for uploads.")]
    public string? Backfill { get; init; }

    [FromQuery(Name = "precision")]
    [Description("Unit of times given as numbers: s, ms, us or ns. Default: the magnitude decides.")]
    public string? Precision { get; init; }

    [FromHeader(Name = "Idempotency-Key")]
    [Description("A repeat with the same key within a day is answered as the first was and stored once. 1 to 255 visible ASCII characters.")]
    public string? IdempotencyKey { get; init; }

    public TimePrecision TimeUnit() => EventTime.TryParsePrecision(Precision, out TimePrecision unit)
        ? unit
        : throw ProblemException.BadParameter("precision", $"'{Problem.Echo(Precision)}' is none of s, ms, us, ns.");

    public IngestOptions Options(bool backfillByDefault = false) => new(
        Backfill: Query.Flag("backfill", Backfill) ?? backfillByDefault,
        Atomic: Query.Flag("atomic", Atomic) ?? false,
        IdempotencyKey: Key());

    private string? Key()
    {
        if (string.IsNullOrEmpty(IdempotencyKey)) return null;
        bool fine = IdempotencyKey.Length <= MaxKeyLength && IdempotencyKey.All(c => c is > ' ' and < '\x7f');
        return fine ? IdempotencyKey : throw ProblemException.BadParameter("Idempotency-Key", "takes 1 to 255 visible ASCII characters.");
    }
}
