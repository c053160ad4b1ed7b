using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Oddity.Engine.Live;

namespace Oddity.Server.Api.Live;

/// <summary>Turns a watcher's queue into messages. What piled up while the reader was slow is coalesced: of an anomaly's updates only the latest goes out.</summary>
internal static class LiveReader
{
    private const int MostAtOnce = 256;

    /// <summary>Messages until cancelled; begins with hello.</summary>
    public static async IAsyncEnumerable<LiveMessage> FollowAsync(LiveFeed.Subscription subscription, [EnumeratorCancellation] CancellationToken cancel)
    {
        yield return LiveMessage.Hello;
        long told = 0;
        while (await subscription.Events.WaitToReadAsync(cancel))
        {
            List<LiveEvent> events = Take(subscription.Events);
            long missed = subscription.Missed;
            if (missed > told) yield return new("missed", Count: missed - told);
            told = missed;
            foreach (LiveEvent happened in Coalesce(events)) yield return LiveMessage.Of(happened);
        }
    }

    /// <summary>Leaves out updates that a later event of the same anomaly makes old.</summary>
    internal static IEnumerable<LiveEvent> Coalesce(IReadOnlyList<LiveEvent> events)
    {
        if (events.Count == 1) return events;
        var latest = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < events.Count; i++) latest[events[i].Anomaly.Id] = i;
        return events.Where((happened, i) => happened.Kind != "updated" || latest[happened.Anomaly.Id] == i);
    }

    private static List<LiveEvent> Take(ChannelReader<LiveEvent> queue)
    {
        var events = new List<LiveEvent>();
        while (events.Count < MostAtOnce && queue.TryRead(out LiveEvent? happened)) events.Add(happened);
        return events;
    }
}
