using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Oddity.Server.Api.Figures;

/// <summary>
/// Keeps the figures that the program counts about itself (meters named "Oddity"), until somebody asks for them. Must exist before what it
/// listens to counts anything. Thread-safe.
/// </summary>
internal sealed class Telemetry : IDisposable
{
    public const string MeterName = "Oddity";

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly Lock _observing = new();

    public Telemetry()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name != MeterName) return;
            listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument.Name, _ => new MetricFamily(instrument)));
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>The families in order of name, the observed ones read just now.</summary>
    public IReadOnlyList<MetricFamily> Read()
    {
        lock (_observing)
        {
            foreach (MetricFamily family in _families.Values.Where(family => family.IsObserved)) family.Forget();
            _listener.RecordObservableInstruments();
        }

        return [.. _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal)];
    }

    public void Dispose() => _listener.Dispose();
}
