using System.CommandLine;

namespace Oddity.Server.Commands;

/// <summary>`oddity export anomalies`: all anomalies as canonical NDJSON, the same wherever the same samples went in.</summary>
internal static class ExportCommand
{
    public static Command Create() => new("export", "Writes what is stored to standard output.") { Anomalies() };

    private static Command Anomalies()
    {
        var data = new StoredData();
        var command = new Command("anomalies", "One JSON object a line, ordered by tenant, series, detector, start and id; no wall-clock fields.");
        data.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            await data.UseAsync(parsed, async pipeline =>
            {
                await foreach (string line in pipeline.ExportAnomaliesAsync(null, cancel)) await output.WriteAsync($"{line}\n");
            });
            return ExitCode.Done;
        });
        return command;
    }
}
