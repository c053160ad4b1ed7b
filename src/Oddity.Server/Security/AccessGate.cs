using System.Text;
using Oddity.Engine.Storage;
using Oddity.Server.Api;
using Oddity.Server.Api.Logs;

namespace Oddity.Server.Security;

/// <summary>
/// Finds out who calls and lets them through only to routes whose permission they hold. Credentials are a token or session secret in
/// <c>Authorization</c>, or the session cookie; a cookie is sent by browsers unasked, so with one a change also needs a header that pages of
/// other sites can't send.
/// </summary>
internal sealed class AccessGate(RequestDelegate next, Accounts accounts, Origins origins)
{
    public const string ChangeHeader = "X-Requested-With";
    public const string ChangeHeaderValue = "oddity";

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
        if (Secret(request.Headers.Authorization.ToString()) is { } secret)
        {
            if (accounts.CallerOfToken(secret) is { } program) return (program, null, false);
            return await FromSessionAsync(secret, false);
        }

        return request.Cookies[SessionCookie.Name] is { } cookie ? await FromSessionAsync(cookie, true) : (Caller.Nobody, null, false);
    }

    /// <summary>
    /// The secret in an Authorization header: <c>Bearer</c>; <c>Token</c>, as InfluxDB's clients say; <c>Splunk</c>; <c>ApiKey</c>, as Elasticsearch's do, by itself or
    /// as the second part of a pair; <c>Basic</c>, of which a token is the password, for senders that know nothing else. Null for none, empty where it can't be read.
    /// </summary>
    private static string? Secret(string header)
    {
        int blank = header.IndexOf(' ', StringComparison.Ordinal);
        if (blank < 0) return null;
        string scheme = header[..blank], rest = header[blank..].Trim();
        if (scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) || scheme.Equals("Token", StringComparison.OrdinalIgnoreCase)
            || scheme.Equals("Splunk", StringComparison.OrdinalIgnoreCase)) return rest;
        bool apiKey = scheme.Equals("ApiKey", StringComparison.OrdinalIgnoreCase);
        if (!apiKey && !scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) return null;
        byte[] pair = new byte[rest.Length];
        if (!Convert.TryFromBase64String(rest, pair, out int length)) return apiKey ? rest : "";
        int colon = pair.AsSpan(0, length).IndexOf((byte)':');
        if (apiKey && colon < 0) return rest;
        return Encoding.UTF8.GetString(pair.AsSpan(colon + 1, length - colon - 1));
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
        if (context.Request.Path.StartsWithSegments(SplunkRoutes.Prefix)) return SplunkRoutes.RefuseAsync(context, context.Request.Headers.Authorization.Count > 0);
        return Problem.WriteAsync(context, StatusCodes.Status401Unauthorized, "unauthorized", "Sign in, or send a token: Authorization: Bearer …");
    }
}
