namespace Oddity.Engine.Calls;

/// <summary>Which traces to look for.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="FromMs">Only those with a span that ended at or after.</param>
/// <param name="ToMs">Only those with a span that ended before.</param>
/// <param name="Service">A service that takes part; null: any.</param>
/// <param name="Operation">An operation that takes part, of that service where one is given; null: any.</param>
/// <param name="MinDurationMs">Only those that took at least so long; 0: any.</param>
/// <param name="FailedOnly">Only those with a span that failed.</param>
/// <param name="Limit">Most to return.</param>
public sealed record TraceQuery(string Tenant, long FromMs, long ToMs, string? Service, string? Operation, double MinDurationMs, bool FailedOnly, int Limit)
{
    internal bool Fits(List<Call> trace)
    {
        if (!trace.Exists(call => call.TimeMs >= FromMs && call.TimeMs < ToMs)) return false;
        if (FailedOnly && !trace.Exists(call => call.Failed)) return false;
        if ((Service ?? Operation) is not null && !trace.Exists(call => (Service is null || call.Service == Service) && (Operation is null || call.Operation == Operation))) return false;
        return MinDurationMs <= 0 || DurationMs(trace) >= MinDurationMs;
    }

    /// <summary>From the first span's start to the last one's end.</summary>
    public static double DurationMs(IReadOnlyCollection<Call> trace) =>
        trace.Count == 0 ? 0 : (trace.Max(call => call.Span!.StartUs + (call.LatencyMs * 1000)) - trace.Min(call => call.Span!.StartUs)) / 1000;
}
