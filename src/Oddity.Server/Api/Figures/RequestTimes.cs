using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Oddity.Server.Api.Figures;

/// <summary>Measures how long requests take, by route template, so that a path with an id in it is no label of its own.</summary>
internal sealed class RequestTimes(RequestDelegate next, TimeProvider time)
{
    private static readonly Meter Meter = new(Telemetry.MeterName);
    private static readonly Histogram<double> Durations =
        Meter.CreateHistogram<double>("http_request_duration_seconds", "s", "Time from a request to the end of its answer, by route template.");

    public async Task InvokeAsync(HttpContext context)
    {
        long start = time.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            // A dashboard listens for hours; that is no duration of a request.
            if (context.GetEndpoint()?.Metadata.GetMetadata<LongLived>() is null) Record(context, time.GetElapsedTime(start));
        }
    }

    private static void Record(HttpContext context, TimeSpan took)
    {
        var tags = new TagList
        {
            { "method", MethodOf(context.Request.Method) },
            { "route", (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "" },
            { "status", context.Response.StatusCode },
        };
        Durations.Record(took.TotalSeconds, tags);
    }

    /// <summary>Anybody can make up a method, and must not make up labels.</summary>
    private static string MethodOf(string method) => method is "GET" or "POST" or "PUT" or "DELETE" or "HEAD" or "OPTIONS" or "PATCH" ? method : "other";

    /// <summary>Marks routes whose answers stay open.</summary>
    internal sealed class LongLived;
}
