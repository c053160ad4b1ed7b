namespace Oddity.Engine.Storage;

/// <summary>A program's credentials.</summary>
/// <param name="Id">What people name it by.</param>
/// <param name="Hash">SHA-256 of its secret, hexadecimal.</param>
/// <param name="Tenant">Whose data it reads or writes.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Scope">"ingest", "read" or "admin".</param>
/// <param name="CreatedBy">Name of the account that made it.</param>
/// <param name="CreatedMs">When, Unix milliseconds.</param>
public sealed record ApiToken(string Id, string Hash, string Tenant, string Name, string Scope, string CreatedBy, long CreatedMs);
