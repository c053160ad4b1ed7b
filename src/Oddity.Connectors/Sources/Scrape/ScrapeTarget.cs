using System.Security.Cryptography;
using System.Text;

namespace Oddity.Connectors.Sources.Scrape;

/// <summary>One address that is scraped, and the labels of all its series.</summary>
/// <param name="Job">How.</param>
/// <param name="Url">Where.</param>
/// <param name="Labels">Sorted by name, <c>job</c> and <c>instance</c> among them.</param>
/// <param name="Interval">Time between scrapes.</param>
/// <param name="Timeout">Time for one.</param>
internal sealed record ScrapeTarget(ScrapeJob Job, Uri Url, IReadOnlyList<KeyValuePair<string, string>> Labels, TimeSpan Interval, TimeSpan Timeout)
{
    /// <summary>Two targets that say the same are the same.</summary>
    public string Identity { get; } = $"{Job.Name}\n{Url}\n{string.Join('\n', Labels.Select(label => $"{label.Key}={label.Value}"))}\n{Interval}\n{Timeout}";

    /// <summary>How far its scrapes stand after whole multiples of the interval: spread, so that not all come at once, and the same after a restart.</summary>
    public long OffsetMs => (long)(BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(Identity))) % (ulong)Math.Max(1, (long)Interval.TotalMilliseconds));

    /// <summary>Makes a target of an address, by way of the rules; null if they drop it.</summary>
    /// <exception cref="FormatException">What comes out is no address.</exception>
    public static ScrapeTarget? Of(ScrapeJob job, string address, IReadOnlyList<KeyValuePair<string, string>> groupLabels)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["job"] = job.Name,
            ["__address__"] = address,
            ["__scheme__"] = job.Scheme,
            ["__metrics_path__"] = job.MetricsPath,
            ["__scrape_interval__"] = Text(job.Interval),
            ["__scrape_timeout__"] = Text(job.Timeout),
        };
        foreach ((string name, IReadOnlyList<string> values) in job.Parameters.Where(parameter => parameter.Value.Count > 0)) labels["__param_" + name] = values[0];
        foreach ((string name, string value) in groupLabels) labels[name] = value;
        if (!RelabelRule.Apply(job.Relabel, labels) || labels.GetValueOrDefault("__address__", "").Length == 0) return null;

        string text = $"{labels.GetValueOrDefault("__scheme__", "http")}://{labels["__address__"]}{labels.GetValueOrDefault("__metrics_path__", "/")}{Query(job, labels)}";
        if (labels["__address__"].AsSpan().IndexOfAny("/?#@ ") >= 0 || !Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
            throw new FormatException($"{InputEcho.Quote(labels["__address__"])} is not host:port");
        if (!PrometheusDurations(labels, out TimeSpan interval, out TimeSpan timeout)) throw new FormatException("__scrape_interval__ or __scrape_timeout__ is no duration");
        labels.TryAdd("instance", labels["__address__"]);
        return new(job, url, [.. labels.Where(label => !label.Key.StartsWith("__", StringComparison.Ordinal) && label.Value.Length > 0)], interval, timeout);
    }

    private static bool PrometheusDurations(SortedDictionary<string, string> labels, out TimeSpan interval, out TimeSpan timeout)
    {
        timeout = default;
        return Prometheus.PrometheusDuration.TryParse(labels.GetValueOrDefault("__scrape_interval__"), out interval)
            && Prometheus.PrometheusDuration.TryParse(labels.GetValueOrDefault("__scrape_timeout__"), out timeout) && timeout <= interval;
    }

    private static string Query(ScrapeJob job, SortedDictionary<string, string> labels)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach ((string name, IReadOnlyList<string> values) in job.Parameters) pairs.AddRange(values.Skip(1).Select(value => KeyValuePair.Create(name, value)));
        foreach ((string name, string value) in labels.Where(label => label.Key.StartsWith("__param_", StringComparison.Ordinal))) pairs.Add(new(name["__param_".Length..], value));
        return pairs.Count == 0 ? "" : "?" + string.Join('&', pairs.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
    }

    private static string Text(TimeSpan span) => $"{(long)span.TotalMilliseconds}ms";
}
