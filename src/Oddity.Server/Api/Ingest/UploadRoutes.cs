using System.Text.Json;
using Oddity.Connectors.Sources;
using Oddity.Engine;
using Oddity.Engine.Intake;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Ingest;

/// <summary>
/// Files from people: CSV, JSON, NDJSON or text with tabs or commas, plain or gzipped, one or many in a form, or one as the body itself. All files
/// of a request are one batch, stored or refused together; what can't be read in them is told file by file. Event times of any age are taken.
/// </summary>
internal static class UploadRoutes
{
    private const int MaxErrors = 10;

    public static void MapUploads(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/upload", UploadAsync).Permits(Permission.Ingest).WithTags("Ingest").TakesFiles("file").Produces<UploadBody>()
            .WithSummary("Take a file, as a form's field file or as the body with ?filename=");
        routes.MapPost("/upload/bulk", UploadAsync).Permits(Permission.Ingest).WithTags("Ingest").TakesFiles("files").Produces<UploadBody>()
            .WithSummary("Take files, each a field files of a form");
    }

    private static async Task UploadAsync(
        HttpContext context, Pipeline pipeline, HttpOptions limits, BodyBudget budget, [AsParameters] IngestParameters parameters, string? filename)
    {
        IngestOptions options = parameters.Options(backfillByDefault: true);
        List<DecodedFile> files = await ReadAsync(context, filename, limits, budget, parameters.TimeUnit());
        if (options.Atomic && files.Find(file => file.Batch is null) is { Error: { } error } unreadable)
        {
            await IngestAnswer.RefuseAsync(context, new(IngestOutcome.AtomicRefused, 0, 0, [error with { Detail = $"{unreadable.Name}: {error.Detail}" }]));
            return;
        }

        IngestBatch all = DecodedFile.Join(context.Tenant(), files);
        IReadOnlyList<IngestError> mistakes = pipeline.Check(all, options);
        IngestResult result = await pipeline.IngestAsync(all, options, context.RequestAborted);
        if (result.Outcome is IngestOutcome.Stored or IngestOutcome.NothingAccepted) await AnswerAsync(context, Tell(files, mistakes));
        else await IngestAnswer.RefuseAsync(context, result);
    }

    private static async Task<List<DecodedFile>> ReadAsync(HttpContext context, string? fileName, HttpOptions limits, BodyBudget budget, TimePrecision precision)
    {
        List<UploadedFile> files = await UploadedFile.ReadAllAsync(context, fileName, limits, budget);
        try
        {
            return Decode.Files(files, context.Tenant(), precision, limits.MaxDecompressedBytes);
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }
    }

    /// <summary>Deals the mistakes of the joined batch out to the files again.</summary>
    private static List<UploadBody.FileBody> Tell(List<DecodedFile> files, IReadOnlyList<IngestError> mistakes)
    {
        var told = new List<UploadBody.FileBody>();
        int first = 0, at = 0;
        foreach (DecodedFile file in files)
        {
            if (file.Batch is not { } batch)
            {
                told.Add(new(file.Name, 0, 0, [file.Error!]));
                continue;
            }

            int from = at;
            while (at < mistakes.Count && mistakes[at].Index < first + batch.RecordCount) at++;
            IngestError[] errors = [.. mistakes.Skip(from).Take(Math.Min(MaxErrors, at - from)).Select(mistake => mistake with { Index = mistake.Index - first })];
            told.Add(new(file.Name, batch.RecordCount - (at - from), at - from, errors));
            first += batch.RecordCount;
        }

        return told;
    }

    private static Task AnswerAsync(HttpContext context, List<UploadBody.FileBody> files)
    {
        int accepted = files.Sum(file => file.Accepted), rejected = files.Sum(file => file.Rejected);
        IngestError[] errors = [.. files.SelectMany(file => file.Errors).Take(MaxErrors)];
        return accepted > 0 || errors.Length == 0
            ? Results.Json(new(accepted, rejected, errors, files), Json.Readable.UploadBody).ExecuteAsync(context)
            : IngestAnswer.RefuseAsync(context, new(IngestOutcome.NothingAccepted, 0, rejected, errors), json => WriteFiles(json, files));
    }

    private static void WriteFiles(Utf8JsonWriter json, List<UploadBody.FileBody> files)
    {
        json.WriteStartArray("files");
        foreach (UploadBody.FileBody file in files)
        {
            json.WriteStartObject();
            json.WriteString("name", file.Name);
            json.WriteNumber("accepted", file.Accepted);
            json.WriteNumber("rejected", file.Rejected);
            json.WritePropertyName("errors");
            IngestAnswer.WriteErrors(json, file.Errors);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
