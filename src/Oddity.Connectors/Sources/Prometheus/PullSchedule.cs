namespace Oddity.Connectors.Sources.Prometheus;

/// <summary>
/// Which requests are due. Times are multiples of the step. Gauges that stand at the same time share requests; everything else is asked for one by one,
/// since a rate loses its name.
/// </summary>
internal sealed class PullSchedule(TimeSpan step, TimeSpan window, TimeSpan maxCatchUp, Func<string, long?> lastEventMs)
{
    private const int GaugesTogether = 20;

    private readonly long _stepMs = (long)step.TotalMilliseconds;
    private readonly PullQuery _query = new(step, window);
    private readonly Dictionary<string, PullState> _states = new(StringComparer.Ordinal);

    public TimeSpan Step => step;

    public int Count => _states.Count;

    /// <summary>Metrics whose last request was refused.</summary>
    public IEnumerable<PullState> Troubled => _states.Values.Where(state => state.Trouble is not null);

    /// <summary>
    /// Takes over what was discovered. A metric that is new here goes on after the engine's last sample of it; without one it begins 240 steps ago, an hour
    /// at 15 s, so that there is something to learn from. One that is gone is forgotten: where it stood is known to the engine.
    /// </summary>
    public void Update(IReadOnlyList<(Pull Pull, IReadOnlyList<SeriesSelector> Selectors)> pulls, long nowMs)
    {
        var gone = new HashSet<string>(_states.Keys, StringComparer.Ordinal);
        foreach ((Pull pull, IReadOnlyList<SeriesSelector> selectors) in pulls)
        {
            gone.Remove(pull.Metric);
            if (_states.TryGetValue(pull.Metric, out PullState? known) && known.Pull == pull) known.Selectors = selectors;
            else _states[pull.Metric] = new(pull, selectors, Begin(pull.Metric, nowMs));
        }

        foreach (string metric in gone) _states.Remove(metric);
    }

    /// <summary>The next request of everything that is behind, each of at most <see cref="PullState.MaxPoints"/> values; empty once all has caught up.</summary>
    /// <param name="settledMs">Time up to which Prometheus has its samples.</param>
    /// <param name="nowMs">The time now.</param>
    public List<PullRequest> Next(long settledMs, long nowMs)
    {
        long endMs = Floor(settledMs);
        List<PullState> due = [.. _states.Values.Where(state => state.NextMs <= endMs && state.RetryAtMs <= nowMs)];
        var requests = new List<PullRequest>();
        foreach (PullState state in due.Where(state => !SharesRequests(state)))
            requests.Add(Request([state], _query.Of(state.Pull, state.Selectors), state.Pull.Metric, endMs));
        foreach (IGrouping<(long, SeriesSelector), PullState> together in due.Where(SharesRequests).GroupBy(state => (state.NextMs, state.Selectors[0])))
        {
            foreach (PullState[] some in together.Chunk(GaugesTogether))
                requests.Add(Request(some, _query.OfGauges(some.Select(state => state.Pull.Source), some[0].Selectors[0]), null, endMs));
        }

        return requests;
    }

    /// <summary>The values of the request are in.</summary>
    public void Took(PullRequest request)
    {
        foreach (PullState state in request.States) state.Took(request.EndMs + _stepMs);
    }

    /// <summary>Prometheus refused the request.</summary>
    public static void Refused(PullRequest request, string reason, long nowMs)
    {
        foreach (PullState state in request.States) state.Refused(reason, wasAlone: request.States.Count == 1, nowMs);
    }

    private PullRequest Request(PullState[] states, string query, string? metric, long endMs)
    {
        long startMs = states[0].NextMs;
        return new(states, query, metric, startMs, Math.Min(endMs, startMs + (states.Min(state => state.Points) - 1) * _stepMs));
    }

    private long Begin(string metric, long nowMs)
    {
        long oldest = Floor(nowMs - (long)maxCatchUp.TotalMilliseconds) + _stepMs;
        long next = lastEventMs(metric) is { } last ? Floor(last) + _stepMs : Floor(nowMs) - 240 * _stepMs;
        return Math.Max(oldest, next);
    }

    private long Floor(long timeMs) => timeMs - timeMs % _stepMs;

    private static bool SharesRequests(PullState state) =>
        state.Pull.Kind == PullKind.Gauge && !state.Alone && state.Selectors.Count == 1 && state.Pull.Source.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or ':');
}
