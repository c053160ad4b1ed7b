using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Statsd;

/// <summary>Sums up StatsD lines between flushes. Thread-safe. The same lines between the same flushes give the same samples.</summary>
internal sealed class StatsdAggregator(string tenant, int mostSeries = 100_000)
{
    private readonly Lock _taking = new();
    private readonly Dictionary<(string Series, string Type), StatsdMetric> _metrics = [];
    private readonly List<StatsdLine.Value> _values = [];

    /// <summary>Lines that were taken, in all.</summary>
    public long Taken { get; private set; }

    /// <summary>Lines that were refused, in all.</summary>
    public long Refused { get; private set; }

    /// <summary>Why the last one was; empty if none was.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Takes lines.</summary>
    public void Take(ReadOnlySpan<byte> lines)
    {
        lock (_taking)
        {
            while (!lines.IsEmpty)
            {
                int end = lines.IndexOf((byte)'\n');
                ReadOnlySpan<byte> line = (end < 0 ? lines : lines[..end]).Trim(" \t\r\0"u8);
                lines = end < 0 ? default : lines[(end + 1)..];
                if (line.IsEmpty) continue;
                _values.Clear();
                if ((StatsdLine.TryRead(line, _values) ?? Take()) is { } mistake) Refuse($"{mistake.Detail}: {InputEcho.Quote(line)}");
                else Taken++;
            }
        }
    }

    /// <summary>Counts a line that could not even be read.</summary>
    public void Refuse(string reason)
    {
        lock (_taking) (Refused, Reason) = (Refused + 1, reason);
    }

    /// <summary>Puts the samples of the interval into a batch, in the order in which their series came first.</summary>
    public void Flush(long timeMs, TimeSpan interval, Batch batch)
    {
        lock (_taking)
        {
            foreach ((string, string) gone in _metrics.Where(metric => !metric.Value.Flush(timeMs, interval.TotalSeconds, batch)).Select(metric => metric.Key).ToArray()) _metrics.Remove(gone);
        }
    }

    private (string Code, string Detail)? Take()
    {
        foreach (StatsdLine.Value value in _values)
        {
            (string, string) identity = (value.Series, value.Type is "h" or "d" ? "ms" : value.Type);
            if (!_metrics.TryGetValue(identity, out StatsdMetric? metric))
            {
                if (_metrics.Count >= mostSeries) return ("too_many_series", $"There are more than {mostSeries} names between two flushes");
                _metrics[identity] = metric = new(Key(value.Series), identity.Item2);
            }

            metric.Take(value);
        }

        return null;
    }

    /// <summary>Tags without a value have the value true.</summary>
    private SeriesKey Key(string series)
    {
        int line = series.IndexOf('\n', StringComparison.Ordinal);
        string[] name = series[..line].Split(',');
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string tag in name.Skip(1)) Add(tag, '=');
        foreach (string tag in series[(line + 1)..].Split(',')) Add(tag, ':');
        return SeriesKey.Create(tenant, name[0], labels);

        void Add(string tag, char sign)
        {
            int at = tag.IndexOf(sign, StringComparison.Ordinal);
            if (tag.Length == 0 || at == 0 || labels.Count > 256) return;
            labels[at < 0 ? tag : tag[..at]] = at < 0 ? "true" : tag[(at + 1)..];
        }
    }
}
