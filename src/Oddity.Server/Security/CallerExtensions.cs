namespace Oddity.Server.Security;

/// <summary>What routes may ask about whoever called them.</summary>
internal static class CallerExtensions
{
    /// <summary>Who calls; nobody until the access gate has looked.</summary>
    public static Caller Caller(this HttpContext context) => context.Features.Get<Caller>() ?? Security.Caller.Nobody;

    /// <summary>Whose data the request is about.</summary>
    public static string Tenant(this HttpContext context) => context.Caller().Tenant;

    /// <summary>Name for notes and logs: the user's, the token's, or "anonymous" where authentication is off.</summary>
    public static string UserName(this HttpContext context) => context.Caller().Name ?? "anonymous";
}
