using System.Text.Json;
using Oddity.Engine;
using Oddity.Engine.Intake;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Ingest;

/// <summary>
/// InfluxDB's two ways to write, so that Telegraf and the InfluxDB clients need one changed address: the line protocol on <c>/write</c> (version 1) and
/// <c>/api/v2/write</c>, the probes they send before, and their words for what went wrong.
/// </summary>
internal static class InfluxRoutes
{
    private const string Version = "1.8.10";

    public static void MapInflux(this IEndpointRouteBuilder routes)
    {
        foreach (string prefix in new[] { "", "/influx" })
        {
            routes.MapPost(prefix + "/write", WriteV1Async)
                .Permits(Permission.Ingest).WithTags("Ingest").WithSummary("Take InfluxDB line protocol, as version 1 does").TakesData();
            routes.MapPost(prefix + "/api/v2/write", WriteV2Async)
                .Permits(Permission.Ingest).WithTags("Ingest").WithSummary("Take InfluxDB line protocol, as version 2 does").TakesData();
            routes.MapMethods(prefix + "/ping", ["GET", "HEAD"], Ping).Permits(Permission.Anonymous).ExcludeFromDescription();
            routes.MapMethods(prefix + "/query", ["GET", "POST"], QueryAsync).Permits(Permission.Ingest).ExcludeFromDescription();
        }
    }

    private static Task WriteV1Async(HttpContext context, Pipeline pipeline, HttpOptions limits, BodyBudget budget, [AsParameters] IngestParameters parameters) =>
        WriteAsync(context, () => IngestAsync(context, pipeline, limits, budget, parameters), RefuseV1Async);

    private static Task WriteV2Async(HttpContext context, Pipeline pipeline, HttpOptions limits, BodyBudget budget, [AsParameters] IngestParameters parameters) =>
        WriteAsync(context, () => IngestAsync(context, pipeline, limits, budget, parameters), RefuseV2Async);

    private static async Task WriteAsync(HttpContext context, Func<Task<IngestResult>> ingest, Func<HttpContext, int, string, string, Task> refuse)
    {
        int status;
        string code, message;
        TimeSpan? wait;
        try
        {
            IngestResult result = await ingest();
            (status, code, message) = Answer(result);
            wait = result.RetryAfter ?? TimeSpan.FromSeconds(1);
        }
        catch (ProblemException problem)
        {
            (status, code, message, wait) = (problem.Status, problem.Code, problem.Message, problem.RetryAfter);
        }

        // 503 also over a tenant's limit: Telegraf throws away what a 4xx refuses.
        if (status == 503) Problem.SetRetryAfter(context.Response, wait ?? TimeSpan.FromSeconds(1));
        if (status == 204) context.Response.StatusCode = 204;
        else await refuse(context, status, code, message);
    }

    private static async Task<IngestResult> IngestAsync(HttpContext context, Pipeline pipeline, HttpOptions limits, BodyBudget budget, IngestParameters parameters)
    {
        BodyType.Check(context.Request);
        long unit = Unit(parameters.Precision);
        IngestOptions options = parameters.Options();
        using RequestBody body = await RequestBody.ReadAsync(context, limits, budget);
        return await pipeline.IngestAsync(Decode.Lines(body.Bytes, context.Tenant(), unit), options, context.RequestAborted);
    }

    private static (int Status, string Code, string Message) Answer(IngestResult result) => result.Outcome switch
    {
        IngestOutcome.Stored when result.Rejected == 0 => (204, "", ""),
        IngestOutcome.Stored or IngestOutcome.NothingAccepted => (400, "invalid", $"partial write: {Reason(result)} dropped={result.Rejected}"),
        IngestOutcome.AtomicRefused => (400, "invalid", $"nothing was written: {Reason(result)} dropped={result.Rejected}"),
        IngestOutcome.OverLimit => (503, "too many requests", $"the limit of {result.Limit} is reached; nothing was written"),
        IngestOutcome.DiskFull => (503, "unavailable", "the disk is full; nothing was written"),
        _ => (503, "unavailable", "the server is busy, starting or stopping; nothing was written"),
    };

    private static string Reason(IngestResult result) => result.Errors is [var first, ..] ? $"line {first.Index + 1}: {first.Detail}" : "no line is good.";

    private static long Unit(string? precision) => precision switch
    {
        null or "" or "n" or "ns" => 1,
        "u" or "us" or "µ" or "µs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => throw ProblemException.BadParameter("precision", $"'{Problem.Echo(precision)}' is none of ns, us, ms, s, m, h."),
    };

    private static IResult Ping(HttpContext context)
    {
        context.Response.Headers["X-Influxdb-Version"] = Version;
        context.Response.Headers["X-Influxdb-Build"] = "OSS";
        return Results.StatusCode(204);
    }

    /// <summary>Clients create their database before they write; here it is always there. Data is read through Oddity's own routes.</summary>
    private static async Task QueryAsync(HttpContext context)
    {
        string query = context.Request.Query["q"].ToString();
        if (query.Length == 0 && context.Request.HasFormContentType) query = (await context.Request.ReadFormAsync(context.RequestAborted))["q"].ToString();
        bool creates = query.TrimStart().StartsWith("CREATE DATABASE", StringComparison.OrdinalIgnoreCase);
        if (creates) await Results.Text("""{"results":[{"statement_id":0}]}""" + "\n", "application/json").ExecuteAsync(context);
        else await RefuseV1Async(context, 400, "", $"only CREATE DATABASE is answered here, not \"{Problem.Echo(query)}\"");
    }

    private static Task RefuseV1Async(HttpContext context, int status, string code, string message)
    {
        context.Response.Headers["X-Influxdb-Version"] = Version;
        context.Response.Headers["X-Influxdb-Error"] = new string([.. message.Select(c => c is >= ' ' and < (char)127 ? c : '?')]);
        return SendAsync(context, status, writer => writer.WriteString("error", message));
    }

    private static Task RefuseV2Async(HttpContext context, int status, string code, string message) => SendAsync(context, status, writer =>
    {
        writer.WriteString("code", code);
        writer.WriteString("message", message);
    });

    private static async Task SendAsync(HttpContext context, int status, Action<Utf8JsonWriter> members)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter, Problem.Json);
        writer.WriteStartObject();
        members(writer);
        writer.WriteEndObject();
        await writer.FlushAsync(context.RequestAborted);
    }
}
