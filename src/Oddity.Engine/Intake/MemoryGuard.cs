namespace Oddity.Engine.Intake;

/// <summary>
/// Tells when memory gets short: the process holds more than 80 % of what it may (the container's limit, or else the machine's memory). New series are
/// then refused, known ones go on. Looks at most ten times a second. Thread-safe.
/// </summary>
internal sealed class MemoryGuard(TimeProvider time)
{
    private const double MostShare = 0.8;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private long _looked;
    private volatile bool _short;

    public bool IsShort
    {
        get
        {
            long last = Interlocked.Read(ref _looked);
            if (last != 0 && time.GetElapsedTime(last) < Interval) return _short;
            if (Interlocked.CompareExchange(ref _looked, time.GetTimestamp(), last) != last) return _short;
            return _short = Environment.WorkingSet > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * MostShare;
        }
    }
}
