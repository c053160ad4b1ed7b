using Oddity.Detection;
using Oddity.Detection.Detectors;

namespace Oddity.Engine.Series;

/// <summary>
/// What the server would make of series, without a server: the same rules, detectors and policy over samples from anywhere. Nothing is stored.
/// </summary>
public sealed class OfflineWatch(WatchOptions options)
{
    private readonly WatchPlans _plans = new(options);

    /// <summary>Begins a series; null where nothing watches it.</summary>
    public OfflineSeries? Series(SeriesKey key)
    {
        WatchPlan plan = _plans.For(key);
        return plan.Create(key) is { } detector ? new(detector, new Policy(plan.Policy)) : null;
    }

    /// <summary>
    /// Begins a vector: what watches a series of that name watches all dimensions together, or, if it can't, each of them, and their scores are taken
    /// together; null where nothing watches.
    /// </summary>
    public OfflineVector? Vector(SeriesKey key, int dimensions)
    {
        WatchPlan plan = _plans.For(key);
        if (plan.CreateVector is { } create) return new(create(key, dimensions), new Policy(plan.Policy));
        Detector?[] detectors =
        [
            .. Enumerable.Range(0, dimensions).Select(i => plan.Create(SeriesKey.Create(key.Tenant, key.Metric, key.Labels.Append(new("dimension", $"{i}"))))),
        ];
        return detectors.All(detector => detector is not null) ? new(new PerDimension(detectors!), new Policy(plan.Policy)) : null;
    }
}
