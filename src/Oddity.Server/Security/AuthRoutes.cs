using Oddity.Engine.Storage;
using Oddity.Server.Api;
using Oddity.Server.Configuration;

namespace Oddity.Server.Security;

/// <summary>Set-up, sign-in and sign-out.</summary>
internal static class AuthRoutes
{
    /// <summary>Characters of the longest secret somebody may send.</summary>
    private const int LongestSecret = 256;

    public static void MapAuth(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder open = routes.MapGroup("").Permits(Permission.Anonymous).WithTags("Sign-in");
        open.MapGet("/api/v1/auth/state", State).WithSummary("Whether sign-in is needed and who is signed in");
        open.MapPost("/api/v1/auth/setup", SetupAsync).WithSummary("Makes the first account, with the one-time token that the server printed");
        open.MapPost("/api/v1/auth/login", LoginAsync).WithSummary("Begins a session and sets its cookie");
        open.MapPost("/auth/login", LoginForTokenAsync).WithSummary("Begins a session; its secret comes back to be sent as Authorization: Bearer");
        open.MapPost("/auth/refresh", RefreshAsync).WithSummary("Exchanges a session's secret for a new one");
        open.MapPost("/api/v1/auth/logout", LogoutAsync).WithSummary("Ends the session");
    }

    private static IResult State(HttpContext context, Accounts accounts) => Results.Json(
        new AuthState(
            accounts.Options.Required ? "required" : "none",
            accounts.SetupNeeded,
            context.Caller().Name is { } name ? new UserBody(name) : null),
        SecurityJson.Readable.AuthState);

    private static async Task<IResult> SetupAsync(HttpContext context, Accounts accounts, LoginThrottle throttle, HttpOptions http, ILogger<Accounts> log)
    {
        Credentials given = await Credentials.ReadAsync(context);
        (string token, string name) = (given.Required("token", LongestSecret), given.Name());
        string password = given.Required("password", Passwords.MaximumLength);
        if (password.Length < Passwords.MinimumLength)
            throw new ProblemException(400, "password_too_short", $"The password needs {Passwords.MinimumLength} characters or more.");
        string address = Begin(context, throttle, "setup");
        if (!accounts.SetupNeeded) throw new ProblemException(409, "already_set_up", "There is an account already. Sign in with it.");
        if (!accounts.IsSetupToken(token))
            throw new ProblemException(403, "bad_setup_token", "This set-up link is not valid. The server prints a new one when it starts.");
        if (!await accounts.AddFirstAsync(name, password))
            throw new ProblemException(409, "already_set_up", "There is an account already. Sign in with it.");
        throttle.Succeeded("setup", address);
        log.LogInformation("The first account, {User}, was made from {Address}", name, address);
        SessionCookie.Set(context, await accounts.BeginSessionAsync(name), accounts.Options, http);
        return Signed(name);
    }

    private static async Task<IResult> LoginAsync(HttpContext context, Accounts accounts, LoginThrottle throttle, HttpOptions http, ILogger<Accounts> log)
    {
        (string name, string secret) = await SignInAsync(context, accounts, throttle, log);
        SessionCookie.Set(context, secret, accounts.Options, http);
        return Signed(name);
    }

    private static async Task<IResult> LoginForTokenAsync(
        HttpContext context, Accounts accounts, LoginThrottle throttle, HttpOptions http, ILogger<Accounts> log)
    {
        (_, string secret) = await SignInAsync(context, accounts, throttle, log);
        SessionCookie.Set(context, secret, accounts.Options, http);
        return Token(secret, accounts.Options);
    }

    private static async Task<IResult> RefreshAsync(HttpContext context, Accounts accounts, HttpOptions http)
    {
        if (context.Features.Get<AccountSession>() is not { } session)
            throw new ProblemException(401, "unauthorized", "Sign in first: POST /auth/login.");
        string secret = await accounts.BeginSessionAsync(session.User, session.CreatedMs);
        await accounts.EndSessionAsync(session);
        SessionCookie.Set(context, secret, accounts.Options, http);
        return Token(secret, accounts.Options);
    }

    private static async Task<IResult> LogoutAsync(HttpContext context, Accounts accounts, HttpOptions http)
    {
        if (context.Features.Get<AccountSession>() is { } session) await accounts.EndSessionAsync(session);
        SessionCookie.Clear(context, http);
        return Results.NoContent();
    }

    private static async Task<(string Name, string Secret)> SignInAsync(HttpContext context, Accounts accounts, LoginThrottle throttle, ILogger<Accounts> log)
    {
        Credentials given = await Credentials.ReadAsync(context);
        (string name, string password) = (given.Name("username", "email"), given.Required("password", Passwords.MaximumLength));
        string address = Begin(context, throttle, name);
        if (!await accounts.VerifyAsync(name, password, context.RequestAborted))
        {
            log.LogWarning("Sign-in of {User} from {Address} failed", name, address);
            throw new ProblemException(401, "bad_credentials", "Name or password is wrong.");
        }

        throttle.Succeeded(name, address);
        log.LogInformation("{User} signed in from {Address}", name, address);
        return (name, await accounts.BeginSessionAsync(name));
    }

    /// <summary>
    /// Counts an attempt; a 429 where there were too many. Returns the address it counts for: of IPv6 the network, as one customer has many addresses.
    /// </summary>
    private static string Begin(HttpContext context, LoginThrottle throttle, string account)
    {
        string address = ClientAddress.Of(context.Connection.RemoteIpAddress);
        if (throttle.Begin(account, address) is not { } wait) return address;
        throw new ProblemException(429, "too_many_attempts", "Too many failed attempts. Wait before the next.", "login_attempts") { RetryAfter = wait };
    }

    private static IResult Signed(string name) => Results.Json(new SignedIn(new(name)), SecurityJson.Readable.SignedIn);

    private static IResult Token(string secret, AuthOptions options) =>
        Results.Json(new SessionToken(secret, "Bearer", (long)options.SessionIdle.TotalSeconds), SecurityJson.Readable.SessionToken);
}
