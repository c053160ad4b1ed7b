using System.CommandLine;
using Oddity.Engine;
using Oddity.Engine.Storage;
using Oddity.Server.Configuration;
using Oddity.Server.Logging;

namespace Oddity.Server.Commands;

/// <summary>What commands share that look into a data directory while no server has it open.</summary>
internal sealed class StoredData
{
    private readonly Option<string> _config = SettingOptions.ConfigFile();
    private readonly Option _directory = SettingOptions.For(Settings.DataDir, "DIR");

    public void AddTo(Command command)
    {
        command.Add(_directory);
        command.Add(_config);
    }

    /// <summary>Opens the data directory, applies what was logged by the rules the server had, and lets the command look; alerts that wait stay where they are.</summary>
    public async Task UseAsync(ParseResult parsed, Func<Pipeline, Task> look)
    {
        ServerOptions options = SettingOptions.LoadOrRefuse(parsed, _config, [_directory], parsed.InvocationConfiguration.Error);
        string directory = options.Engine.DataDirectory;
        if (!Directory.Exists(directory)) throw new DirectoryNotFoundException($"There is no data directory '{directory}'.");
        using ILoggerFactory loggers = Log.Create(LogLevel.Warning, TimeProvider.System);
        await using Pipeline pipeline = Pipeline.Open(LastOptions.Read(options.Engine), [], TimeProvider.System, loggers);
        await pipeline.Recovered;
        await look(pipeline);
    }
}
