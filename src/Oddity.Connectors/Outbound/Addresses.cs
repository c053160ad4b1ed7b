using System.Net;
using System.Net.Sockets;

namespace Oddity.Connectors.Outbound;

/// <summary>Tells addresses of the internet from those of this machine, of private networks, and from those with special meaning (RFC 6890 and its registries).</summary>
internal static class Addresses
{
    private static readonly IPNetwork[] PrivateNetworks = Networks(
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7");

    private static readonly IPNetwork[] ForbiddenNetworks = Networks(
        "0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/128", "fe80::/10", "fec0::/10", "ff00::/8", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16");

    /// <summary>Prefixes behind which an IPv4 address stands, with the byte where it begins: 6to4, NAT64, and the deprecated compatible form.</summary>
    private static readonly (IPNetwork Network, int At)[] Wrapping =
    [
        (IPNetwork.Parse("2002::/16"), 2), (IPNetwork.Parse("64:ff9b::/96"), 12), (IPNetwork.Parse("64:ff9b:1::/48"), 12), (IPNetwork.Parse("::/96"), 12),
    ];

    public static AddressKind KindOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (Contains(ForbiddenNetworks, address)) return AddressKind.Forbidden;
        if (Contains(PrivateNetworks, address)) return AddressKind.Private;
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return AddressKind.Public;
        foreach ((IPNetwork network, int at) in Wrapping)
        {
            if (network.Contains(address)) return KindOf(new IPAddress(address.GetAddressBytes().AsSpan(at, 4)));
        }

        return AddressKind.Public;
    }

    private static bool Contains(IPNetwork[] networks, IPAddress address) => Array.Exists(networks, network => network.Contains(address));

    private static IPNetwork[] Networks(params string[] texts) => Array.ConvertAll(texts, text => IPNetwork.Parse(text));
}
