namespace Oddity.Server.Api.Health;

/// <summary>How fast a total rises, over the last five to ten seconds, or since it was last asked for if that is longer ago. Thread-safe.</summary>
internal sealed class SampleRate
{
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private (long At, double Total) _older;
    private (long At, double Total) _newer;

    public SampleRate(TimeProvider time)
    {
        _time = time;
        _older = _newer = (time.GetTimestamp(), 0);
    }

    public double PerSecond(double total)
    {
        lock (_gate)
        {
            if (_time.GetElapsedTime(_newer.At) >= Span) (_older, _newer) = (_newer, (_time.GetTimestamp(), total));
            double seconds = _time.GetElapsedTime(_older.At).TotalSeconds;
            return seconds > 0 ? Math.Round((total - _older.Total) / seconds, 1) : 0;
        }
    }
}
