namespace Oddity.Server.Security;

/// <summary>How a route says whom it is for.</summary>
internal static class PermissionConvention
{
    /// <summary>Names the permission a route, or every route of a group, asks for. The innermost one counts.</summary>
    public static TBuilder Permits<TBuilder>(this TBuilder builder, Permission permission)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.WithMetadata(new RequiredPermission(permission));
        return builder;
    }

    /// <summary>The routes that name no permission; start-up fails unless this is empty.</summary>
    public static IReadOnlyList<string> RoutesWithoutPermission(EndpointDataSource routes) =>
    [
        .. routes.Endpoints
            .Where(endpoint => endpoint.Metadata.GetMetadata<RequiredPermission>() is null)
            .Select(endpoint => endpoint.DisplayName ?? endpoint.ToString() ?? "a route without a name"),
    ];

    /// <summary>Refuses to go on with a route that names no permission.</summary>
    /// <exception cref="InvalidOperationException">There is one; the message names it.</exception>
    public static void Require(IEnumerable<EndpointDataSource> routes)
    {
        string[] open = [.. routes.SelectMany(RoutesWithoutPermission)];
        if (open.Length > 0) throw new InvalidOperationException($"These routes name no permission: {string.Join(", ", open)}.");
    }

    /// <summary>What the route asks for; null if it never said.</summary>
    public static Permission? RequiredOf(Endpoint endpoint) => endpoint.Metadata.GetMetadata<RequiredPermission>()?.Permission;

    private sealed record RequiredPermission(Permission Permission);
}
