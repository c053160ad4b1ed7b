using Oddity.Engine.Calls;

namespace Oddity.Server.Api.Calls;

/// <summary>A trace with all its spans that are kept.</summary>
internal sealed record TraceBody(string TraceId, string Start, double DurationMs, IReadOnlyList<TraceBody.SpanBody> Spans)
{
    public static TraceBody From(IReadOnlyList<Call> spans)
    {
        long startUs = spans.Min(call => call.Span!.StartUs);
        return new(spans[0].Span!.TraceId, Times.Iso(startUs / 1000), TraceQuery.DurationMs(spans), [.. spans.Select(call => SpanBody.From(call, startUs))]);
    }

    /// <summary>One span; its start is told from the trace's.</summary>
    internal sealed record SpanBody(
        string SpanId, string? ParentId, string Service, string Operation, string Kind, double StartMs, double DurationMs, bool Failed, string? Message, string? Peer, IReadOnlyDictionary<string, string> Tags)
    {
        public static SpanBody From(Call call, long traceUs)
        {
            SpanPart span = call.Span!;
            var tags = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach ((string name, string value) in span.Tags) tags[name] = value;
            return new(
                span.SpanId, span.ParentId, call.Service, call.Operation, span.Kind.ToString().ToLowerInvariant(), (span.StartUs - traceUs) / 1000.0, call.LatencyMs, call.Failed, span.Message, span.Peer, tags);
        }
    }
}
