using System.CommandLine;
using System.Globalization;
using Oddity.Engine;

namespace Oddity.Server.Commands;

/// <summary>`oddity digest`: a fingerprint of all series state, to compare two machines or two runs.</summary>
internal static class DigestCommand
{
    public static Command Create()
    {
        var data = new StoredData();
        var command = new Command("digest", "Prints the SHA-256 of all series state, the number of series and the last batch applied.");
        data.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await data.UseAsync(parsed, async pipeline =>
            {
                StateDigest digest = await pipeline.DigestAsync(cancel);
                await parsed.InvocationConfiguration.Output.WriteAsync(
                    string.Create(CultureInfo.InvariantCulture, $"{digest.Sha256}  series={digest.Series} last_applied={digest.LastApplied}\n"));
            });
            return ExitCode.Done;
        });
        return command;
    }
}
