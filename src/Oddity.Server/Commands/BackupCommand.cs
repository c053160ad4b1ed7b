using System.CommandLine;
using System.Globalization;
using Oddity.Engine.Storage.Copies;
using Oddity.Server.Configuration;

namespace Oddity.Server.Commands;

/// <summary>`oddity backup DIR`: a copy of the data directory, also while a server runs on it.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var to = new Argument<string>("DIR") { Description = "Folder for the backup; empty or not there yet." };
        Option<string> config = SettingOptions.ConfigFile();
        Option directory = SettingOptions.For(Settings.DataDir, "DIR");
        var command = new Command("backup", "Copies the data directory, also while a server runs on it, with checksums; oddity restore takes it back.") { to };
        command.Add(directory);
        command.Add(config);
        command.SetAction(async (parsed, cancel) =>
        {
            string data = SettingOptions.LoadOrRefuse(parsed, config, [directory], parsed.InvocationConfiguration.Error).Engine.DataDirectory;
            if (!Directory.Exists(data)) throw new DirectoryNotFoundException($"There is no data directory '{data}'.");
            string target = parsed.GetValue(to)!;
            BackupManifest manifest = null!;
            await ScoreProgress.RunAsync("Backing up", Backup.SizeOf(data), copied => Task.Run(
                () => manifest = Backup.Create(data, target, TimeProvider.System.GetUtcNow(), bytes =>
                {
                    cancel.ThrowIfCancellationRequested();
                    copied(bytes);
                }),
                cancel));
            await parsed.InvocationConfiguration.Output.WriteAsync(string.Create(
                CultureInfo.InvariantCulture, $"{target}: {manifest.Files.Count} files, {manifest.Files.Sum(file => file.Bytes)} bytes, applied {manifest.Applied}\n"));
            return ExitCode.Done;
        });
        return command;
    }
}
