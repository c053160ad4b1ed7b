using System.Net;

namespace Oddity.Connectors.Outbound;

/// <summary>What another server answered.</summary>
/// <param name="Status">Its status; a redirect is an answer like any other.</param>
/// <param name="Body">The body, at most as long as was allowed.</param>
/// <param name="Truncated">Whether the body went on.</param>
/// <param name="ContentType">Its media type without parameters; null if it named none.</param>
/// <param name="RetryAfter">When it asked to be tried again; null if it did not say. At most a day.</param>
public sealed record OutboundAnswer(HttpStatusCode Status, ReadOnlyMemory<byte> Body, bool Truncated, string? ContentType, TimeSpan? RetryAfter)
{
    /// <summary>Whether the status is 2xx.</summary>
    public bool Success => (int)Status is >= 200 and < 300;

    /// <summary>Whether the same call can succeed later: the other side is busy (408, 425, 429) or broken (5xx).</summary>
    public bool MayRetry => (int)Status is 408 or 425 or 429 or >= 500;
}
