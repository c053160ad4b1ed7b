using System.CommandLine;
using Oddity.Server.Api;
using Oddity.Server.Configuration;
using Oddity.Server.Logging;

namespace Oddity.Server.Commands;

/// <summary>`oddity serve`: the server, until a signal stops it. <see cref="Program.StartAsync"/> shows what it consists of.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        Option<string> config = SettingOptions.ConfigFile();
        Option[] settings =
        [
            SettingOptions.For(Settings.DataDir, "DIR"),
            SettingOptions.For(Settings.Urls, "URL"),
            SettingOptions.For(Settings.Port, "PORT"),
            SettingOptions.For(Settings.Role, "all"),
            SettingOptions.For(Settings.AuthRequired, "required|none"),
            SettingOptions.For(Settings.Detector, "ID"),
            SettingOptions.For(Settings.Simulator, ""),
        ];
        const string Summary = "Runs the server: takes metrics in, watches them, shows what is odd. More settings: oddity config explain";
        var command = new Command("serve", Summary) { config };
        foreach (Option option in settings) command.Add(option);
        command.SetAction((parsed, _) =>
        {
            InvocationConfiguration console = parsed.InvocationConfiguration;
            return RunAsync(SettingOptions.LoadOrRefuse(parsed, config, settings, console.Error), console.Output);
        });
        return command;
    }

    private static async Task<int> RunAsync(ServerOptions options, TextWriter output)
    {
        using ILoggerFactory loggers = Log.Create(options.LogLevel, TimeProvider.System);
        await using RunningServer server = await Program.StartAsync(options, TimeProvider.System, loggers);
        await output.WriteLineAsync($"Oddity {Build.Version} is at {server.Address.GetLeftPart(UriPartial.Authority)}");
        if (server.SetupToken is { } token)
            await output.WriteLineAsync($"Make the first account here, once: {new Uri(server.Address, "/setup")}#token={token}");
        if (!options.Auth.Required) await output.WriteLineAsync("Sign-in is off: whoever reaches it may do everything.");
        await output.WriteLineAsync("Ctrl+C stops it.");
        await output.FlushAsync();
        try
        {
            await server.WaitAsync();
            return ExitCode.Done;
        }
        catch (Exception failure)
        {
            loggers.CreateLogger(nameof(Oddity)).LogCritical(failure, "A part of the server failed; stopping");
            return ExitCode.Failed;
        }
    }
}
