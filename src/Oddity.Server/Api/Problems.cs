using Oddity.Engine;
using Oddity.Engine.Storage;

namespace Oddity.Server.Api;

/// <summary>
/// The one place where a request's failure becomes its answer: exceptions, and error statuses that somebody set without a body (404 and 405 of
/// routing, 413 of Kestrel, 401 of the access gate).
/// </summary>
internal sealed class Problems(RequestDelegate next, ILogger<Problems> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { StatusCode: >= 400, HasStarted: false, ContentType: null })
                await Problem.WriteAsync(context, context.Response.StatusCode, detail: Explain(context));
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer; a status of its own keeps it out of the figures for success.
            if (!context.Response.HasStarted) context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            await AnswerAsync(context, failure);
        }
        catch (Exception failure)
        {
            // Half an answer is out. Cutting the connection is the only way left to say that it is not whole.
            log.LogError(failure, "{Method} {Route} failed in the middle of its answer", context.Request.Method, Route(context));
            context.Abort();
        }
    }

    private Task AnswerAsync(HttpContext context, Exception failure)
    {
        switch (failure)
        {
            case ProblemException problem:
                return Problem.WriteAsync(context, problem.Status, problem.Code, problem.Message, problem.Limit, problem.RetryAfter);
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Problem.WriteAsync(context, StatusCodes.Status413PayloadTooLarge, "too_large", "The body is larger than is taken.", "body_bytes");
            case DiskFullException:
                return Problem.WriteAsync(
                    context, StatusCodes.Status507InsufficientStorage, "disk_full", "The server's disk is full. Nothing was stored.", "disk", TimeSpan.FromSeconds(10));
            case DamagedHistoryException damaged:
                log.LogError(damaged, "{Method} {Route} met damaged samples", context.Request.Method, Route(context));
                return Problem.WriteAsync(
                    context,
                    StatusCodes.Status500InternalServerError,
                    "damaged_history",
                    $"Samples from {Times.Iso(damaged.FromMs)} to {Times.Iso(damaged.ToMs)} are damaged on disk. Other times can be read; a backup may have these.");
            case BadHttpRequestException bad:
                return Problem.WriteAsync(context, bad.StatusCode, bad.StatusCode == 400 ? "bad_request" : null, "The request could not be read.");
            default:
                log.LogError(failure, "{Method} {Route} failed", context.Request.Method, Route(context));
                return Problem.WriteAsync(context, 500, "internal", "The server failed; its log says why.");
        }
    }

    private static string Explain(HttpContext context) => context.Response.StatusCode switch
    {
        404 => $"Nothing is at {Problem.Echo(context.Request.Path)}.",
        405 => $"{Problem.Echo(context.Request.Method)} is not for {Problem.Echo(context.Request.Path)}.",
        401 => "Sign in, or send a token: Authorization: Bearer …",
        403 => "The caller may not do that.",
        _ => "The request was refused.",
    };

    private static string Route(HttpContext context) => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";
}
