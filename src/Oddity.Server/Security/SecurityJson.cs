using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Oddity.Server.Security;

/// <summary>The answers of sign-in and token routes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AuthState))]
[JsonSerializable(typeof(SignedIn))]
[JsonSerializable(typeof(SessionToken))]
[JsonSerializable(typeof(TokenBody))]
[JsonSerializable(typeof(TokenList))]
internal sealed partial class SecurityJson : JsonSerializerContext
{
    public static SecurityJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

/// <param name="Auth">"required" or "none".</param>
/// <param name="SetupNeeded">Whether the first account is still to be made.</param>
/// <param name="User">Who is signed in; null for nobody.</param>
internal sealed record AuthState(string Auth, bool SetupNeeded, UserBody? User);

internal sealed record UserBody(string Name);

internal sealed record SignedIn(UserBody User);

/// <param name="Token">Secret to be sent as <c>Authorization: Bearer</c>.</param>
/// <param name="TokenType">"Bearer".</param>
/// <param name="ExpiresIn">Seconds without a request after which it ends.</param>
internal sealed record SessionToken(string Token, string TokenType, long ExpiresIn);

/// <param name="Id">What it is removed by.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Scope">"ingest", "read" or "admin".</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="CreatedAt">When, ISO 8601.</param>
/// <param name="Token">The secret; only where it was just made.</param>
internal sealed record TokenBody(
    string Id,
    string Name,
    string Scope,
    string CreatedBy,
    string CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Token);

internal sealed record TokenList(IReadOnlyList<TokenBody> Data);
