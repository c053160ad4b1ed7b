using System.CommandLine;
using System.Data.Common;
using Oddity.Engine;
using Oddity.Server.Logging;

namespace Oddity.Server.Commands;

/// <summary>Runs a command; the one place that turns failures into messages and exit codes.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(RootCommand root, string[] args, TextWriter output, TextWriter error)
    {
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (string mistake in parsed.Errors.Select(mistake => mistake.Message).Distinct()) await error.WriteLineAsync(Printable.Escape(mistake));
            await error.WriteLineAsync($"See: oddity {string.Join(' ', Verbs(parsed).Append("--help"))}");
            return ExitCode.Usage;
        }

        try
        {
            // The host of `serve` listens to signals by itself and drains; a second listener with a time limit would cut that short.
            return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = output, Error = error });
        }
        catch (Exception failure)
        {
            (int code, string message) = Explain(failure);
            foreach (string line in failure is UsageException ? message.Split('\n') : [message]) await error.WriteLineAsync(Printable.Escape(line));
            return code;
        }
    }

    private static (int Code, string Message) Explain(Exception failure) => failure switch
    {
        UsageException => (ExitCode.Usage, failure.Message),
        DataDirectoryInUseException => (ExitCode.DataDirectoryInUse, failure.Message),
        IOException or UnauthorizedAccessException or InvalidDataException or DbException => (ExitCode.InputOutput, failure.Message),
        _ => (ExitCode.Failed, $"oddity failed: {failure}"),
    };

    /// <summary>The verbs that were understood, for the hint at help.</summary>
    private static Stack<string> Verbs(ParseResult parsed)
    {
        var verbs = new Stack<string>();
        Command? command = parsed.CommandResult.Command;
        for (; command is not (null or RootCommand); command = command.Parents.OfType<Command>().FirstOrDefault()) verbs.Push(command.Name);
        return verbs;
    }
}
