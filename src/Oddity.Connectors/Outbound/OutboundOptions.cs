namespace Oddity.Connectors.Outbound;

/// <summary>What calls to other servers may do.</summary>
public sealed record OutboundOptions
{
    /// <summary>Whether this machine and private networks may be called. Link-local addresses, where clouds keep credentials, never are. Default false.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Most bytes of an answer's body that are read, counted after decompression. Default 64 KiB.</summary>
    public int MaxAnswerBytes { get; init; } = 64 << 10;

    /// <summary>Time for a whole call: name, connection, request and answer. Default 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
