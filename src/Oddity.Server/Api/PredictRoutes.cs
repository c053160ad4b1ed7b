using Oddity.Engine;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api;

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

        // Score before they are taken in: afterwards the detectors would have learnt them.
        IReadOnlyList<Prediction> predictions = await pipeline.PredictAsync(batch, context.RequestAborted);
        if (!dryRun)
        {
            IngestResult result = await pipeline.IngestAsync(batch, options, context.RequestAborted);
            if (result.Outcome != IngestOutcome.Stored)
            {
                await IngestAnswer.RefuseAsync(context, result);
                return;
            }
        }
        else if (batch.Errors.Count > 0 && predictions.Count == 0)
        {
            await IngestAnswer.RefuseAsync(context, new(IngestOutcome.NothingAccepted, 0, batch.Errors.Count, [.. batch.Errors.Take(10)]));
            return;
        }

        await Results.Json(PredictionBody.From(predictions, stored: !dryRun), Json.Readable.PredictionBody).ExecuteAsync(context);
    }
}
