namespace Oddity.Engine.Logs;

/// <summary>What is known of a file of lines without reading it.</summary>
internal sealed class LogFileInfo(long number, string path)
{
    public long Number { get; } = number;

    public string Path { get; } = path;

    public long Bytes { get; init; }

    /// <summary>Arrival of its first and last block, Unix milliseconds.</summary>
    public long FirstStampMs { get; private set; } = long.MaxValue;

    public long LastStampMs { get; private set; }

    public long LastSequence { get; private set; }

    public long Lines { get; private set; }

    public void Add(long sequence, long stampMs, int lines)
    {
        FirstStampMs = Math.Min(FirstStampMs, stampMs);
        (LastStampMs, LastSequence, Lines) = (Math.Max(LastStampMs, stampMs), sequence, Lines + lines);
    }
}
