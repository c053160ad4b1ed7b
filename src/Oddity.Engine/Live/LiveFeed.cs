using System.Threading.Channels;

namespace Oddity.Engine.Live;

/// <summary>
/// Fans events out to whoever watches. Each watcher has a bounded queue; one that falls behind loses the oldest and is told how many by
/// <see cref="Subscription.Missed"/>, so that a slow reader costs only itself.
/// </summary>
public sealed class LiveFeed
{
    private const int Capacity = 256;
    private readonly Lock _gate = new();
    private Subscription[] _subscriptions = [];

    /// <summary>Watchers at this moment.</summary>
    public int Watchers => _subscriptions.Length;

    public Subscription Subscribe(string tenant)
    {
        var subscription = new Subscription(this, tenant);
        lock (_gate) _subscriptions = [.. _subscriptions, subscription];
        return subscription;
    }

    public void Publish(LiveEvent happened)
    {
        foreach (Subscription subscription in _subscriptions)
        {
            if (subscription.Tenant == happened.Anomaly.Series.Tenant) subscription.Offer(happened);
        }
    }

    /// <summary>One watcher's queue; dispose it to stop watching.</summary>
    public sealed class Subscription : IDisposable
    {
        private readonly LiveFeed _feed;
        private readonly Channel<LiveEvent> _queue;
        private long _missed;

        internal Subscription(LiveFeed feed, string tenant)
        {
            (_feed, Tenant) = (feed, tenant);
            var options = new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true };
            _queue = Channel.CreateBounded<LiveEvent>(options, _ => Interlocked.Increment(ref _missed));
        }

        public string Tenant { get; }

        /// <summary>Events dropped because this watcher was slow.</summary>
        public long Missed => Interlocked.Read(ref _missed);

        public ChannelReader<LiveEvent> Events => _queue.Reader;

        public void Dispose()
        {
            lock (_feed._gate) _feed._subscriptions = [.. _feed._subscriptions.Where(other => other != this)];
            _queue.Writer.TryComplete();
        }

        internal void Offer(LiveEvent happened) => _queue.Writer.TryWrite(happened);
    }
}
