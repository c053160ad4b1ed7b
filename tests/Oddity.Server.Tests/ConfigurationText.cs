using Oddity.Server.Configuration;

namespace Oddity.Server.Tests;

/// <summary>Loads configurations that are given as text.</summary>
internal static class ConfigurationText
{
    public static LoadedConfiguration Load(string yaml = "", Dictionary<string, string>? environment = null, Dictionary<string, string>? options = null)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("oddity-config-").FullName, "oddity.yml");
        try
        {
            File.WriteAllText(path, yaml);
            return ConfigurationLoader.Load(path, options ?? [], environment ?? []);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    public static ServerOptions Good(string yaml = "", Dictionary<string, string>? environment = null, Dictionary<string, string>? options = null)
    {
        LoadedConfiguration loaded = Load(yaml, environment, options);
        loaded.Mistakes.Select(mistake => mistake.ToString()).ShouldBeEmpty();
        return loaded.Options;
    }

    public static string[] Mistakes(string yaml = "", Dictionary<string, string>? environment = null, Dictionary<string, string>? options = null) =>
        [.. Load(yaml, environment, options).Mistakes.Select(mistake => mistake.ToString())];
}
