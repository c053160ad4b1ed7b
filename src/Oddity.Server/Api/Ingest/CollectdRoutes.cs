using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Collectd;
using Oddity.Engine;
using Oddity.Engine.Intake;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Ingest;

/// <summary>collectd's <c>write_http</c>, whose values come as JSON.</summary>
internal static class CollectdRoutes
{
    public static void MapCollectd(this IEndpointRouteBuilder routes)
    {
        foreach (string path in new[] { "/collectd", "/api/v1/collectd" })
        {
            routes.MapPost(path, WriteAsync).Permits(Permission.Ingest).WithTags("Ingest").WithSummary("Take the value lists of collectd's write_http").TakesData().Produces<IngestBody>();
        }
    }

    private static async Task WriteAsync(HttpContext context, Pipeline pipeline, HttpOptions limits, BodyBudget budget, [AsParameters] IngestParameters parameters)
    {
        BodyType.Check(context.Request);
        IngestOptions options = parameters.Options();
        using RequestBody body = await RequestBody.ReadAsync(context, limits, budget);
        if (!CollectdDecoder.TryDecode(body.Bytes, context.Tenant(), out IngestBatch? batch, out DecodeFailure? failure)) throw Decode.Answer(failure);
        await IngestAnswer.WriteAsync(context, await pipeline.IngestAsync(batch, options, context.RequestAborted));
    }
}
