using System.Diagnostics.CodeAnalysis;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Otlp;
using Oddity.Connectors.Sources.Traces;
using Oddity.Engine;
using Oddity.Engine.Calls;
using Oddity.Engine.Changes;
using Oddity.Engine.Intake;
using Oddity.Engine.Logs;
using Oddity.Engine.Storage;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Ingest;

/// <summary>OpenTelemetry's own protocol for metrics, traces and logs. Whatever port a request comes in on, the way is the same.</summary>
internal static class OtlpRoutes
{
    private static readonly Signal[] s_signals =
    [
        new("metrics", "metrics.v1.MetricsService", "Data point", OtlpJson.TryRewriteMetrics, TakeMetricsAsync),
        new("traces", "trace.v1.TraceService", "Span", OtlpJson.TryRewriteTraces, TakeSpansAsync),
        new("logs", "logs.v1.LogsService", "Log record", OtlpJson.TryRewriteLogs, TakeLogsAsync) { Paths = ["/otlp/v1/logs", "/loki/otlp/v1/logs"] },
    ];

    private delegate bool Rewriter(ReadOnlySpan<byte> json, [NotNullWhen(true)] out byte[]? message, out int length, [NotNullWhen(false)] out DecodeFailure? failure);

    private delegate Task<IngestResult> Taker(HttpContext context, ReadOnlyMemory<byte> message, IngestOptions options);

    public static void MapOtlp(this IEndpointRouteBuilder routes)
    {
        foreach (Signal signal in s_signals)
        {
            Delegate post = (HttpContext context, VersionWatch versions, HttpOptions limits, BodyBudget budget, [AsParameters] IngestParameters parameters) =>
                OtlpTransport.AnswerAsync(context, limits, budget, parameters, (body, json, options) => TakeAsync(context, signal, versions, body, json, options));
            foreach (string path in new[] { $"/v1/{signal.Name}", $"/api/v1/otlp/v1/{signal.Name}" }.Concat(signal.Paths))
            {
                routes.MapPost(path, post).Permits(Permission.Ingest).WithTags("Ingest").WithSummary($"Take OpenTelemetry {signal.Name} (OTLP/HTTP)").TakesData();
            }

            Delegate export = (HttpContext context, VersionWatch versions, HttpOptions limits, BodyBudget budget) =>
                OtlpTransport.AnswerCallAsync(context, limits, budget, body => TakeAsync(context, signal, versions, body, json: false, IngestOptions.Live));
            routes.MapPost($"/opentelemetry.proto.collector.{signal.Service}/Export", export).Permits(Permission.Ingest).ExcludeFromDescription();
        }
    }

    private static async Task<OtlpAnswer> TakeAsync(HttpContext context, Signal signal, VersionWatch versions, ReadOnlyMemory<byte> body, bool json, IngestOptions options)
    {
        ReadOnlyMemory<byte> message = body;
        if (json) message = signal.Rewrite(body.Span, out byte[]? rewritten, out int length, out DecodeFailure? broken) ? rewritten.AsMemory(0, length) : throw Decode.Answer(broken);
        IngestResult result = await signal.Take(context, message, options);
        if (result.Outcome == IngestOutcome.Stored) await NoteVersionsAsync(context.Tenant(), OtlpResources.Versions(message.Span), versions, context.RequestAborted);
        return OtlpAnswer.Of(result, signal.Record);
    }

    private static Task<IngestResult> TakeMetricsAsync(HttpContext context, ReadOnlyMemory<byte> message, IngestOptions options)
    {
        if (!OtlpMetricsDecoder.TryDecode(message.Span, context.Tenant(), out IngestBatch? batch, out DecodeFailure? failure)) throw Decode.Answer(failure);
        return Of<Pipeline>(context).IngestAsync(batch, options, context.RequestAborted);
    }

    private static Task<IngestResult> TakeSpansAsync(HttpContext context, ReadOnlyMemory<byte> message, IngestOptions options)
    {
        if (!OtlpTracesDecoder.TryDecode(message.Span, out CallBatch? batch, out DecodeFailure? failure)) throw Decode.Answer(failure);
        return CallTaker.TakeAsync(context, Of<Pipeline>(context), CallKind.Span, batch, options);
    }

    private static Task<IngestResult> TakeLogsAsync(HttpContext context, ReadOnlyMemory<byte> message, IngestOptions options)
    {
        var batch = new LogBatch(context.Tenant());
        if (!OtlpLogsDecoder.TryDecode(message.Span, batch, out DecodeFailure? failure)) throw Decode.Answer(failure);
        return Of<LogStore>(context).IngestAsync(batch, options, context.RequestAborted);
    }

    private static T Of<T>(HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();

    /// <summary>Notes what versions services say they have. What was sent is stored already: a change that can't be noted is no reason to refuse it.</summary>
    private static async Task NoteVersionsAsync(string tenant, IReadOnlyCollection<(string Service, string Version)> seen, VersionWatch versions, CancellationToken cancel)
    {
        try
        {
            foreach ((string service, string version) in seen) await versions.SeenAsync(tenant, service, version, cancel);
        }
        catch (DiskFullException)
        {
        }
    }

    /// <summary>One of the kinds of data that OpenTelemetry sends.</summary>
    /// <param name="Name">In addresses.</param>
    /// <param name="Service">In the addresses of gRPC.</param>
    /// <param name="Record">What answers call a record.</param>
    /// <param name="Rewrite">From JSON to protocol buffers.</param>
    /// <param name="Take">Decodes and stores.</param>
    private sealed record Signal(string Name, string Service, string Record, Rewriter Rewrite, Taker Take)
    {
        /// <summary>Further addresses.</summary>
        public string[] Paths { get; init; } = [];
    }
}
