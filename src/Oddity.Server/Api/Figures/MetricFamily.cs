using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Oddity.Server.Api.Figures;

/// <summary>The figures of one instrument, one cell for each set of labels. Thread-safe.</summary>
internal sealed class MetricFamily
{
    /// <summary>Most sets of labels of one instrument; what comes beyond is counted together.</summary>
    private const int MaxCells = 1000;

    private const string Overflow = "{overflow=\"true\"}";

    /// <summary>From half a millisecond to ten seconds, in steps of about two.</summary>
    private static readonly double[] DefaultBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<string, MetricCell> _cells = new(StringComparer.Ordinal);

    public MetricFamily(Instrument instrument)
    {
        (Name, Help) = (instrument.Name, instrument.Description ?? "");
        Type kind = instrument.GetType().GetGenericTypeDefinition();
        IsObserved = instrument.IsObservable;
        Kind = kind == typeof(Histogram<>) ? MetricKind.Histogram
            : kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>) ? MetricKind.Counter
            : MetricKind.Gauge;
        Sets = IsObserved || kind == typeof(Gauge<>);
        if (Kind == MetricKind.Histogram) Bounds = (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries?.ToArray() ?? DefaultBounds;
    }

    public string Name { get; }

    public string Help { get; }

    public MetricKind Kind { get; }

    /// <summary>True if its values are read when asked for, not told as they happen.</summary>
    public bool IsObserved { get; }

    /// <summary>Upper bounds of a histogram's buckets, rising, infinity left out; empty for others.</summary>
    public double[] Bounds { get; } = [];

    /// <summary>The cells by their labels as text, such as <c>{route="/ingest"}</c> or nothing, in order of it.</summary>
    public IEnumerable<KeyValuePair<string, MetricCell>> Cells => _cells.OrderBy(cell => cell.Key, StringComparer.Ordinal);

    private bool Sets { get; }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        MetricCell cell = Find(Exposition.Labels(tags));
        if (Kind == MetricKind.Histogram) cell.Observe(value, Bounds);
        else if (Sets) cell.Set(value);
        else cell.Add(value);
    }

    public void Forget() => _cells.Clear();

    private MetricCell Find(string labels)
    {
        if (_cells.TryGetValue(labels, out MetricCell? cell)) return cell;
        return _cells.GetOrAdd(_cells.Count < MaxCells ? labels : Overflow, _ => new MetricCell(Bounds.Length));
    }
}
