using System.CommandLine;
using Oddity.Server.Configuration;
using Oddity.Server.Logging;

namespace Oddity.Server.Commands;

/// <summary>`oddity config check|explain`: what would hold if the server started here and now.</summary>
internal static class ConfigCommand
{
    public static Command Create() => new("config", "Looks at the settings without starting anything.") { Check(), Explain(), Document() };

    private static Command Check()
    {
        Argument<string?> file = File();
        var command = new Command("check", "Tells all mistakes at once, each with its key and place. Exit code 64 if there are any.") { file };
        command.SetAction(parsed =>
        {
            LoadedConfiguration loaded = Load(parsed, file);
            (TextWriter output, TextWriter error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            foreach (Mistake mistake in loaded.Mistakes) error.WriteLine(Printable.Escape(mistake.ToString()));
            foreach (string notice in loaded.Notices) error.WriteLine(Printable.Escape($"note: {notice}"));
            if (loaded.Mistakes.Count == 0) output.WriteLine("The configuration is good.");
            return loaded.Mistakes.Count == 0 ? ExitCode.Done : ExitCode.Usage;
        });
        return command;
    }

    private static Command Explain()
    {
        Argument<string?> file = File();
        var command = new Command("explain", "Shows every setting with its value and where it came from; secrets as ***.") { file };
        command.SetAction(parsed =>
        {
            LoadedConfiguration loaded = Load(parsed, file);
            TextWriter output = parsed.InvocationConfiguration.Output;
            int width = loaded.Values.Max(value => value.Key.Length);
            foreach (SettingValue value in loaded.Values) output.WriteLine(Printable.Escape($"{value.Key.PadRight(width)} = {Shown(value)}  ({value.Origin})"));
            foreach (string notice in loaded.Notices) output.WriteLine(Printable.Escape($"note: {notice}"));
            foreach (Mistake mistake in loaded.Mistakes) parsed.InvocationConfiguration.Error.WriteLine(Printable.Escape(mistake.ToString()));
            return loaded.Mistakes.Count == 0 ? ExitCode.Done : ExitCode.Usage;
        });
        return command;
    }

    /// <summary>A default that is no text is told in words.</summary>
    private static string Shown(SettingValue value) =>
        value.Origin == Origin.Default && Settings.Find(value.Key) is { } setting ? setting.DefaultShown : value.Text;

    private static Command Document()
    {
        var command = new Command("document", "Writes the reference of all settings as Markdown, as in docs/configuration.md.");
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.Write(SettingsDocument.Write()));
        return command;
    }

    private static Argument<string?> File() => new("FILE")
    {
        Description = $"File of settings. Default: {ConfigurationLoader.DefaultFile} of the working directory, if there is one.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static LoadedConfiguration Load(ParseResult parsed, Argument<string?> file) =>
        ConfigurationLoader.Load(parsed.GetValue(file), new Dictionary<string, string>(), SettingOptions.ProcessEnvironment());
}
