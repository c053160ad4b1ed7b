using System.CommandLine;
using Oddity.Engine.Verification;
using Oddity.Server.Logging;

namespace Oddity.Server.Commands;

/// <summary>`oddity verify ID`: computes an anomaly once more from the samples it is about and compares field by field.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var data = new StoredData();
        var id = new Argument<string>("ID") { Description = "Id of the anomaly, 32 hexadecimal digits." };
        var command = new Command("verify", "Recomputes one anomaly from the stored samples and compares. Exit code 0: equal, 70: different, 74: no longer possible.") { id };
        data.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            int code = ExitCode.Done;
            await data.UseAsync(parsed, async pipeline =>
            {
                Verification verification = await pipeline.VerifyAsync(parsed.GetValue(id)!, cancel)
                    ?? throw new UsageException($"There is no anomaly '{parsed.GetValue(id)}' in this data directory.");
                code = await WriteAsync(parsed.InvocationConfiguration.Output, verification);
            });
            return code;
        });
        return command;
    }

    private static async Task<int> WriteAsync(TextWriter output, Verification verification)
    {
        (string word, int code) = verification.Verdict switch
        {
            VerificationVerdict.Equal => ("equal", ExitCode.Done),
            VerificationVerdict.Different => ("different", ExitCode.Failed),
            _ => ("not possible", ExitCode.InputOutput),
        };
        await output.WriteAsync(Printable.Escape($"{word}: {verification.Stored.Id} of {verification.Stored.Series.Text}. {verification.Text}") + "\n");
        foreach (VerificationDifference difference in verification.Differences)
            await output.WriteAsync(Printable.Escape($"  {difference.Field}: stored {Shown(difference.Stored)}, recomputed {Shown(difference.Recomputed)}") + "\n");
        return code;
    }

    private static string Shown(string json) => json.Length == 0 ? "nothing" : json.Length > 300 ? $"{json[..300]}…" : json;
}
