using System.CommandLine;
using System.Globalization;
using Oddity.Engine.Storage.Copies;
using Oddity.Server.Configuration;

namespace Oddity.Server.Commands;

/// <summary>`oddity restore FROM`: makes a data directory of a backup, after checking every file of it.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var from = new Argument<string>("FROM") { Description = "Folder of a backup." };
        Option<string> config = SettingOptions.ConfigFile();
        Option directory = SettingOptions.For(Settings.DataDir, "DIR");
        var command = new Command("restore", "Checks a backup and puts it into a data directory that is empty or not there yet.") { from };
        command.Add(directory);
        command.Add(config);
        command.SetAction(async (parsed, cancel) =>
        {
            string data = SettingOptions.LoadOrRefuse(parsed, config, [directory], parsed.InvocationConfiguration.Error).Engine.DataDirectory;
            string source = parsed.GetValue(from)!;
            BackupManifest manifest = BackupManifest.Read(source);
            await ScoreProgress.RunAsync("Restoring", manifest.Files.Sum(file => file.Bytes), copied => Task.Run(
                () => Backup.Restore(source, data, bytes =>
                {
                    cancel.ThrowIfCancellationRequested();
                    copied(bytes);
                }),
                cancel));
            await parsed.InvocationConfiguration.Output.WriteAsync(string.Create(
                CultureInfo.InvariantCulture, $"{data}: {manifest.Files.Count} files of the backup of {manifest.Created}\n"));
            return ExitCode.Done;
        });
        return command;
    }
}
