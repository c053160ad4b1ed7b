using Oddity.Detection;
using Oddity.Engine.Series;

namespace Oddity.Server.Configuration;

/// <summary>Binds the section `detection`: what watches which series, with which parameters, under which policy.</summary>
internal sealed class DetectionBinder(SettingReader reader)
{
    private const string None = "none";

    public WatchOptions Bind(Preset? preset)
    {
        string detector = reader.Read(Settings.Detector);
        string vector = reader.Read(Settings.VectorDetector);
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> parameters = BindParameters();
        PolicyOptions policy = BindPolicy(preset);
        return new()
        {
            Detector = detector,
            VectorDetector = vector,
            Parameters = parameters,
            Policy = policy,
            Rules = BindRules(policy),
            Limits = BindLimits(),
        };
    }

    private PolicyOptions BindPolicy(Preset? preset)
    {
        int streak = reader.Read(Settings.Streak, out Origin streakOrigin);
        return new()
        {
            Threshold = reader.Read(Settings.Threshold),
            Direction = reader.Read(Settings.Direction),
            MinimumChange = reader.Read(Settings.MinimumChange),
            MinimumRelativeChange = reader.Read(Settings.MinimumRelativeChange),
            Streak = preset == Preset.Streak && streakOrigin == Origin.Default ? PolicyPresets.Streak.Streak : streak,
            ClearAfter = reader.Read(Settings.ClearAfter),
            ClearRatio = reader.Read(Settings.ClearRatio),
        };
    }

    /// <summary>oddity.yml, then the names of the systems Oddity replaces, then ODDITY_DETECTION__PARAMETERS__…, the later stronger.</summary>
    private Dictionary<string, IReadOnlyDictionary<string, string>> BindParameters()
    {
        var all = new SortedDictionary<string, Dictionary<string, (string Text, Origin Origin)>>(StringComparer.Ordinal);
        if (reader.Read(Settings.Parameters) is { } node && MapReader.Of(Settings.Parameters.Key, node, reader) is { } written)
        {
            foreach (DetectorEntry entry in DetectorCatalogue.All)
            {
                if (written.Map(entry.Id) is { } map) all[entry.Id] = map.Texts();
            }

            written.Done();
        }

        foreach (DetectorVariable variable in DetectorVariable.All) Overlay(all, variable.Detector, variable.Parameter, variable.Name);
        OverlayVariables(all);
        foreach ((string id, Dictionary<string, (string Text, Origin Origin)> values) in all)
        {
            foreach ((string name, (string text, Origin origin)) in values) reader.Value($"{Settings.Parameters.Key}.{id}.{name}", text, origin);
            Check($"{Settings.Parameters.Key}.{id}", id, values);
        }

        return all.ToDictionary(entry => entry.Key, entry => (IReadOnlyDictionary<string, string>)Plain(entry.Value));
    }

    private void OverlayVariables(SortedDictionary<string, Dictionary<string, (string Text, Origin Origin)>> all)
    {
        string prefix = Settings.Parameters.Variable + "__";
        foreach (string name in reader.Sources.Environment.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            string[] path = name[prefix.Length..].ToLowerInvariant().Split("__");
            if (path.Length == 2) Overlay(all, path[0], path[1], name);
        }
    }

    private void Overlay(SortedDictionary<string, Dictionary<string, (string Text, Origin Origin)>> all, string detector, string parameter, string variable)
    {
        if (reader.Sources.Environment.GetValueOrDefault(variable) is not { Length: > 0 } text) return;
        if (DetectorCatalogue.Find(detector) is null && DetectorVariable.All.Any(known => known.Name == variable))
        {
            reader.Notice($"{variable}: not used yet (there is no '{detector}' to set yet)");
            return;
        }

        if (!all.TryGetValue(detector, out Dictionary<string, (string, Origin)>? values)) all[detector] = values = new(StringComparer.Ordinal);
        values[parameter] = (text, Origin.Variable(variable));
    }

