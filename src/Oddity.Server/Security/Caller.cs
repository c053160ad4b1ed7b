using Oddity.Engine.Series;

namespace Oddity.Server.Security;

/// <summary>Who sends a request and what they may do.</summary>
/// <param name="Name">User or token name as shown in notes and logs; null for nobody in particular.</param>
/// <param name="Tenant">Whose data the request is about.</param>
/// <param name="Permissions">What they may do.</param>
internal sealed record Caller(string? Name, string Tenant, IReadOnlySet<Permission> Permissions)
{
    /// <summary>Somebody without credentials.</summary>
    public static Caller Nobody { get; } = new(null, SeriesKey.DefaultTenant, new HashSet<Permission> { Permission.Anonymous });

    /// <summary>Everybody, where authentication is off.</summary>
    public static Caller Anyone { get; } = new(null, SeriesKey.DefaultTenant, Enum.GetValues<Permission>().ToHashSet());

    public bool May(Permission permission) => Permissions.Contains(permission);
}
