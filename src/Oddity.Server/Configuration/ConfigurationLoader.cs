namespace Oddity.Server.Configuration;

/// <summary>Reads the configuration from all its places and tells all mistakes together.</summary>
internal static class ConfigurationLoader
{
    /// <summary>The file that is read from the working directory where no other is named.</summary>
    public const string DefaultFile = "oddity.yml";

    /// <summary>Loads.</summary>
    /// <param name="path">oddity.yml or another; null: ODDITY_CONFIG, or oddity.yml of the working directory where there is one.</param>
    /// <param name="options">Options of the command line that were given, by name.</param>
    /// <param name="environment">The environment.</param>
    public static LoadedConfiguration Load(string? path, IReadOnlyDictionary<string, string> options, IReadOnlyDictionary<string, string> environment)
    {
        path ??= environment.GetValueOrDefault("ODDITY_CONFIG") is { Length: > 0 } named ? named : null;
        string name = path ?? DefaultFile;
        Mistake? broken = null;
        var file = new ConfigMap([], Origin.Default);
        try
        {
            if (path is not null || File.Exists(DefaultFile)) file = ConfigFile.Parse(File.ReadAllText(name), Path.GetFileName(name));
        }
        catch (FormatException error)
        {
            broken = new(name, error.Message, null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            broken = new(name, error is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : "the file can't be read", null);
        }

        return Bind(new(options, environment, file), broken);
    }

    private static LoadedConfiguration Bind(SettingSources sources, Mistake? broken)
    {
        var reader = new SettingReader(sources);
        ServerOptions options = new OptionsBinder(reader).Bind();
        UnknownKeys.Report(reader);
        Mistake[] mistakes = [.. broken is null ? [] : (Mistake[])[broken], .. reader.Mistakes];
        return new(options, InOrder(reader.Values), mistakes, [.. reader.Notices, .. LaterNames.Notices(sources.Environment)]);
    }

    /// <summary>The catalogue's order, parameters of detectors beside their setting.</summary>
    private static IReadOnlyList<SettingValue> InOrder(IReadOnlyList<SettingValue> values)
    {
        var keys = Settings.All.Select((setting, index) => (setting.Key, index)).ToDictionary(pair => pair.Key, pair => pair.index);
        int parameters = keys[Settings.Parameters.Key];
        return [.. values.OrderBy(value => keys.GetValueOrDefault(value.Key, parameters)).ThenBy(value => value.Key, StringComparer.Ordinal)];
    }
}
