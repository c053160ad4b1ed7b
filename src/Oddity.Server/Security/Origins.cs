using Oddity.Server.Configuration;

namespace Oddity.Server.Security;

/// <summary>Which pages' scripts may speak to the server: its own, and those of configured sites.</summary>
internal sealed class Origins(HttpOptions http)
{
    private readonly HashSet<string> _allowed = new(http.CorsOrigins, StringComparer.OrdinalIgnoreCase);

    /// <summary>The configured sites.</summary>
    public IReadOnlyList<string> Allowed => http.CorsOrigins;

    /// <summary>
    /// True unless a browser says that a page of another site asks. Browsers name the origin of whatever changes something and of every WebSocket;
    /// programs send none.
    /// </summary>
    public bool Allows(HttpRequest request)
    {
        string origin = request.Headers.Origin.ToString();
        if (origin.Length == 0) return request.Headers["Sec-Fetch-Site"].ToString() is not "cross-site";
        if (_allowed.Contains(origin)) return true;
        if (!Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri)) return false;
        return uri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase)
            || (http.PublicUrl is { } own && uri.Authority.Equals(own.Authority, StringComparison.OrdinalIgnoreCase));
    }
}
