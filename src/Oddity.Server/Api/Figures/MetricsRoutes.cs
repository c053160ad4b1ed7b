using System.Text;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;
using Oddity.Engine;
using Oddity.Server.Api.Series;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Figures;

/// <summary>
/// <c>/metrics</c>: the server's own figures in exposition text, or the last minutes of all series as JSON for clients that ask for that. Scrapers
/// always say what they want; what a client that takes anything gets is set by the compatibility profile.
/// </summary>
internal static class MetricsRoutes
{
    public const string SmartInfra = "smart-infra";

    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", WriteAsync).Permits(Permission.Read).WithTags("Health").Produces<string>(200, "text/plain").Fails(400)
            .WithSummary("The server's own figures in exposition text; JSON history on Accept: application/json, ?format=json or ?minutes=");

    private static Task WriteAsync(
        HttpContext context, Pipeline pipeline, TimeProvider time, Telemetry telemetry, ProcessFigures process, HttpOptions options, string? format, string? minutes)
    {
        context.Response.Headers.Vary = HeaderNames.Accept;
        if (WantsJson(context, options, format, minutes)) return RecentRoutes.WriteAsync(context, pipeline, time, minutes);
        var text = new StringBuilder(16 << 10);
        process.Write(text);
        foreach (MetricFamily family in telemetry.Read()) Exposition.Write(text, family);
        return Results.Text(text.ToString(), Exposition.ContentType).ExecuteAsync(context);
    }

    private static bool WantsJson(HttpContext context, HttpOptions options, string? format, string? minutes)
    {
        switch (format?.ToLowerInvariant())
        {
            case "json": return true;
            case "prometheus" or "text": return false;
            case not (null or ""): throw ProblemException.BadParameter("format", $"'{Problem.Echo(format)}' is neither json nor prometheus.");
        }

        if (minutes is not null) return true;
        IList<MediaTypeHeaderValue> accept = new RequestHeaders(context.Request.Headers).Accept;
        if (accept.Count == 0) return options.CompatProfile == SmartInfra;
        double json = Quality(accept, "application/json"), plain = Math.Max(Quality(accept, "text/plain"), Quality(accept, "application/openmetrics-text"));
        if (json > 0 || plain > 0) return json > plain;
        bool anything = accept.All(type => type.MatchesAllTypes);
        return anything && options.CompatProfile == SmartInfra;
    }

    private static double Quality(IList<MediaTypeHeaderValue> accept, string type) =>
        accept.Where(each => each.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)).Select(each => each.Quality ?? 1).DefaultIfEmpty(0).Max();
}
