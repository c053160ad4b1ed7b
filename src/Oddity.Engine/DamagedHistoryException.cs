namespace Oddity.Engine;

/// <summary>Stored samples can't be read: their bytes are not what was written. Other times and other series are not concerned.</summary>
/// <param name="fromMs">Event time of the first sample that is lost, Unix milliseconds.</param>
/// <param name="toMs">Event time of the last one.</param>
/// <param name="cause">What reading them said.</param>
public sealed class DamagedHistoryException(long fromMs, long toMs, Exception cause) : IOException("Stored samples are damaged.", cause)
{
    /// <summary>Event time of the first sample that is lost, Unix milliseconds.</summary>
    public long FromMs { get; } = fromMs;

    /// <summary>Event time of the last one.</summary>
    public long ToMs { get; } = toMs;
}
