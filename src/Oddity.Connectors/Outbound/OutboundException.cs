namespace Oddity.Connectors.Outbound;

/// <summary>There was no answer. The message names the host at most: addresses of webhooks are secrets.</summary>
public sealed class OutboundException : IOException
{
    public OutboundException()
    {
    }

    public OutboundException(string message)
        : base(message)
    {
    }

    public OutboundException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether another attempt can help: true for the network's failures, false for an address that is not allowed.</summary>
    public bool MayRetry { get; init; } = true;
}
