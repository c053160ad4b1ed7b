using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Oddity.Connectors.Sources.Exposition;
using Oddity.Engine;
using Oddity.Engine.Intake;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Ingest;

/// <summary>Prometheus' exposition text, pushed: what a target shows on <c>/metrics</c>, or an agent collected, in one request.</summary>
internal static class ExpositionRoutes
{
    private const int MostExtraLabels = 40;

    public static void MapExposition(this IEndpointRouteBuilder routes)
    {
        foreach (string path in new[] { "/api/v1/import/prometheus", "/prometheus/api/v1/import/prometheus" })
        {
            routes.MapPost(path, ImportAsync).Permits(Permission.Ingest).WithTags("Ingest").WithSummary("Take Prometheus' exposition text or OpenMetrics").TakesData().Produces<IngestBody>();
        }
    }

    private static async Task ImportAsync(
        HttpContext context,
        Pipeline pipeline,
        HttpOptions limits,
        BodyBudget budget,
        TimeProvider time,
        [AsParameters] IngestParameters parameters,
        [FromQuery(Name = "extra_label")][Description("A label name=value for every series, in place of its own of that name; may be given several times.")] string[]? extraLabel,
        [FromQuery(Name = "timestamp")][Description("Time of samples without one of their own. Default: now.")] string? timestamp)
    {
        bool openMetrics = IsOpenMetrics(context.Request);
        IngestOptions options = parameters.Options();
        var reading = new ExpositionOptions
        {
            DefaultTimeMs = Query.Time("timestamp", timestamp) ?? time.GetUtcNow().ToUnixTimeMilliseconds(),
            OpenMetrics = openMetrics,
            Labels = ExtraLabels(extraLabel ?? []),
        };
        using RequestBody body = await RequestBody.ReadAsync(context, limits, budget);
        Batch batch = pipeline.BeginBatch(context.Tenant(), ExpositionDecoder.Protocol, options);
        if (ExpositionDecoder.Decode(body.Bytes.Span, batch, reading) is { } failure)
        {
            batch.Dispose();
            throw Decode.Answer(failure);
        }

        await IngestAnswer.WriteAsync(context, await pipeline.CommitAsync(batch, context.RequestAborted));
    }

    private static bool IsOpenMetrics(HttpRequest request)
    {
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            && type.MediaType.Equals("application/openmetrics-text", StringComparison.OrdinalIgnoreCase)) return true;
        BodyType.Check(request);
        return false;
    }

    private static KeyValuePair<string, string>[] ExtraLabels(string[] texts)
    {
        if (texts.Length > MostExtraLabels) throw ProblemException.BadParameter("extra_label", $"is given more than {MostExtraLabels} times.");
        return Array.ConvertAll(texts, text =>
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            return equals > 0
                ? KeyValuePair.Create(text[..equals], text[(equals + 1)..])
                : throw ProblemException.BadParameter("extra_label", $"'{Problem.Echo(text)}' is not name=value.");
        });
    }
}
