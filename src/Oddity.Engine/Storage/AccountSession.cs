namespace Oddity.Engine.Storage;

/// <summary>A signed-in browser or program.</summary>
/// <param name="Hash">SHA-256 of its secret, hexadecimal.</param>
/// <param name="User">Name of the account.</param>
/// <param name="CreatedMs">When it began, Unix milliseconds.</param>
/// <param name="SeenMs">When it was last used, to the minute.</param>
public sealed record AccountSession(string Hash, string User, long CreatedMs, long SeenMs);
