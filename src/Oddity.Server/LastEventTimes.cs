using Oddity.Engine;

namespace Oddity.Server;

/// <summary>
/// When the series of each metric were last heard of: where a puller goes on after a restart. It asks for thousands of metrics in one go, so one
/// look at all series serves for some seconds. Belongs to one puller.
/// </summary>
internal sealed class LastEventTimes(Pipeline pipeline, string tenant, IReadOnlyList<KeyValuePair<string, string>> labels, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private Dictionary<string, long> _lastMs = [];
    private long? _looked;

    /// <summary>Latest event time of the metric's series that have the labels, Unix milliseconds; null if there are none.</summary>
    public long? Of(string metric)
    {
        if (_looked is not { } looked || time.GetElapsedTime(looked) > Fresh) Look();
        return _lastMs.TryGetValue(metric, out long lastMs) ? lastMs : null;
    }

    private void Look()
    {
        _looked = time.GetTimestamp();
        _lastMs = pipeline.ListSeries(tenant, null, null, int.MaxValue)
            .Where(series => labels.All(label => series.Key.Label(label.Key) == label.Value))
            .GroupBy(series => series.Key.Metric, StringComparer.Ordinal)
            .ToDictionary(metric => metric.Key, metric => metric.Max(series => series.LastMs), StringComparer.Ordinal);
    }
}
