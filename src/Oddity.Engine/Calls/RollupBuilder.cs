namespace Oddity.Engine.Calls;

/// <summary>
/// Adds up the calls of an interval. Spans are joined by their parents, also with those of the interval before: a caller ends after what it called, so a
/// pair counts in the interval of the later one and is found within one interval's length. The order of the calls decides nothing.
/// </summary>
internal static class RollupBuilder
{
    /// <summary>Adds up.</summary>
    /// <param name="calls">Calls of the interval, those to count.</param>
    /// <param name="known">Spans that are counted already, of the interval before and of this one, to be joined with.</param>
    public static Rollup Build(IReadOnlyList<Call> calls, IReadOnlyList<Call> known)
    {
        var rollup = new Rollup();
        var joined = new Join(calls, known);

        // In one order whatever came first: sums of doubles depend on it.
        foreach (Call call in calls.OrderBy(call => call.TimeMs).ThenBy(call => call.LatencyMs).ThenBy(call => call.Span?.SpanId, StringComparer.Ordinal))
        {
            if (call.Span is not null && !joined.IsFirst(call)) continue; // Sent twice, as exporters do when an answer is lost.
            double selfMs = call.Span is null ? 0 : joined.SelfMs(call);
            if (call.Operation.Length > 0) rollup.Cell(call.Service, call.Operation).Add(call, selfMs);
            if (call.Span is null or { Kind: SpanKind.Server or SpanKind.Consumer } or { ParentId: null }) rollup.Cell(call.Service, "").Add(call, selfMs);
            if (call.Span is not null) joined.AddEdges(call, rollup);
        }

        return rollup;
    }

    private sealed class Join
    {
        private readonly Dictionary<(string Trace, string Span), Call> _byId = [];
        private readonly Dictionary<(string Trace, string Parent), List<Call>> _children = [];
        private readonly HashSet<Call> _new = new(ReferenceEqualityComparer.Instance);
        private readonly HashSet<(string Trace, string Span, string Service, SpanKind Kind, long StartUs)> _counted = [];

        public Join(IReadOnlyList<Call> calls, IReadOnlyList<Call> known)
        {
            foreach (Call call in known)
            {
                IsFirst(call);
                Put(call);
            }

            foreach (Call call in calls)
            {
                _new.Add(call);
                Put(call);
            }
        }

        /// <summary>False if the same span was counted before.</summary>
        public bool IsFirst(Call call) => call.Span is { } span && _counted.Add((span.TraceId, span.SpanId, call.Service, span.Kind, span.StartUs));

        /// <summary>The time of a span in which none of its children ran.</summary>
        public double SelfMs(Call call)
        {
            SpanPart span = call.Span!;
            if (!_children.TryGetValue((span.TraceId, span.SpanId), out List<Call>? children)) return call.LatencyMs;
            (double start, double end, double busy) = (span.StartUs, span.StartUs + (call.LatencyMs * 1000), 0);
            double upTo = start;
            foreach (Call child in children.OrderBy(child => child.Span!.StartUs).ThenBy(child => child.LatencyMs))
            {
                double from = Math.Max(child.Span!.StartUs, upTo), to = Math.Min(child.Span.StartUs + (child.LatencyMs * 1000), end);
                if (to <= from) continue;
                busy += to - from;
                upTo = to;
            }

            return Math.Max(0, call.LatencyMs - (busy / 1000));
        }

        /// <summary>Adds the pairs whose later part this span is: with its caller, with what it called, or with a peer that says nothing of itself.</summary>
        public void AddEdges(Call call, Rollup rollup)
        {
            SpanPart span = call.Span!;
            if (span.ParentId is { } parent && _byId.TryGetValue((span.TraceId, parent), out Call? caller) && caller.Service != call.Service)
                rollup.Edge(caller.Service, call.Service).Add(call);
            bool called = false;
            foreach (Call child in _children.GetValueOrDefault((span.TraceId, span.SpanId)) ?? [])
            {
                if (child.Service == call.Service) continue;
                called = true;
                if (!_new.Contains(child)) rollup.Edge(call.Service, child.Service).Add(child);
            }

            if (called || span.Peer is not { } peer || peer == call.Service || span.Kind is not (SpanKind.Client or SpanKind.Producer)) return;
            rollup.Edge(call.Service, peer).Add(call);
            rollup.Peers.Add(peer);
        }

        private void Put(Call call)
        {
            if (call.Span is not { } span || !_byId.TryAdd((span.TraceId, span.SpanId), call) || span.ParentId is not { } parent || parent == span.SpanId) return;
            if (!_children.TryGetValue((span.TraceId, parent), out List<Call>? children)) _children.Add((span.TraceId, parent), children = []);
            children.Add(call);
        }
    }
}
