using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Logs;
using Oddity.Engine.Intake;
using Oddity.Engine.Logs;
using Oddity.Server.Api.Ingest;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Logs;

/// <summary>Log lines as JSON, NDJSON or plain text, from whatever can post: Fluent Bit and Fluentd, Vector, curl.</summary>
internal static class LogIngestRoutes
{
    public static void MapLogIngest(this IEndpointRouteBuilder routes)
    {
        foreach (string path in new[] { "/api/v1/logs", "/api/v1/logs/ingest", "/ingest/fluent", "/ingest/logs" })
        {
            routes.MapPost(path, IngestAsync).Permits(Permission.Ingest).WithTags("Logs").WithSummary("Take log lines: JSON objects, NDJSON or plain text").TakesData().Produces<IngestBody>();
        }
    }

    private static async Task IngestAsync(
        HttpContext context, LogStore store, HttpOptions limits, BodyBudget budget, [AsParameters] IngestParameters parameters, [FromQuery(Name = "service")] string? service)
    {
        BodyType.Check(context.Request);
        IngestOptions options = parameters.Options();
        var batch = new LogBatch(context.Tenant());
        using (RequestBody body = await RequestBody.ReadAsync(context, limits, budget))
        {
            if (!LogDecoder.TryDecode(body.Bytes, IsPlain(context.Request), service, batch, out DecodeFailure? failure)) throw Decode.Answer(failure);
        }

        await IngestAnswer.WriteAsync(context, await store.IngestAsync(batch, options, context.RequestAborted));
    }

    private static bool IsPlain(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type) && type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase);
}
