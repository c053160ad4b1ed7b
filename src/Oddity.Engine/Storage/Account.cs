namespace Oddity.Engine.Storage;

/// <summary>Somebody who can sign in.</summary>
/// <param name="Tenant">Whose data they see.</param>
/// <param name="Name">Unique, compared in any case.</param>
/// <param name="Password">The password's hash with its salt and cost, never the password.</param>
/// <param name="Role">What they may do; "admin" so far.</param>
/// <param name="CreatedMs">When they were added, Unix milliseconds.</param>
public sealed record Account(string Tenant, string Name, string Password, string Role, long CreatedMs);
