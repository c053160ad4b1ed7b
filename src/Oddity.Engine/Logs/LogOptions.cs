namespace Oddity.Engine.Logs;

/// <summary>What of logs is kept and when it is odd.</summary>
public sealed record LogOptions
{
    /// <summary>How long lines are kept after they came. Default a day.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Most bytes that lines take on disk, compressed; beyond, the oldest go. Default 1 GiB, 32 MiB or more.</summary>
    public long MaxBytes { get; init; } = 1L << 30;

    /// <summary>Most bytes of lines that wait to be counted before new ones are refused. Default 128 MiB.</summary>
    public long MaxQueuedBytes { get; init; } = 128L << 20;

    /// <summary>Length of the spans that lines are counted in. Default 10 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How late a line may be and still count for its own span. Default 10 s.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a service is listened to before new templates are odd. Default 10 minutes.</summary>
    public TimeSpan Learning { get; init; } = TimeSpan.FromMinutes(10);
}
