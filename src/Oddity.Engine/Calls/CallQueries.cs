using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Oddity.Engine.Calls;

/// <summary>What dashboards ask about calls: figures by operation and by time, the graph of services, traces. Reads only. Thread-safe.</summary>
public sealed class CallQueries(CallStore store)
{
    /// <summary>Most spans that one search for traces reads; what is older than that is not looked at.</summary>
    private const int MostSpans = 300_000;

    /// <summary>Most spans of a trace that are returned.</summary>
    public const int MostOfTrace = 10_000;

    /// <summary>Figures of each operation called in a stretch of time, and of each service as a whole (the empty operation).</summary>
    public IReadOnlyList<(string Service, string Operation, CallFigures Figures)> Operations(string tenant, CallKind kind, long fromMs, long toMs)
    {
        Rollup sums = Sum(tenant, kind, fromMs, toMs);
        double seconds = (toMs - fromMs) / 1000.0;
        return [.. sums.Cells.Select(cell => (cell.Key.Service, cell.Key.Operation, CallFigures.Of(cell.Value, seconds)))];
    }

    /// <summary>Figures of all services together.</summary>
    public CallFigures Total(string tenant, CallKind kind, long fromMs, long toMs)
    {
        var all = new CallCell();
        foreach (((string _, string operation), CallCell cell) in Sum(tenant, kind, fromMs, toMs).Cells)
        {
            if (operation.Length == 0) all.Add(cell);
        }

        return CallFigures.Of(all, (toMs - fromMs) / 1000.0);
    }

    /// <summary>Figures of one operation in steps of time; only steps with calls. The empty operation is the service as a whole.</summary>
    public IReadOnlyList<(long FromMs, CallFigures Figures)> Over(string tenant, CallKind kind, string service, string operation, long fromMs, long toMs, long stepMs)
    {
        var steps = new SortedDictionary<long, CallCell>();
        foreach ((long slotMs, Rollup sums) in store.Slots(tenant, kind, fromMs, toMs))
        {
            if (!sums.Cells.TryGetValue((service, operation), out CallCell? cell)) continue;
            long step = fromMs + ((slotMs - fromMs) / stepMs * stepMs);
            if (!steps.TryGetValue(step, out CallCell? all)) steps.Add(step, all = new());
            all.Add(cell);
        }

        return [.. steps.Select(step => (step.Key, CallFigures.Of(step.Value, stepMs / 1000.0)))];
    }

    /// <summary>Who calls whom.</summary>
    public (IReadOnlyList<(string Name, bool Peer, CallFigures Figures)> Nodes, IReadOnlyList<(string From, string To, CallFigures Figures)> Edges) Topology(string tenant, long fromMs, long toMs)
    {
        Rollup sums = Sum(tenant, CallKind.Span, fromMs, toMs);
        double seconds = (toMs - fromMs) / 1000.0;
        var nodes = new SortedDictionary<string, CallCell>(StringComparer.Ordinal);
        foreach ((string name, string operation) in sums.Cells.Keys)
        {
            if (operation.Length == 0 || !nodes.ContainsKey(name)) nodes[name] = sums.Cells.TryGetValue((name, ""), out CallCell? whole) ? whole : new();
        }

        HashSet<string> services = [.. nodes.Keys];
        foreach (((string _, string to), CallCell cell) in sums.Edges.Where(edge => !services.Contains(edge.Key.To)))
        {
            if (!nodes.TryGetValue(to, out CallCell? all)) nodes.Add(to, all = new());
            all.Add(cell);
        }

        return (
            [.. nodes.Select(node => (node.Key, !services.Contains(node.Key), CallFigures.Of(node.Value, seconds)))],
            [.. sums.Edges.Select(edge => (edge.Key.From, edge.Key.To, CallFigures.Of(edge.Value, seconds)))]);
    }

    /// <summary>Traces that are examples of what an operation did at a time: failed and slow ones first.</summary>
    public IReadOnlyList<string> Examples(string tenant, Series.SeriesKey series, long atMs)
    {
        if (CallSeries.Read(series) is not { Kind: CallKind.Span } what) return [];
        long slotMs = store.Options.SlotOf(atMs);
        return store.Slots(tenant, what.Kind, slotMs, slotMs + 1).TryGetValue(slotMs, out Rollup? sums) && sums.Cells.TryGetValue((what.Service, what.Operation), out CallCell? cell)
            ? [.. cell.Examples]
            : [];
    }

    /// <summary>All kept spans of a trace, by their start.</summary>
    public IReadOnlyList<Call> Trace(string tenant, string traceId) => store.Database.Read(connection =>
    {
        uint prefix = CallCodec.PrefixOf(traceId);
        using SqliteCommand command = CallStore.Select(connection, "SELECT id, traces FROM calls WHERE tenant = $tenant AND kind = $kind", tenant, CallKind.Span, 0, 0);
        var blocks = new List<long>();
        using (SqliteDataReader row = command.ExecuteReader())
        {
            while (row.Read())
            {
                if (CallCodec.MayHold((byte[])row[1], prefix)) blocks.Add(row.GetInt64(0));
            }
        }

        var spans = new List<Call>();
        foreach (long id in blocks) spans.AddRange(Block(connection, id).Where(call => call.Span!.TraceId == traceId));
        return spans.DistinctBy(call => call.Span!.SpanId + call.Span.Kind).OrderBy(call => call.Span!.StartUs).ThenBy(call => call.Span!.SpanId, StringComparer.Ordinal).Take(MostOfTrace).ToList();
    });

    /// <summary>Kept traces that fit, newest first.</summary>
    public IReadOnlyList<IReadOnlyList<Call>> Traces(TraceQuery query) => store.Database.Read(connection =>
    {
        var found = new Dictionary<string, List<Call>>(StringComparer.Ordinal);
        int read = 0;
        foreach (long id in Blocks(connection, query))
        {
            List<Call> calls = Block(connection, id);
            foreach (Call call in calls)
            {
                if (!found.TryGetValue(call.Span!.TraceId, out List<Call>? trace)) found.Add(call.Span.TraceId, trace = []);
                trace.Add(call);
            }

            if ((read += calls.Count) > MostSpans) break;
        }

        return found.Values.Where(query.Fits).OrderByDescending(trace => trace.Min(call => call.Span!.StartUs)).ThenBy(trace => trace[0].Span!.TraceId, StringComparer.Ordinal)
            .Take(query.Limit).Select(trace => (IReadOnlyList<Call>)trace).ToList();
    });

    private List<long> Blocks(SqliteConnection connection, TraceQuery query)
    {
        using SqliteCommand command = CallStore.Select(
            connection,
            "SELECT id FROM calls WHERE tenant = $tenant AND kind = $kind AND slot_ms >= $from AND slot_ms < $to ORDER BY slot_ms DESC, id DESC",
            query.Tenant,
            CallKind.Span,
            store.Options.SlotOf(query.FromMs),
            query.ToMs);
        var ids = new List<long>();
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read()) ids.Add(row.GetInt64(0));
        return ids;
    }

    private static List<Call> Block(SqliteConnection connection, long id)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = FormattableString.Invariant($"SELECT data FROM calls WHERE id = {id.ToString(CultureInfo.InvariantCulture)}");
        return command.ExecuteScalar() is byte[] data ? CallCodec.Decode(data) : [];
    }

    private Rollup Sum(string tenant, CallKind kind, long fromMs, long toMs)
    {
        var all = new Rollup();
        foreach (Rollup slot in store.Slots(tenant, kind, store.Options.SlotOf(fromMs), toMs).Values) all.Add(slot);
        return all;
    }
}
