using Oddity.Engine.Calls;

namespace Oddity.Server.Api.Calls;

/// <summary>A trace in a list. Service and operation are those of its root, or of its first span where the root is not kept.</summary>
internal sealed record TraceSummaryBody(string TraceId, string Service, string Operation, string Start, double DurationMs, int Spans, int Failed, IReadOnlyList<string> Services)
{
    public static TraceSummaryBody From(IReadOnlyList<Call> spans)
    {
        Call root = spans.OrderBy(call => call.Span!.ParentId is null ? 0 : 1).ThenBy(call => call.Span!.StartUs).First();
        return new(
            root.Span!.TraceId,
            root.Service,
            root.Operation,
            Times.Iso(spans.Min(call => call.Span!.StartUs) / 1000),
            TraceQuery.DurationMs(spans),
            spans.Count,
            spans.Count(call => call.Failed),
            [.. spans.Select(call => call.Service).Distinct().Order(StringComparer.Ordinal)]);
    }
}
