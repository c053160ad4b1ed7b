namespace Oddity.Connectors.Tests;

/// <summary>A clock that stands until it is moved. Its timers are the real ones: it is for code that reads the time, not for code that waits.</summary>
internal sealed class ManualTime(long startMs = 1_700_000_000_000) : TimeProvider
{
    private long _nowMs = startMs;

    public long NowMs => Interlocked.Read(ref _nowMs);

    public override long TimestampFrequency => 1000;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _nowMs, (long)by.TotalMilliseconds);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(NowMs);

    public override long GetTimestamp() => NowMs;
}
