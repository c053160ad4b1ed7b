using System.Collections.Concurrent;
using System.Globalization;
using Oddity.Detection;
using Oddity.Engine.Anomalies;

namespace Oddity.Engine.Series;

/// <summary>Finds what watches a series: the first rule that fits, and every static limit that does.</summary>
internal sealed class WatchPlans
{
    private readonly WatchOptions _options;
    private readonly ConcurrentDictionary<string, WatchPlan> _plans = new(StringComparer.Ordinal);
    private volatile WatchPlan? _only;

    public WatchPlans(WatchOptions options)
    {
        _options = options;
        Vector = MakeVector();
    }

    /// <summary>What watches every vector.</summary>
    public VectorPlan Vector { get; }

    public WatchPlan For(SeriesKey key)
    {
        if (_options.Rules.Count == 0 && _options.Limits.Count == 0) return _only ??= Make(0, []);
        int rule = 0;
        while (rule < _options.Rules.Count && !Pattern.Fits(_options.Rules[rule].Match, key)) rule++;
        int[] limits = [.. Enumerable.Range(0, _options.Limits.Count).Where(i => Pattern.Fits(_options.Limits[i].Match, key))];
        return _plans.GetOrAdd($"{rule}|{string.Join(',', limits)}", _ => Make(rule, limits));
    }

    private WatchPlan Make(int rule, int[] limits)
    {
        WatchRule? own = rule < _options.Rules.Count ? _options.Rules[rule] : null;
        string detector = own?.Detector ?? _options.Detector;
        PolicyOptions policy = own?.Policy ?? _options.Policy;
        SortedDictionary<string, string> parameters = Parameters(detector, own);
        var members = new List<Func<SeriesKey, (string Id, Detector Detector)>>();
        if (detector != "none")
        {
            DetectorEntry entry = DetectorCatalogue.Find(detector) ?? throw new ArgumentException($"There is no detector '{detector}'.");
            members.Add(key => (entry.Id, entry.Create(new(parameters), key.Seed)));
        }

        SortedDictionary<string, string> configuration = Configuration(detector, policy, parameters);
        for (int i = 0; i < limits.Length; i++)
        {
            StaticLimit limit = _options.Limits[limits[i]];
            Dictionary<string, string> bounds = Bounds(limit);
            members.Add(key => ("threshold", DetectorCatalogue.Find("threshold")!.Create(new(bounds), key.Seed)));
            foreach ((string name, string value) in bounds) configuration[limits.Length == 1 ? $"threshold.{name}" : $"threshold.{i + 1}.{name}"] = value;
        }

        return new(detector, Revision(configuration), policy, configuration, key => Compose(members, key))
        {
            IsSilent = members.Count == 0,

            // Limits are limits of single values.
            CreateVector = limits.Length == 0 && DetectorCatalogue.Find(detector)?.CreateVector is { } create
                ? (key, dimensions) => create(dimensions, new(parameters), key.Seed)
                : null,
        };
    }

    /// <summary>Each member alone suffices: a limit needs nobody's consent, and neither does the detector.</summary>
    private static Ensemble? Compose(List<Func<SeriesKey, (string Id, Detector Detector)>> members, SeriesKey key) =>
        members.Count == 0 ? null : Ensemble.AnyOf([.. members.Select(make => make(key))]);

    private VectorPlan MakeVector()
    {
        string id = _options.VectorDetector;
        if (DetectorCatalogue.Find(id) is not { CreateVector: { } create } entry) throw new ArgumentException($"'{id}' does not watch several values together.");
        SortedDictionary<string, string> parameters = Parameters(entry.Id, null);
        SortedDictionary<string, string> configuration = Configuration(entry.Id, _options.Policy, parameters);
        configuration["vector"] = "true";
        var plan = new WatchPlan(entry.Id, Revision(configuration), _options.Policy, configuration, _ => null);
        return new(plan, (key, dimensions) => create(dimensions, new(parameters), key.Seed));
    }

    private SortedDictionary<string, string> Parameters(string detector, WatchRule? rule)
    {
        var merged = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in _options.Parameters.GetValueOrDefault(detector) ?? new Dictionary<string, string>()) merged[name] = value;
        foreach ((string name, string value) in rule?.Parameters ?? new Dictionary<string, string>()) merged[name] = value;
        return merged;
    }

    private static Dictionary<string, string> Bounds(StaticLimit limit)
    {
        var bounds = new Dictionary<string, string>();
        if (limit.Above is { } above) bounds["above"] = above.ToString("R", CultureInfo.InvariantCulture);
        if (limit.Below is { } below) bounds["below"] = below.ToString("R", CultureInfo.InvariantCulture);
        return bounds;
    }

    private static SortedDictionary<string, string> Configuration(string detector, PolicyOptions policy, SortedDictionary<string, string> parameters)
    {
        var configuration = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["detector"] = detector,
            ["policy.threshold"] = policy.Threshold is { } threshold ? threshold.ToString("R", CultureInfo.InvariantCulture) : "the detector's own",
            ["policy.direction"] = policy.Direction.ToString().ToLowerInvariant(),
            ["policy.minimum_change"] = policy.MinimumChange.ToString("R", CultureInfo.InvariantCulture),
            ["policy.minimum_relative_change"] = policy.MinimumRelativeChange.ToString("R", CultureInfo.InvariantCulture),
            ["policy.streak"] = policy.Streak.ToString(CultureInfo.InvariantCulture),
            ["policy.clear_after"] = policy.ClearAfter.ToString(CultureInfo.InvariantCulture),
            ["policy.clear_ratio"] = policy.ClearRatio.ToString("R", CultureInfo.InvariantCulture),
        };
        foreach ((string name, string value) in parameters) configuration[$"{detector}.{name}"] = value;
        return configuration;
    }

    private static string Revision(SortedDictionary<string, string> configuration) =>
        AnomalyId.Hash([.. configuration.Select(setting => $"{setting.Key}={setting.Value}")])[..16];
}
