using Oddity.Engine.Storage;
using Oddity.Server.Api;

namespace Oddity.Server.Security;

/// <summary>
/// Finds out who calls and lets them through only to routes whose permission they hold. Credentials are a token or session secret in
/// <c>Authorization: Bearer</c>, or the session cookie; a cookie is sent by browsers unasked, so with one a change also needs a header that pages of
/// other sites can't send.
/// </summary>
internal sealed class AccessGate(RequestDelegate next, Accounts accounts, Origins origins)
{
    public const string ChangeHeader = "X-Requested-With";
    public const string ChangeHeaderValue = "oddity";
    private const string Scheme = "Bearer ";

    public async Task InvokeAsync(HttpContext context)
    {
        // Nothing is there, or routing itself answers (405): that is nobody's secret.
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
        {
            await next(context);
            return;
        }

        // A route that names no permission can't exist, see Program; if one does, it is nobody's.
        if (PermissionConvention.RequiredOf(endpoint) is not { } required)
        {
            await ForbidAsync(context, "forbidden", "This route is closed.");
            return;
        }

        string method = context.Request.Method;
        bool changes = !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method);
        if ((changes || context.WebSockets.IsWebSocketRequest) && !origins.Allows(context.Request))
        {
            await ForbidAsync(context, "origin_not_allowed", "Pages of other sites may not call this; see http.cors_origins.");
            return;
        }

        (Caller caller, AccountSession? session, bool byCookie) = await IdentifyAsync(context.Request);
        if (!caller.May(required)) await RefuseAsync(context, caller, required);
        else if (changes && byCookie && context.Request.Headers[ChangeHeader] != ChangeHeaderValue)
            await ForbidAsync(context, "change_header_missing", $"A change with a session cookie needs the header {ChangeHeader}: {ChangeHeaderValue}.");
        else
        {
            context.Features.Set(caller);
            if (session is not null) context.Features.Set(session);
            await next(context);
        }
    }

    private async ValueTask<(Caller Caller, AccountSession? Session, bool ByCookie)> IdentifyAsync(HttpRequest request)
    {
        if (!accounts.Options.Required) return (Caller.Anyone, null, false);
        string header = request.Headers.Authorization.ToString();
        if (header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            string secret = header[Scheme.Length..].Trim();
            if (accounts.CallerOfToken(secret) is { } program) return (program, null, false);
            return await FromSessionAsync(secret, false);
        }

        return request.Cookies[SessionCookie.Name] is { } cookie ? await FromSessionAsync(cookie, true) : (Caller.Nobody, null, false);
    }

    private async ValueTask<(Caller Caller, AccountSession? Session, bool ByCookie)> FromSessionAsync(string secret, bool byCookie) =>
        await accounts.FindSessionAsync(secret) is { } session && accounts.CallerOf(session) is { } caller
            ? (caller, session, byCookie)
            : (Caller.Nobody, null, false);

    private static Task ForbidAsync(HttpContext context, string code, string detail) =>
        Problem.WriteAsync(context, StatusCodes.Status403Forbidden, code, detail);

    private static Task RefuseAsync(HttpContext context, Caller caller, Permission required)
    {
        if (caller.Name is not null) return ForbidAsync(context, "forbidden", $"This needs the permission '{required.ToString().ToLowerInvariant()}'.");
        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"oddity\"";
        return Problem.WriteAsync(context, StatusCodes.Status401Unauthorized, "unauthorized", "Sign in, or send a token: Authorization: Bearer …");
    }
}
