using System.Net;
using System.Net.Sockets;

namespace Oddity.Server.Security;

/// <summary>The address that attempts are counted for.</summary>
internal static class ClientAddress
{
    /// <summary>An IPv4 address as it is; of an IPv6 address the first 64 bits, since one customer holds all that follow.</summary>
    public static string Of(IPAddress? address)
    {
        if (address is null) return "unknown";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address)) return address.ToString();
        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
