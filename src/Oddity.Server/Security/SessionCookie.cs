using Oddity.Server.Configuration;

namespace Oddity.Server.Security;

/// <summary>The cookie that holds a session's secret: out of reach of scripts, and never sent from other sites.</summary>
internal static class SessionCookie
{
    public const string Name = "oddity_session";

    public static void Set(HttpContext context, string secret, AuthOptions options, HttpOptions http)
    {
        CookieOptions cookie = Options(context, http);
        cookie.MaxAge = options.SessionAbsolute;
        context.Response.Cookies.Append(Name, secret, cookie);
    }

    public static void Clear(HttpContext context, HttpOptions http) => context.Response.Cookies.Delete(Name, Options(context, http));

    /// <summary>Secure wherever people come by https, which a proxy in front may do for us.</summary>
    private static CookieOptions Options(HttpContext context, HttpOptions http) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps || http.PublicUrl is { Scheme: "https" },
        Path = "/",
        IsEssential = true,
    };
}
