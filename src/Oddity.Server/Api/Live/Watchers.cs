namespace Oddity.Server.Api.Live;

/// <summary>Bounds how many dashboards listen at once. Thread-safe.</summary>
internal sealed class Watchers(int most)
{
    private int _count;

    /// <summary>Takes a place until it is disposed.</summary>
    /// <exception cref="ProblemException">503 when all places are taken.</exception>
    public IDisposable Enter()
    {
        if (Interlocked.Increment(ref _count) <= most) return new Place(this);
        Interlocked.Decrement(ref _count);
        throw new ProblemException(StatusCodes.Status503ServiceUnavailable, "overloaded", "As many dashboards listen as the server takes.", "watchers")
        {
            RetryAfter = TimeSpan.FromSeconds(10),
        };
    }

    private sealed class Place(Watchers watchers) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) Interlocked.Decrement(ref watchers._count);
        }
    }
}
