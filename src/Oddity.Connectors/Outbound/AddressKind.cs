namespace Oddity.Connectors.Outbound;

/// <summary>Where an address leads.</summary>
internal enum AddressKind
{
    /// <summary>To a machine on the internet.</summary>
    Public,

    /// <summary>To this machine or a private network.</summary>
    Private,

    /// <summary>Nowhere a call should go: link-local, multicast, reserved.</summary>
    Forbidden,
}
