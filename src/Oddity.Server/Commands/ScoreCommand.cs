using System.CommandLine;
using Oddity.Detection;
using Oddity.Server.Configuration;
using Oddity.Server.Logging;

namespace Oddity.Server.Commands;

/// <summary>`oddity score`: streams files through a detector and writes a CSV for each.</summary>
internal static class ScoreCommand
{
    public static Command Create()
    {
        var inputs = new Argument<string[]>("INPUT")
        {
            Description = "Files (CSV, JSON, NDJSON, TXT, each also as .gz) and folders of such.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var output = new Option<string>("--out") { Description = "Folder that gets one CSV per input, under the input's relative path.", HelpName = "DIR" };
        var list = new Option<bool>("--list") { Description = "Names the detectors there are." };
        Option detector = SettingOptions.For(Settings.Detector, "ID");
        Option<string> config = SettingOptions.ConfigFile();
        var command = new Command("score", "Scores files row by row, one row out for each row in, by the same rules as the server.")
        {
            inputs, output, detector, config, list,
        };
        command.SetAction((parsed, cancel) =>
        {
            InvocationConfiguration console = parsed.InvocationConfiguration;
            if (parsed.GetValue(list)) return Task.FromResult(List(console.Output));
            if (parsed.GetValue(inputs) is not { Length: > 0 } given) throw new UsageException("Name at least one INPUT, or ask for --list.");
            if (parsed.GetValue(output) is not { } folder) throw new UsageException("--out DIR is missing.");
            ServerOptions options = SettingOptions.LoadOrRefuse(parsed, config, [detector], console.Error);
            return RunAsync(ScoreInput.Find(given), folder, options, console.Error, cancel);
        });
        return command;
    }

    private static int List(TextWriter output)
    {
        int width = DetectorCatalogue.All.Max(entry => entry.Id.Length);
        foreach (DetectorEntry entry in DetectorCatalogue.All) output.WriteLine($"{entry.Id.PadRight(width)}  {entry.Summary}");
        return ExitCode.Done;
    }

    /// <summary>Files side by side, each from its first row to its last.</summary>
    private static async Task<int> RunAsync(IReadOnlyList<ScoreInput> inputs, string folder, ServerOptions options, TextWriter error, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var failures = new List<string>();
        long rows = 0, odd = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancel };
        await ScoreProgress.RunAsync("scoring", inputs.Sum(input => input.Bytes), progress => Parallel.ForEachAsync(inputs, parallel, (input, stop) =>
        {
            ScoredFile scored = FileScorer.Score(input, folder, options.Engine.Watch, progress, stop);
            Interlocked.Add(ref rows, scored.Rows);
            Interlocked.Add(ref odd, scored.Odd);
            if (scored.Failure is { } failure) lock (failures) failures.Add($"{input.Path}: {failure}");
            return ValueTask.CompletedTask;
        }));
        foreach (string failure in failures.Order(StringComparer.Ordinal)) await error.WriteLineAsync(Printable.Escape(failure));
        await error.WriteLineAsync(FormattableString.Invariant($"{inputs.Count} files, {rows} rows, {odd} of them odd."));
        return failures.Count == 0 ? ExitCode.Done : ExitCode.InputOutput;
    }
}
