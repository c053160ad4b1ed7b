using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Statsd;

/// <summary>What came for one name, tags and type since the last flush, and the series that it becomes.</summary>
internal sealed class StatsdMetric(SeriesKey key, string type)
{
    private const int MostValues = 8_192;
    private const int IdleFlushes = 60;

    private static readonly double s_stale = BitConverter.UInt64BitsToDouble(Batch.StaleMarker);

    private readonly NamedSeries[] _series =
    [
        .. (type switch { "g" => [""], "s" => [":unique"], "c" => ["_count", ":rate"], _ => (string[])["_count", ":mean", ":p50", ":p95", ":p99"] })
            .Select(suffix => new NamedSeries(SeriesKey.Create(key.Tenant, key.Metric + suffix, key.Labels))),
    ];

    private readonly List<double> _values = [];
    private readonly HashSet<string> _members = new(StringComparer.Ordinal);
    private double _sum;
    private double _count;
    private double _gauge;
    private int _stride = 1;
    private int _skipped;
    private int _idle;
    private bool _came;

    public void Take(in StatsdLine.Value value)
    {
        _came = true;
        switch (type)
        {
            case "c": _sum += value.Number / value.Rate; break;
            case "g": _gauge = value.Relative ? _gauge + value.Number : value.Number; break;
            case "s": if (_members.Count < MostValues) _members.Add(value.Text); break;
            default:
                _count += 1 / value.Rate;
                _sum += value.Number / value.Rate;
                Keep(value.Number);
                break;
        }
    }

    /// <summary>Adds the samples of the interval and begins the next; false once nothing came for so long that it can be forgotten.</summary>
    public bool Flush(long timeMs, double seconds, Batch batch)
    {
        _idle = _came ? 0 : _idle + 1;
        bool forgotten = _idle > IdleFlushes;
        if (forgotten && type == "c") Add(batch, timeMs, s_stale, s_stale);
        else if (type == "c") Add(batch, timeMs, _sum, _sum / seconds); // Nothing happened: that is a count too.
        else if (_came && type == "g") Add(batch, timeMs, _gauge);
        else if (_came && type == "s") Add(batch, timeMs, _members.Count);
        else if (_came)
        {
            _values.Sort();
            Add(batch, timeMs, _count, _sum / _count, Quantile(0.5), Quantile(0.95), Quantile(0.99));
        }

        if (type != "g" || !double.IsFinite(_gauge)) _gauge = type == "g" ? 0 : _gauge;
        (_came, _sum, _count, _stride, _skipped) = (false, 0, 0, 1, 0);
        _values.Clear();
        _members.Clear();
        return !forgotten;
    }

    /// <summary>The nearest rank.</summary>
    private double Quantile(double q) => _values[Math.Clamp((int)Math.Ceiling(q * _values.Count) - 1, 0, _values.Count - 1)];

    /// <summary>Of many values every second, fourth, … is kept: as many as fit, evenly over the interval.</summary>
    private void Keep(double value)
    {
        if (_skipped++ % _stride != 0) return;
        if (_values.Count == MostValues)
        {
            for (int i = 0; i < MostValues / 2; i++) _values[i] = _values[2 * i];
            _values.RemoveRange(MostValues / 2, MostValues / 2);
            _stride *= 2;
        }

        _values.Add(value);
    }

    private void Add(Batch batch, long timeMs, params ReadOnlySpan<double> values)
    {
        for (int i = 0; i < values.Length; i++) _series[i].AddTo(batch, timeMs, values[i]);
    }
}
