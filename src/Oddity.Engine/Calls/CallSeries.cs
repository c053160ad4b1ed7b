using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Engine.Calls;

/// <summary>Turns the sums of an interval into samples at its start. Names and labels are in docs/sources/api-calls.md and docs/sources/traces.md.</summary>
internal static class CallSeries
{
    /// <summary>Samples of the cells that <paramref name="which"/> names, with the sums of <paramref name="sums"/>.</summary>
    public static IngestBatch Of(string tenant, CallKind kind, long slotMs, TimeSpan interval, Rollup sums, Rollup which)
    {
        var batch = new IngestBatch(tenant);
        foreach ((string Service, string Operation) key in which.Cells.Keys)
        {
            CallCell cell = sums.Cells[key];
            if (cell.Count == 0) continue;
            batch.NextRecord();
            Add("requests_per_second", cell.Count / interval.TotalSeconds);
            Add("error_rate", (double)cell.Failed / cell.Count);
            if (kind == CallKind.Api) Add("success_rate", (double)(cell.Count - cell.Failed) / cell.Count);
            if (cell.Latency.Count > 0)
            {
                Add("latency_p50_ms", cell.Latency.Quantile(0.5));
                Add("latency_p95_ms", cell.Latency.Quantile(0.95));
                Add("latency_p99_ms", cell.Latency.Quantile(0.99));
            }

            if (kind == CallKind.Span) Add("self_time_ms", cell.SelfSumMs / cell.Count);
            if (cell.Sized > 0) Add("response_size_bytes", cell.BytesSum / cell.Sized);

            void Add(string what, double value) => batch.Add(KeyOf(tenant, kind, key, what), slotMs, value);
        }

        return batch;
    }

    /// <summary>Says of operations that nothing called them.</summary>
    public static IngestBatch Silent(string tenant, CallKind kind, long slotMs, IEnumerable<(string Service, string Operation)> keys)
    {
        var batch = new IngestBatch(tenant);
        foreach ((string, string) key in keys)
        {
            batch.NextRecord();
            batch.Add(KeyOf(tenant, kind, key, "requests_per_second"), slotMs, 0);
        }

        return batch;
    }

    /// <summary>Whose calls a series is about; null if it is none of those made here.</summary>
    public static (CallKind Kind, string Service, string Operation)? Read(SeriesKey key)
    {
        if (key.Metric.StartsWith("api_", StringComparison.Ordinal) && key.Label("api_id") is { } api) return (CallKind.Api, api, key.Label("endpoint") ?? "");
        if (key.Metric.StartsWith("span_", StringComparison.Ordinal) && key.Label("service") is { } service) return (CallKind.Span, service, key.Label("operation") ?? "");
        return null;
    }

    private static SeriesKey KeyOf(string tenant, CallKind kind, (string Service, string Operation) key, string what) => kind == CallKind.Api
        ? SeriesKey.Create(tenant, "api_" + what, [new("api_id", key.Service), new("endpoint", key.Operation)])
        : SeriesKey.Create(tenant, "span_" + what, [new("service", key.Service), new("operation", key.Operation)]);
}
