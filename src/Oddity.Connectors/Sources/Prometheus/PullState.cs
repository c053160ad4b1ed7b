namespace Oddity.Connectors.Sources.Prometheus;

/// <summary>How far one metric has been pulled. Touched by one request at a time.</summary>
internal sealed class PullState(Pull pull, IReadOnlyList<SeriesSelector> selectors, long nextMs)
{
    /// <summary>Values of one series that a request asks for at most; far below Prometheus' limit of 11,000, so that answers stay small.</summary>
    public const int MaxPoints = 250;

    public Pull Pull { get; } = pull;

    public IReadOnlyList<SeriesSelector> Selectors { get; set; } = selectors;

    /// <summary>Time of the first value that has not been pulled.</summary>
    public long NextMs { get; set; } = nextMs;

    /// <summary>Values to ask for at once; fewer after an answer was too much.</summary>
    public int Points { get; private set; } = MaxPoints;

    /// <summary>Asked for by itself, since a request together with others was refused.</summary>
    public bool Alone { get; private set; }

    /// <summary>Not asked for before then.</summary>
    public long RetryAtMs { get; private set; }

    /// <summary>Why the last request was refused; null after a good one.</summary>
    public string? Trouble { get; private set; }

    private int _refusals;

    public void Took(long nextMs)
    {
        (NextMs, _refusals, RetryAtMs, Trouble) = (nextMs, 0, 0, null);
        Points = Math.Min(MaxPoints, 2 * Points);
    }

    /// <summary>Next time alone, then for less; once it is as little as can be, after a pause that doubles from one minute to an hour.</summary>
    public void Refused(string reason, bool wasAlone, long nowMs)
    {
        Alone = true;
        if (!wasAlone) return;
        if (Points > 1)
        {
            Points = Math.Max(1, Points / 8);
            return;
        }

        Trouble = reason;
        RetryAtMs = nowMs + Math.Min(3_600_000, 60_000L << Math.Min(_refusals++, 10));
    }
}
