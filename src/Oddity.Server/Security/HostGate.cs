using System.Net;
using Oddity.Server.Api;
using Oddity.Server.Configuration;

namespace Oddity.Server.Security;

/// <summary>
/// Answers only under names that are ours. A page of another site can make its own name point at this machine (DNS rebinding) and would then speak
/// to the server as if it came from it; but the Host header still carries that site's name.
/// </summary>
internal sealed class HostGate
{
    private readonly RequestDelegate _next;
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase) { "localhost", "127.0.0.1", "[::1]" };
    private readonly bool _any;
    private readonly bool _local;

    public HostGate(RequestDelegate next, HttpOptions http, AuthOptions auth)
    {
        _next = next;
        _local = http.Urls.All(ListenAddress.IsLoopback);
        foreach (string name in http.AllowedHosts) _names.Add(name);
        if (http.PublicUrl is { } url) _names.Add(url.Host);

        // Where other machines reach the server and sign in, its names are the network's business unless they are listed: a session's cookie
        // never goes to another name, so rebinding gains nothing.
        _any = http.AllowedHosts.Contains("*") || (!_local && auth.Required && http.AllowedHosts.Count == 0);
    }

    public Task InvokeAsync(HttpContext context) => IsOurs(context.Request.Host)
        ? _next(context)
        : Problem.WriteAsync(
            context,
            StatusCodes.Status421MisdirectedRequest,
            "host_not_allowed",
            $"'{Problem.Echo(context.Request.Host.Host)}' is not a name of this server. If it should be one, add it to http.allowed_hosts.");

    /// <summary>A request without a name, as HTTP/1.0 has it, comes from no browser.</summary>
    private bool IsOurs(HostString host) => _any || !host.HasValue || _names.Contains(host.Host) || (!_local && CannotBeRebound(host.Host));

    /// <summary>An address is no name, and a name without a dot is one of the local network: neither can be pointed here from outside.</summary>
    private static bool CannotBeRebound(string host) => IPAddress.TryParse(host.Trim('[', ']'), out _) || !host.Contains('.', StringComparison.Ordinal);
}
