using System.Globalization;

namespace Oddity.Connectors.Sources.Prometheus;

/// <summary>
/// Decides what each discovered metric becomes. The type comes from the metadata; where Prometheus has none, as for what was written to it from
/// elsewhere, the names of the exposition format tell.
/// </summary>
internal sealed class PullPlan(IReadOnlyCollection<string> names, IReadOnlyDictionary<string, string> types, IReadOnlyCollection<string> wanted)
{
    private static readonly double[] Quantiles = [0.5, 0.95, 0.99];

    private readonly HashSet<string> _names = new(names, StringComparer.Ordinal);
    private readonly HashSet<string> _wanted = new(wanted, StringComparer.Ordinal);

    /// <summary>In order of the names.</summary>
    public List<Pull> Make()
    {
        var pulls = new List<Pull>();
        foreach (string name in _names.Order(StringComparer.Ordinal)) Add(name, pulls);
        return pulls;
    }

    private void Add(string name, List<Pull> pulls)
    {
        if (Base(name, "_bucket") is { } histogram && (IsType(histogram, "histogram") || (Type(name) is null && _names.Contains($"{histogram}_count"))))
        {
            if (!IsWanted(name, histogram)) return;
            foreach (double quantile in Quantiles) pulls.Add(new(string.Create(CultureInfo.InvariantCulture, $"{histogram}:p{quantile * 100:0}"), PullKind.Quantile, histogram, quantile));
        }
        else if (Base(name, "_count") is { } counted && (IsDistribution(counted, "_sum") || IsDistribution(counted, "_bucket")))
        {
            if (IsWanted(name, counted)) pulls.Add(new($"{name}:rate", PullKind.Rate, name));
        }
        else if (Base(name, "_sum") is { } summed && IsDistribution(summed, "_count"))
        {
            // A histogram's quantiles say more than its mean; a summary often has no quantiles.
            if (IsWanted(name, summed) && !_names.Contains($"{summed}_bucket")) pulls.Add(new($"{summed}:mean", PullKind.Mean, summed));
        }
        else if (!IsConstant(name) && IsWanted(name, name))
        {
            pulls.Add(IsCounter(name) ? new($"{name}:rate", PullKind.Rate, name) : new(name, PullKind.Gauge, name));
        }
    }

    /// <summary>Metrics that say when something was made or what it is, not how much of anything there is; and native histograms, which have no plain value.</summary>
    private bool IsConstant(string name) =>
        name.EndsWith("_timestamp_seconds", StringComparison.Ordinal) || (name.EndsWith("_created", StringComparison.Ordinal) && Type(name) is null)
        || name.EndsWith("_info", StringComparison.Ordinal) || IsType(name, "info") || IsType(name, "histogram") || IsType(name, "gaugehistogram");

    /// <summary>OpenMetrics' metadata names a counter without its "_total".</summary>
    private bool IsCounter(string name) => Type(name) switch
    {
        "counter" => true,
        null or "unknown" => Base(name, "_total") is not null,
        _ => false,
    };

    private bool IsDistribution(string family, string other) =>
        IsType(family, "histogram") || IsType(family, "summary") || (Type(family) is null or "unknown" && Type(family + other) is null && _names.Contains(family + other));

    private bool IsWanted(string name, string family) => _wanted.Count == 0 || _wanted.Contains(name) || _wanted.Contains(family);

    private bool IsType(string name, string type) => Type(name) == type;

    private string? Type(string name) => types.GetValueOrDefault(name);

    private static string? Base(string name, string suffix) => name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length] : null;
}
