using System.Collections;
using System.CommandLine;
using Oddity.Server.Configuration;
using Oddity.Server.Logging;

namespace Oddity.Server.Commands;

/// <summary>Options of the command line that stand for settings, made from the catalogue so that help and configuration can't differ.</summary>
internal static class SettingOptions
{
    public static Option<string> ConfigFile() => new("--config")
    {
        Description = $"File of settings. Default: {ConfigurationLoader.DefaultFile} of the working directory, if there is one.",
        HelpName = "FILE",
    };

    /// <summary>An option for a setting; a flag for one that is true or false.</summary>
    public static Option For(Setting setting, string helpName) => setting is Setting<bool> { Kind.Name: var kind } && kind == Kinds.Flag.Name
        ? new Option<bool>(setting.Option!) { Description = setting.Description }
        : new Option<string>(setting.Option!)
        {
            Description = $"{setting.Description} Default: {setting.DefaultShown}. ({setting.Variable})",
            HelpName = helpName,
        };

    /// <summary>Reads the configuration with the options that were given.</summary>
    public static LoadedConfiguration Load(ParseResult parsed, Option<string>? config, IEnumerable<Option> settings) =>
        ConfigurationLoader.Load(config is null ? null : parsed.GetValue(config), Given(parsed, settings), ProcessEnvironment());

    /// <summary>The same, refusing mistakes.</summary>
    /// <exception cref="UsageException">There are some; the message names them all.</exception>
    public static ServerOptions LoadOrRefuse(ParseResult parsed, Option<string> config, IEnumerable<Option> settings, TextWriter error)
    {
        LoadedConfiguration loaded = Load(parsed, config, settings);
        IEnumerable<string> mistakes = loaded.Mistakes.Select(mistake => Printable.Escape(mistake.ToString()));
        if (loaded.Mistakes.Count > 0) throw new UsageException(string.Join('\n', mistakes));
        foreach (string notice in loaded.Notices) error.WriteLine($"note: {notice}");
        return loaded.Options;
    }

    public static IReadOnlyDictionary<string, string> ProcessEnvironment() => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);

    private static Dictionary<string, string> Given(ParseResult parsed, IEnumerable<Option> settings)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Option option in settings)
        {
            if (parsed.GetResult(option) is not { Implicit: false } result) continue;
            given[option.Name] = option is Option<bool> flag
                ? (parsed.GetValue(flag) ? "true" : "false")
                : string.Join(' ', result.Tokens.Select(token => token.Value));
        }

        return given;
    }
}
