using System.Buffers;
using System.Text;
using Oddity.Engine;
using Oddity.Engine.Anomalies;
using Oddity.Server.Api.Pages;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Anomalies;

/// <summary>Anomalies: listed, one by one, exported, and judged by people.</summary>
internal static class AnomalyRoutes
{
    /// <summary>How far back a bare list looks where the request does not say.</summary>
    private static readonly TimeSpan BareWindow = TimeSpan.FromHours(30);

    /// <summary>Most bytes of what a person says of an anomaly.</summary>
    private const int MaxJudgementBytes = 64 << 10;

    public static void MapAnomalies(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder read = routes.MapGroup("").Permits(Permission.Read).WithTags("Anomalies");
        read.MapGet("/api/v1/anomalies", ListAsync).WithSummary("List anomalies, newest first, in pages").Produces<Page<AnomalyBody>>().Fails(400);
        read.MapGet("/api/v1/anomalies/export", ExportAsync).WithSummary("All anomalies in canonical order, one JSON object a line")
            .Produces(200, contentType: "application/x-ndjson");
        read.MapGet("/api/v1/anomalies/{id}", FindAsync).WithSummary("One anomaly").Produces<AnomalyBody>().Fails(404);
        foreach (string path in new[] { "/anomalies", "/api/anomalies" })
        {
            read.MapGet(path, BareAsync).WithSummary("Anomalies as a bare array, newest first; of the last 30 hours where neither limit nor time is given")
                .Produces<AnomalyBody[]>().Fails(400).WithMetadata(new DashboardPages.AlsoPage());
        }

        RouteGroupBuilder judge = routes.MapGroup("").Permits(Permission.Operate).WithTags("Anomalies");
        (string Verb, AnomalyStatus Status, string Summary)[] verbs =
        [
            ("resolve", AnomalyStatus.Resolved, "Mark an anomaly as dealt with"),
            ("acknowledge", AnomalyStatus.Acknowledged, "Say that somebody is on it"),
            ("false-positive", AnomalyStatus.FalsePositive, "Say that it was none"),
            ("reopen", AnomalyStatus.Open, "Take back what was said"),
        ];
        foreach ((string verb, AnomalyStatus status, string summary) in verbs)
        {
            Delegate set = (HttpContext context, Pipeline pipeline, HttpOptions limits, BodyBudget budget, string id) =>
                SetAsync(context, pipeline, limits, budget, id, status);
            judge.MapPost($"/api/v1/anomalies/{{id}}/{verb}", set).WithSummary(summary).TakesNote().Produces<AnomalyBody>().Fails(404);
            judge.MapPost($"/api/anomalies/{{id}}/{verb}", set).WithSummary(summary).TakesNote().Produces<AnomalyBody>().Fails(404);
        }

        judge.MapPost("/api/v1/anomalies/{id}/feedback", FeedbackAsync).WithSummary("Say whether it was a false positive: {false_positive, note}")
            .TakesNote().Produces<AnomalyBody>().Fails(400, 404);
    }

    private static async Task<IResult> ListAsync(HttpContext context, Pipeline pipeline, [AsParameters] AnomalyFilter filter)
    {
        AnomalyPage page = await PageAsync(pipeline, filter.ToQuery(context.Tenant()), context.RequestAborted);
        return Results.Json(new Page<AnomalyBody>([.. page.Items.Select(AnomalyBody.From)], page.NextCursor), Json.Readable.PageAnomalyBody);
    }

    private static async Task<IResult> BareAsync(HttpContext context, Pipeline pipeline, TimeProvider time, [AsParameters] AnomalyFilter filter)
    {
        AnomalyQuery query = filter.ToQuery(context.Tenant());
        if (filter.IsOpenEnded) query = query with { FromMs = (time.GetUtcNow() - BareWindow).ToUnixTimeMilliseconds() };
        AnomalyPage page = await PageAsync(pipeline, query, context.RequestAborted);
        return Results.Json([.. page.Items.Select(AnomalyBody.From)], Json.Readable.AnomalyBodyArray);
    }

    private static async Task<AnomalyPage> PageAsync(Pipeline pipeline, AnomalyQuery query, CancellationToken cancel)
    {
        try
        {
            return await pipeline.ListAnomaliesAsync(query, cancel);
        }
        catch (FormatException)
        {
            throw ProblemException.BadParameter("cursor", $"'{Problem.Echo(query.Cursor)}' is not a cursor that this server gave.");
        }
    }

    private static async Task<IResult> FindAsync(HttpContext context, Pipeline pipeline, string id) =>
        One(await pipeline.FindAnomalyAsync(context.Tenant(), id, context.RequestAborted), id);

    private static async Task ExportAsync(HttpContext context, Pipeline pipeline)
    {
        context.Response.ContentType = "application/x-ndjson";
        await foreach (string line in pipeline.ExportAnomaliesAsync(context.Tenant(), context.RequestAborted))
        {
            Encoding.UTF8.GetBytes(line, context.Response.BodyWriter);
            context.Response.BodyWriter.Write("\n"u8);
            if (context.Response.BodyWriter.UnflushedBytes > 64 << 10) await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
    }

    private static async Task<IResult> SetAsync(
        HttpContext context, Pipeline pipeline, HttpOptions limits, BodyBudget budget, string id, AnomalyStatus status)
    {
        Judgement judgement = await JudgementAsync(context, limits, budget);
        return One(await pipeline.SetStatusAsync(context.Tenant(), id, status, context.UserName(), judgement.Note, context.RequestAborted), id);
    }

    private static async Task<IResult> FeedbackAsync(HttpContext context, Pipeline pipeline, HttpOptions limits, BodyBudget budget, string id)
    {
        Judgement judgement = await JudgementAsync(context, limits, budget);
        bool falsePositive = judgement.FalsePositive ?? throw ProblemException.BadParameter("false_positive", "is missing; say true or false.");
        Anomaly? anomaly = await pipeline.FindAnomalyAsync(context.Tenant(), id, context.RequestAborted);
        if (anomaly is null) return One(null, id);

        // That it was a real one takes back the opposite, and leaves alone how far people are with it.
        AnomalyStatus status = falsePositive ? AnomalyStatus.FalsePositive
            : anomaly.Status == AnomalyStatus.FalsePositive ? AnomalyStatus.Open : anomaly.Status;
        return One(await pipeline.SetStatusAsync(context.Tenant(), id, status, context.UserName(), judgement.Note, context.RequestAborted), id);
    }

    private static async Task<Judgement> JudgementAsync(HttpContext context, HttpOptions limits, BodyBudget budget)
    {
        limits = limits with { MaxBodyBytes = MaxJudgementBytes, MaxDecompressedBytes = MaxJudgementBytes };
        using RequestBody body = await RequestBody.ReadAsync(context, limits, budget);
        return Judgement.Read(body.Bytes);
    }

    private static IResult One(Anomaly? anomaly, string id) => anomaly is null
        ? throw ProblemException.NotFound($"There is no anomaly '{Problem.Echo(id)}'.")
        : Results.Json(AnomalyBody.From(anomaly), Json.Readable.AnomalyBody);
}
