namespace Oddity.Connectors.Sources.Queues;

/// <summary>How long a source waits after a failure: 1 s, twice as long after each further one, half a minute at most; from 1 s again after one that worked for long.</summary>
internal sealed class QueuePause(TimeProvider time)
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    private TimeSpan _next = s_first;
    private long _begun;

    /// <summary>An attempt begins.</summary>
    public void Begin() => _begun = time.GetTimestamp();

    /// <summary>It failed; how long to wait.</summary>
    public TimeSpan Failed()
    {
        if (time.GetElapsedTime(_begun) > s_longest) _next = s_first;
        TimeSpan pause = _next;
        _next = pause * 2 < s_longest ? pause * 2 : s_longest;
        return pause;
    }
}
