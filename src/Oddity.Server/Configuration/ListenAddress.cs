using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Oddity.Server.Configuration;

/// <summary>Addresses to listen on: http or https, an IP address or localhost, a port, nothing more.</summary>
internal static class ListenAddress
{
    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? url, out string wrong)
    {
        // Other servers take * and + for every address.
        string readable = text.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
        wrong = Uri.TryCreate(readable, UriKind.Absolute, out url) ? Complaint(url) : "is not an address such as http://127.0.0.1:8080";
        if (url is not null && wrong.Length == 0) return true;
        (url, wrong) = (null, $"{Kinds.Quote(text)} {wrong}");
        return false;
    }

    /// <summary>True if only this machine can reach it.</summary>
    public static bool IsLoopback(Uri url) => url.IsLoopback;

    private static string Complaint(Uri url) => url switch
    {
        { Scheme: "https" } => "asks for https; put a proxy that speaks TLS in front",
        { Scheme: not "http" } => "is not an address such as http://127.0.0.1:8080",
        { PathAndQuery: not ("/" or "") } or { UserInfo.Length: > 0 } => "has more than scheme, host and port",
        { IsLoopback: false } when !IPAddress.TryParse(url.DnsSafeHost, out _) => "names a host; listening needs an IP address such as 127.0.0.1 or 0.0.0.0",
        _ => "",
    };
}
