using Oddity.Engine;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Ingest;

/// <summary>Detection on request: the answer says at once whether the samples are odd.</summary>
internal static class PredictRoutes
{
    private const int MaxRows = 10_000;

    public static void MapPredict(this IEndpointRouteBuilder routes)
    {
        foreach (string path in new[] { "/predict", "/api/v1/predict" })
        {
            routes.MapPost(path, PredictAsync).Permits(Permission.Ingest).WithTags("Detection").TakesData()
                .WithSummary("Score samples now; they are stored, and alerted of if odd, unless ?dry_run=true").Produces<PredictionBody>();
        }
    }

    private static async Task PredictAsync(
        HttpContext context, Pipeline pipeline, HttpOptions limits, BodyBudget budget, [AsParameters] IngestParameters parameters, string? dry_run)
    {
        bool dryRun = Query.Flag("dry_run", dry_run) ?? false;
        IngestOptions options = parameters.Options();
        IngestBatch batch = await IngestRoutes.ReadAsync(context, limits, budget, parameters.TimeUnit());
        if (batch.Rows.Count > MaxRows)
            throw new ProblemException(StatusCodes.Status413PayloadTooLarge, "too_large", $"More than {MaxRows} samples to score at once.", "predict_samples");

        IReadOnlyList<IngestError> mistakes = pipeline.Check(batch, options);
        if (mistakes.Count > 0 && (options.Atomic || mistakes.Count == batch.RecordCount))
        {
            IngestOutcome outcome = options.Atomic ? IngestOutcome.AtomicRefused : IngestOutcome.NothingAccepted;
            await IngestAnswer.RefuseAsync(context, new(outcome, 0, batch.RecordCount, [.. mistakes.Take(10)]));
            return;
        }

        // Score before they are taken in: afterwards the detectors would have learnt them.
        IReadOnlyList<Prediction> predictions = await pipeline.PredictAsync(Good(batch, mistakes), context.RequestAborted);
        if (!dryRun)
        {
            IngestResult result = await pipeline.IngestAsync(batch, options, context.RequestAborted);
            if (result.Outcome != IngestOutcome.Stored)
            {
                await IngestAnswer.RefuseAsync(context, result);
                return;
            }
        }

        await Results.Json(PredictionBody.From(predictions, stored: !dryRun), Json.Readable.PredictionBody).ExecuteAsync(context);
    }

    private static IngestBatch Good(IngestBatch batch, IReadOnlyList<IngestError> mistakes)
    {
        if (mistakes.Count == 0) return batch;
        HashSet<int> bad = [.. mistakes.Select(mistake => mistake.Index)];
        var good = new IngestBatch(batch.Tenant);
        good.Rows.AddRange(batch.Rows.Where(row => !bad.Contains(row.Record)));
        good.Vectors.AddRange(batch.Vectors.Where(row => !bad.Contains(row.Record)));
        return good;
    }
}
