namespace Oddity.Server.Configuration;

/// <summary>
/// The places settings are written: options of the command line, environment, oddity.yml. Finds what was written for a setting; judges nothing.
/// </summary>
/// <param name="options">Option name to text, for those that were given.</param>
/// <param name="environment">The process's environment.</param>
/// <param name="file">oddity.yml; empty where there is none.</param>
internal sealed class SettingSources(IReadOnlyDictionary<string, string> options, IReadOnlyDictionary<string, string> environment, ConfigMap file)
{
    /// <summary>Most bytes of a secret's file.</summary>
    private const int MaxSecretBytes = 64 << 10;

    public ConfigMap File => file;

    public IReadOnlyDictionary<string, string> Environment => environment;

    /// <summary>All that was written for a setting, strongest first. An empty variable counts as not written.</summary>
    /// <param name="setting">Which.</param>
    /// <param name="mistakes">Gets secret files that can't be read.</param>
    public List<ConfigNode> Find(Setting setting, ICollection<Mistake> mistakes)
    {
        var found = new List<ConfigNode>();
        if (setting.Option is { } option && options.TryGetValue(option, out string? given)) found.Add(new ConfigScalar(given, Origin.Option(option)));
        foreach (string name in setting.Variables)
        {
            if (environment.GetValueOrDefault(name) is { Length: > 0 } text) found.Add(new ConfigScalar(text, Origin.Variable(name)));
            if (setting.Secret && environment.GetValueOrDefault(name + "_FILE") is { Length: > 0 } path)
                Add(found, ReadSecret(setting.Key, path, Origin.Variable(name + "_FILE"), mistakes));
        }

        if (InFile(setting.Key) is { } written) found.Add(written);
        if (setting.Secret && InFile(setting.Key + "_file") is ConfigScalar named) Add(found, ReadSecret(setting.Key, named.Text, named.Origin, mistakes));
        return found;
    }

    /// <summary>What oddity.yml says at a path; null for nothing.</summary>
    public ConfigNode? InFile(string key)
    {
        ConfigNode? node = file;
        foreach (string name in key.Split('.')) node = (node as ConfigMap)?.Find(name);
        return node;
    }

    private static void Add(List<ConfigNode> found, ConfigNode? node)
    {
        if (node is not null) found.Add(node);
    }

    /// <summary>The file's text without the line end that editors add.</summary>
    private static ConfigScalar? ReadSecret(string key, string path, Origin origin, ICollection<Mistake> mistakes)
    {
        try
        {
            if (new FileInfo(path).Length <= MaxSecretBytes) return new(System.IO.File.ReadAllText(path).TrimEnd('\r', '\n'), origin);
            mistakes.Add(new(key, $"the file {Kinds.Quote(path)} is too long for a secret", origin));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            mistakes.Add(new(key, $"the file {Kinds.Quote(path)} can't be read", origin));
        }

        return null;
    }
}
