namespace Oddity.Engine.Alerting;

/// <summary>How an attempt to deliver ended.</summary>
/// <param name="Delivered">True once the other side took it.</param>
/// <param name="Retry">Whether another attempt can help.</param>
/// <param name="Detail">Why not, in a sentence without secrets; null when delivered.</param>
/// <param name="RetryAfter">When the other side asked to be tried again; null if it did not say.</param>
public sealed record Delivery(bool Delivered, bool Retry, string? Detail, TimeSpan? RetryAfter = null)
{
    public static Delivery Done { get; } = new(true, false, null);
}
