namespace Oddity.Server.Api;

/// <summary>
/// Bytes that bodies of requests may hold in memory together, so that many large ones at once are refused instead of ending the process.
/// Thread-safe.
/// </summary>
internal sealed class BodyBudget(long bytes)
{
    private long _held;

    /// <summary>Takes so many bytes more; a 503 when they are not there.</summary>
    public void Take(long count)
    {
        if (Interlocked.Add(ref _held, count) <= bytes) return;
        Interlocked.Add(ref _held, -count);
        throw new ProblemException(StatusCodes.Status503ServiceUnavailable, "overloaded", "Too many large bodies at once.", "bodies_in_flight_bytes")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };
    }

    public void Return(long count) => Interlocked.Add(ref _held, -count);
}
