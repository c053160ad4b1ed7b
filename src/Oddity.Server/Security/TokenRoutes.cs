using System.Globalization;
using Oddity.Engine.Storage;
using Oddity.Server.Api;

namespace Oddity.Server.Security;

/// <summary>Tokens for programs.</summary>
internal static class TokenRoutes
{
    private static readonly string[] Scopes = ["ingest", "read", "admin"];

    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/v1/tokens").Permits(Permission.Admin).WithTags("Tokens");
        group.MapGet("", List).WithSummary("Tokens that are in use, without their secrets");
        group.MapPost("", AddAsync).WithSummary("Makes a token: {name, scope: ingest|read|admin}; its secret is in this answer only");
        group.MapDelete("/{id}", RemoveAsync).WithSummary("Takes a token out of use");
    }

    private static IResult List(HttpContext context, Accounts accounts) =>
        Results.Json(new TokenList([.. accounts.ListTokens(context.Tenant()).Select(token => Show(token))]), SecurityJson.Readable.TokenList);

    private static async Task<IResult> AddAsync(HttpContext context, Accounts accounts, ILogger<Accounts> log)
    {
        Credentials given = await Credentials.ReadAsync(context);
        (string name, string scope) = (given.Name(), given.Required("scope", 16).ToLowerInvariant());
        if (!Scopes.Contains(scope)) throw new ProblemException(400, "bad_value", $"'scope' is none of {string.Join(", ", Scopes)}.");
        if (!accounts.Options.Required)
            throw new ProblemException(409, "auth_off", "Authentication is off; a token would mean nothing.");
        (ApiToken token, string secret) = await accounts.AddTokenAsync(context.Caller(), name, scope);
        log.LogInformation("{User} made the token {Token} ({Id}) for {Scope}", context.UserName(), name, token.Id, scope);
        return Results.Json(Show(token, secret), SecurityJson.Readable.TokenBody, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> RemoveAsync(string id, HttpContext context, Accounts accounts, ILogger<Accounts> log)
    {
        if (!await accounts.RemoveTokenAsync(context.Tenant(), id)) throw ProblemException.NotFound("There is no such token.");
        log.LogInformation("{User} took the token {Id} out of use", context.UserName(), id);
        return Results.NoContent();
    }

    private static TokenBody Show(ApiToken token, string? secret = null) => new(
        token.Id,
        token.Name,
        token.Scope,
        token.CreatedBy,
        DateTimeOffset.FromUnixTimeMilliseconds(token.CreatedMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        secret);
}
