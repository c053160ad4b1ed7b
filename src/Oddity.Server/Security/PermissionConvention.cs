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

    /// <summary>What the route asks for; null if it never said.</summary>
    public static Permission? RequiredOf(Endpoint endpoint) => endpoint.Metadata.GetMetadata<RequiredPermission>()?.Permission;

    private sealed record RequiredPermission(Permission Permission);
}