    private List<WatchRule> BindRules(PolicyOptions policy)
    {
        var rules = new List<WatchRule>();
        foreach (MapReader item in MapReader.Items(Settings.Rules.Key, reader.Read(Settings.Rules), reader))
        {
            string? match = item.Required("match", Kinds.Text);
            string? detector = item.Required("detector", Settings.Detector.Kind);
            Dictionary<string, (string Text, Origin Origin)> own = item.Map("parameters")?.Texts() ?? [];
            PolicyOptions? ownPolicy = item.Map("policy") is { } map ? BindRulePolicy(map, policy) : null;
            item.Done();
            if (match is null || detector is null) continue;
            if (detector != None) Check($"{item.Key}.parameters", detector, own);
            rules.Add(new(match, detector, Plain(own), ownPolicy));
        }

        reader.Value(Settings.Rules.Key, string.Join("; ", rules.Select(rule => $"{rule.Match} → {rule.Detector}")), OriginOf(Settings.Rules));
        return rules;
    }

    private static PolicyOptions BindRulePolicy(MapReader map, PolicyOptions policy)
    {
        PolicyOptions bound = new()
        {
            Threshold = map.Value("threshold", Settings.Threshold.Kind, policy.Threshold),
            Direction = map.Value("direction", Settings.Direction.Kind, policy.Direction),
            MinimumChange = map.Value("minimum_change", Settings.MinimumChange.Kind, policy.MinimumChange),
            MinimumRelativeChange = map.Value("minimum_relative_change", Settings.MinimumRelativeChange.Kind, policy.MinimumRelativeChange),
            Streak = map.Value("streak", Settings.Streak.Kind, policy.Streak),
            ClearAfter = map.Value("clear_after", Settings.ClearAfter.Kind, policy.ClearAfter),
            ClearRatio = map.Value("clear_ratio", Settings.ClearRatio.Kind, policy.ClearRatio),
        };
        map.Done();
        return bound;
    }

    private IReadOnlyList<StaticLimit> BindLimits()
    {
        ConfigNode? node = reader.Read(Settings.Limits);
        if (node is null)
        {
            reader.Value(Settings.Limits.Key, Settings.Limits.DefaultText, Origin.Default);
            return new WatchOptions().Limits;
        }

        var limits = new List<StaticLimit>();
        foreach (MapReader item in MapReader.Items(Settings.Limits.Key, node, reader))
        {
            string? match = item.Required("match", Kinds.Text);
            double? above = item.Value("above", Kinds.Optional(Kinds.Number()), null);
            double? below = item.Value("below", Kinds.Optional(Kinds.Number()), null);
            item.Done();
            if (above is null && below is null) item.Mistake("match", "a limit needs 'above' or 'below'");
            if (match is not null) limits.Add(new(match, above, below));
        }

        reader.Value(Settings.Limits.Key, string.Join(", ", limits.Select(Show)), node.Origin);
        return limits;
    }

    private static string Show(StaticLimit limit) =>
        limit.Match
        + (limit.Above is { } above ? FormattableString.Invariant($" > {above}") : "")
        + (limit.Below is { } below ? FormattableString.Invariant($" < {below}") : "");

    /// <summary>Makes the detector once: what it complains of becomes mistakes with the place the parameter was written.</summary>
    private void Check(string key, string detector, Dictionary<string, (string Text, Origin Origin)> values)
    {
        if (DetectorCatalogue.Find(detector) is not { } entry)
        {
            string suggestion = Suggestion.For(detector, DetectorCatalogue.All.Select(known => known.Id));
            reader.Mistake(key, $"there is no detector '{detector}'{suggestion}", values.Values.FirstOrDefault().Origin);
            return;
        }

        var parameters = new DetectorParameters(Plain(values));
        entry.Create(parameters, 1);
        foreach (string mistake in parameters.Mistakes)
        {
            string[] parts = mistake.Split(": ", 2);
            Origin? origin = values.TryGetValue(parts[0], out (string, Origin Origin) written) ? written.Origin : null;
            reader.Mistake($"{key}.{parts[0]}", parts[^1], origin);
        }
    }

    private Origin OriginOf(Structure setting) => reader.Sources.Find(setting, []).FirstOrDefault()?.Origin ?? Origin.Default;

    private static Dictionary<string, string> Plain(Dictionary<string, (string Text, Origin Origin)> values) =>
        values.ToDictionary(entry => entry.Key, entry => entry.Value.Text, StringComparer.Ordinal);
}
