using System.CommandLine;
using Oddity.Server.Logging;

namespace Oddity.Server.Commands;

/// <summary>`oddity templates`: finds the templates of log files and writes a CSV for each.</summary>
internal static class TemplatesCommand
{
    private static readonly string[] Extensions = [".log", ".txt", ".csv", ".tsv"];

    public static Command Create()
    {
        var inputs = new Argument<string[]>("INPUT")
        {
            Description = "Files of log lines: text, or CSV and TSV with a column 'content' (each also as .gz); and folders of such.",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string>("--out")
        {
            Description = "Folder that gets one CSV per input, under the input's relative path.",
            HelpName = "DIR",
            Required = true,
        };
        var command = new Command("templates", "Groups log lines by what they say, whatever names and numbers are in them. Nothing to set.") { inputs, output };
        command.SetAction((parsed, cancel) =>
            RunAsync(Named(ScoreInput.Find(parsed.GetRequiredValue(inputs), Extensions)), parsed.GetRequiredValue(output), parsed.InvocationConfiguration.Error, cancel));
        return command;
    }

    /// <summary>Whatever the input is, what comes out is a CSV.</summary>
    private static ScoreInput[] Named(IReadOnlyList<ScoreInput> inputs)
    {
        ScoreInput[] named = [.. inputs.Select(input => input.Relative.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? input : input with { Relative = $"{input.Relative}.csv" })];
        if (named.GroupBy(input => input.Relative, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new UsageException($"Two inputs would be written to '{twice.Key}': {string.Join(", ", twice.Select(input => input.Path))}.");
        return named;
    }

    /// <summary>Files side by side, each by itself.</summary>
    private static async Task<int> RunAsync(ScoreInput[] inputs, string folder, TextWriter error, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var failures = new List<string>();
        long lines = 0, templates = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancel };
        await ScoreProgress.RunAsync("reading", inputs.Sum(input => input.Bytes), progress => Parallel.ForEachAsync(inputs, parallel, (input, stop) =>
        {
            try
            {
                (long read, long found) = TemplateFile.Mine(input, folder, progress, stop);
                Interlocked.Add(ref lines, read);
                Interlocked.Add(ref templates, found);
            }
            catch (InvalidDataException failure)
            {
                lock (failures) failures.Add($"{input.Path}: {failure.Message}");
            }

            return ValueTask.CompletedTask;
        }));
        foreach (string failure in failures.Order(StringComparer.Ordinal)) await error.WriteLineAsync(Printable.Escape(failure));
        await error.WriteLineAsync(FormattableString.Invariant($"{inputs.Length} files, {lines} lines, {templates} templates."));
        return failures.Count == 0 ? ExitCode.Done : ExitCode.InputOutput;
    }
}
