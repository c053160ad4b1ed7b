using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Logs;
using Oddity.Engine.Intake;
using Oddity.Engine.Logs;
using Oddity.Server.Api.Ingest;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Logs;

/// <summary>OpenTelemetry's own protocol for logs, over HTTP and gRPC like that for metrics.</summary>
internal static class OtlpLogRoutes
{
    public static void MapOtlpLogs(this IEndpointRouteBuilder routes)
    {
        foreach (string path in new[] { "/v1/logs", "/api/v1/otlp/v1/logs", "/otlp/v1/logs", "/loki/otlp/v1/logs" })
        {
            routes.MapPost(path, (HttpContext context, LogStore store, HttpOptions limits, BodyBudget budget, [AsParameters] IngestParameters parameters) =>
                    OtlpRoutes.AnswerAsync(context, limits, budget, parameters, (body, json, options) => TakeAsync(context, store, body, json, options)))
                .Permits(Permission.Ingest).WithTags("Logs").WithSummary("Take OpenTelemetry logs (OTLP/HTTP)").TakesData();
        }

        routes.MapPost("/opentelemetry.proto.collector.logs.v1.LogsService/Export", (HttpContext context, LogStore store, HttpOptions limits, BodyBudget budget) =>
            OtlpRoutes.AnswerCallAsync(context, limits, budget, body => TakeAsync(context, store, body, json: false, IngestOptions.Live))).Permits(Permission.Ingest).ExcludeFromDescription();
    }

    private static async Task<OtlpAnswer> TakeAsync(HttpContext context, LogStore store, ReadOnlyMemory<byte> body, bool json, IngestOptions options)
    {
        var batch = new LogBatch(context.Tenant());
        DecodeFailure? failure;
        bool decoded = json ? OtlpLogsDecoder.TryDecodeJson(body, batch, out failure) : OtlpLogsDecoder.TryDecode(body.Span, batch, out failure);
        if (!decoded) throw Decode.Answer(failure!);
        return OtlpAnswer.Of(await store.IngestAsync(batch, options, context.RequestAborted), "Log record");
    }
}
