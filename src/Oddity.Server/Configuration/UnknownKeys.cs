namespace Oddity.Server.Configuration;

/// <summary>Finds what is written but means nothing: a misspelt key must not pass for a default.</summary>
internal static class UnknownKeys
{
    private const string Prefix = "ODDITY_";

    /// <summary>Names that container platforms set by themselves for a service called "oddity", and the ones that are no settings.</summary>
    private static readonly string[] Foreign = ["ODDITY_CONFIG", "ODDITY_TOKEN", "ODDITY_SERVICE_", "ODDITY_PORT"];

    public static void Report(SettingReader reader)
    {
        Walk(reader.Sources.File, "", reader);
        foreach ((string name, string text) in reader.Sources.Environment)
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal) || text.Length == 0) continue;
            if (Foreign.Any(foreign => name.StartsWith(foreign, StringComparison.Ordinal))) continue;
            string key = name[Prefix.Length..].Replace("__", ".", StringComparison.Ordinal).ToLowerInvariant();
            if (IsKnown(key) || IsParameter(key) || IsSecretFile(key)) continue;
            reader.Mistake(name, $"unknown setting{Suggestion.For(name, Settings.All.Select(setting => setting.Variable))}", Origin.Variable(name));
        }
    }

    private static void Walk(ConfigMap map, string section, SettingReader reader)
    {
        foreach ((string name, ConfigNode node) in map.Entries)
        {
            string key = section + name;
            if (IsKnown(key) || IsSecretFile(key)) continue;
            bool isSection = Settings.All.Any(setting => setting.Key.StartsWith(key + ".", StringComparison.Ordinal));
            if (isSection && node is ConfigMap inner) Walk(inner, key + ".", reader);
            else if (isSection && node is not ConfigScalar { Text: "" }) reader.Mistake(key, "a section with names of its own is expected here", node.Origin);
            else if (!isSection) reader.Mistake(key, $"unknown setting{Suggest(section, name)}", node.Origin);
        }
    }

    private static string Suggest(string section, string name)
    {
        IEnumerable<string> siblings = Settings.All
            .Where(setting => setting.Key.StartsWith(section, StringComparison.Ordinal))
            .Select(setting => setting.Key[section.Length..].Split('.')[0])
            .Distinct();
        if (Suggestion.For(name, siblings) is { Length: > 0 } near) return near;
        Setting? elsewhere = Settings.All.FirstOrDefault(setting => setting.Key.EndsWith("." + name, StringComparison.Ordinal));
        return elsewhere is null ? "" : $"; did you mean '{elsewhere.Key}'?";
    }

    private static bool IsKnown(string key) => Settings.Find(key) is not null;

    private static bool IsSecretFile(string key) => key.EndsWith("_file", StringComparison.Ordinal) && Settings.Find(key[..^5]) is { Secret: true };

    private static bool IsParameter(string key) => key.StartsWith(Settings.Parameters.Key + ".", StringComparison.Ordinal) && key.Split('.').Length == 4;
}
