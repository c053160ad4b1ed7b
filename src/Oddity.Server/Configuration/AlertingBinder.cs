using Oddity.Engine.Alerting;

namespace Oddity.Server.Configuration;

/// <summary>Binds who hears of which anomaly: rules in place, rules of a file, and where the rest goes.</summary>
internal sealed class AlertingBinder(SettingReader reader)
{
    public AlertingOptions Bind(Preset? preset, ChannelOptions channels, HttpOptions http)
    {
        string[] known = [.. Names(channels)];
        List<AlertRule> rules = [.. BindRules(), .. ReadRulesFile()];
        IReadOnlyList<string> byDefault = reader.Read(Settings.DefaultChannels, out Origin origin);
        if (origin == Origin.Default && preset != Preset.Routed && rules.Count == 0) byDefault = known;
        foreach (string missing in rules.SelectMany(rule => rule.Channels).Concat(byDefault).Distinct().Except(known))
            reader.Notice($"alerts: the channel '{missing}' is not set up; what rules send there goes nowhere");
        return new()
        {
            // What waits for a channel that is not there would wait for ever.
            Rules = [.. rules.Select(rule => rule with { Channels = [.. rule.Channels.Intersect(known)] })],
            DefaultChannels = [.. byDefault.Intersect(known)],
            DefaultSeverity = reader.Read(Settings.DefaultSeverity),
            PublicUrl = http.PublicUrl ?? (http.Urls[0].Port > 0 ? http.Urls[0] : null),
            MaxAge = reader.Read(Settings.AlertMaxAge),
            MaxAttempts = reader.Read(Settings.MaxAttempts),
        };
    }

    private static IEnumerable<string> Names(ChannelOptions channels)
    {
        if (channels.SlackWebhook is not null) yield return "slack";
        if (channels.Webhook is not null) yield return "webhook";
    }

    private List<AlertRule> BindRules()
    {
        ConfigNode? node = reader.Read(Settings.AlertRules);
        List<AlertRule> rules = ReadRules(Settings.AlertRules.Key, node);
        reader.Value(Settings.AlertRules.Key, string.Join("; ", rules.Select(Show)), node?.Origin ?? Origin.Default);
        return rules;
    }

    private List<AlertRule> ReadRulesFile()
    {
        if (reader.Read(Settings.RulesFile, out Origin origin) is not { } path) return [];
        try
        {
            ConfigMap file = ConfigFile.Parse(File.ReadAllText(path), Path.GetFileName(path));
            var map = MapReader.Of(Settings.RulesFile.Key, file, reader)!;
            List<AlertRule> rules = ReadRules($"{Path.GetFileName(path)}: rules", map.Node("rules"));
            map.Done();
            return rules;
        }
        catch (FormatException error)
        {
            reader.Mistake(Settings.RulesFile.Key, $"{path}: {error.Message}", origin);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            reader.Mistake(Settings.RulesFile.Key, $"the file {Kinds.Quote(path)} can't be read", origin);
        }

        return [];
    }

    private List<AlertRule> ReadRules(string key, ConfigNode? node)
    {
        var rules = new List<AlertRule>();
        foreach (MapReader item in MapReader.Items(key, node, reader))
        {
            string? metric = item.Required("metric", Kinds.Text);
            Engine.Anomalies.Severity severity = item.Value("severity", Kinds.Severities, Engine.Anomalies.Severity.Info);
            IReadOnlyList<string>? channels = item.Required("channels", Kinds.Texts);
            item.Done();
            if (metric is not null && channels is not null) rules.Add(new(metric, severity, channels));
        }

        return rules;
    }

    private static string Show(AlertRule rule) => $"{rule.Metric} from {Kinds.Severities.Format(rule.Severity)} → {string.Join(",", rule.Channels)}";
}
