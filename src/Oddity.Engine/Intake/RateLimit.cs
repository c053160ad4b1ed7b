using System.Collections.Concurrent;

namespace Oddity.Engine.Intake;

/// <summary>So many samples a second and tenant, on average over two seconds (token buckets). Thread-safe.</summary>
/// <param name="perSecond">Samples a second; 0 for no limit.</param>
/// <param name="time">The monotonic clock.</param>
internal sealed class RateLimit(long perSecond, TimeProvider time)
{
    private const int BurstSeconds = 2;

    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    /// <summary>Takes so many if they are there. A request larger than the bucket passes when the bucket is full: else it never would.</summary>
    public bool TryTake(string tenant, int samples)
    {
        if (perSecond <= 0) return true;
        double full = (double)perSecond * BurstSeconds;
        Bucket bucket = _buckets.GetOrAdd(tenant, _ => new() { Left = full, At = time.GetTimestamp() });
        lock (bucket)
        {
            long now = time.GetTimestamp();
            bucket.Left = Math.Min(full, bucket.Left + (time.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond));
            bucket.At = now;
            if (bucket.Left < Math.Min(samples, full)) return false;
            bucket.Left -= samples;
            return true;
        }
    }

    private sealed class Bucket
    {
        public double Left { get; set; }

        public long At { get; set; }
    }
}
