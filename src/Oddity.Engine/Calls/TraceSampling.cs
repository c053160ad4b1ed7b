namespace Oddity.Engine.Calls;

/// <summary>Which spans are kept when not all can be: those of every eighth trace by its id (whole traces, whatever interval and service their spans are of), those of the examples of each operation, and all that failed.</summary>
internal static class TraceSampling
{
    private const int OneIn = 8;

    public static List<Call> Keep(List<Call> calls, Rollup sums, bool some)
    {
        if (!some) return calls;
        HashSet<string> examples = [.. sums.Cells.Values.SelectMany(cell => cell.Examples)];
        return [.. calls.Where(call => call.Failed || CallCodec.PrefixOf(call.Span!.TraceId) % OneIn == 0 || examples.Contains(call.Span.TraceId))];
    }
}
