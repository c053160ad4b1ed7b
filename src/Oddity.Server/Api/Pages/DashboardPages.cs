using Microsoft.AspNetCore.Http.Headers;

namespace Oddity.Server.Api.Pages;

/// <summary>
/// The dashboard is one page with addresses of its own. A browser that navigates to any of them gets that page; what a program asks for stays the
/// API's. <c>/anomalies</c> is both: navigation (which accepts text/html by name) gets the page, everything else the JSON. Runs after routing.
/// </summary>
internal sealed class DashboardPages(RequestDelegate next, Dashboard dashboard)
{
    private static readonly string[] NotPages = ["/api", "/ws", "/v1", "/docs", "/-", "/openapi.json"];

    public Task InvokeAsync(HttpContext context)
    {
        if (!IsPage(context)) return next(context);
        if (!dashboard.IsBuilt) return Dashboard.ExplainAsync(context);
        context.SetEndpoint(null);
        context.Request.Path = Dashboard.Index;
        return next(context);
    }

    private static bool IsPage(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)) return false;
        Endpoint? endpoint = context.GetEndpoint();
        bool free = endpoint is null || endpoint.Metadata.GetMetadata<AlsoPage>() is not null || endpoint is not RouteEndpoint;
        if (!free) return false;
        if (request.Path == "/" && endpoint is null) return true;
        if (Path.HasExtension(request.Path.Value) || Array.Exists(NotPages, prefix => request.Path.StartsWithSegments(prefix))) return false;
        return new RequestHeaders(request.Headers).Accept.Any(type => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Marks API routes whose address is a page of the dashboard too.</summary>
    internal sealed class AlsoPage;
}
