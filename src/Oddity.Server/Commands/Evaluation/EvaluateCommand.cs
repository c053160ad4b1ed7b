using System.CommandLine;
using System.Globalization;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Files;
using Oddity.Detection;
using Oddity.Engine.Series;
using Oddity.Server.Configuration;
using Oddity.Server.Logging;

namespace Oddity.Server.Commands;

/// <summary>`oddity evaluate`: scores labelled data and prints how good that was.</summary>
internal static class EvaluateCommand
{
    /// <summary>Width of VUS-PR's buffers where several values have no one season.</summary>
    private const int VectorSeason = 100;

    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "Folder of labelled data: CSV files (.gz) with a column 'label', or the layout of the Numenta benchmark." };
        var all = new Option<bool>("--all") { Description = "Compares all detectors, each by itself with its parameters; rules and limits of the configuration play no part." };
        var skip = new Option<string>("--skip") { Description = "Share of each series at its start that is scored but not judged, such as 0.5 or 2/3. Default: 0.", HelpName = "SHARE" };
        var window = new Option<int?>("--window") { Description = "Width in rows of the buffers of VUS-PR. Default: the season of each series; 100 for wide files.", HelpName = "ROWS" };
        Option detector = SettingOptions.For(Settings.Detector, "ID");
        Option<string> config = SettingOptions.ConfigFile();
        var command = new Command("evaluate", "Scores labelled data and prints how good that was: NAB profiles, delay-F1, event-F1, false alarms, AUC-PR, VUS-PR.")
        {
            folder, detector, all, skip, window, config,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(all) && parsed.GetResult(detector) is { Implicit: false }) throw new UsageException("--all and --detector exclude each other.");
            if (parsed.GetValue(window) is < 0 or > 10_000) throw new UsageException("--window: a number of rows from 0 to 10000.");
            double share = ParseShare(parsed.GetValue(skip));
            InvocationConfiguration console = parsed.InvocationConfiguration;
            ServerOptions options = SettingOptions.LoadOrRefuse(parsed, config, [detector], console.Error);
            IReadOnlyList<LabelledInput> inputs = LabelledData.Find(parsed.GetValue(folder)!);
            if (share > 0 && inputs[0].Windows is not null) throw new UsageException("--skip: the rule of the Numenta benchmark has its own probation.");
            var run = new Run(inputs, share, parsed.GetValue(window), console.Error);
            return parsed.GetValue(all) ? await CompareAsync(run, options, console.Output, cancel) : await EvaluateAsync(run, options, console.Output, cancel);
        });
        return command;
    }

    private static async Task<int> EvaluateAsync(Run run, ServerOptions options, TextWriter output, CancellationToken cancel)
    {
        WatchOptions watch = options.Engine.Watch;
        if (await run.ScoreAsync([watch], cancel) is not [{ } figures]) return ExitCode.InputOutput;
        EvaluationReport.Write(output, watch.Detector, figures);
        return run.Failed ? ExitCode.InputOutput : ExitCode.Done;
    }

    private static async Task<int> CompareAsync(Run run, ServerOptions options, TextWriter output, CancellationToken cancel)
    {
        string[] ids = [.. DetectorCatalogue.All.Select(entry => entry.Id)];
        WatchOptions[] watches = [.. ids.Select(id => options.Engine.Watch with { Detector = id, Rules = [], Limits = [] })];
        IReadOnlyList<DetectorFigures> figures = await run.ScoreAsync(watches, cancel);
        if (figures.Count == 0) return ExitCode.InputOutput;
        EvaluationReport.WriteTable(output, [.. ids.Zip(figures)]);
        return run.Failed ? ExitCode.InputOutput : ExitCode.Done;
    }

    private static double ParseShare(string? text)
    {
        if (text is null) return 0;
        string[] parts = text.Split('/', 2);
        double[] numbers = [.. parts.Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN)];
        double share = numbers.Length == 2 ? numbers[0] / numbers[1] : numbers[0];
        return share is >= 0 and < 1 ? share : throw new UsageException($"--skip: '{Printable.Escape(text)}' is no share from 0 to below 1, such as 0.5 or 2/3.");
    }

    /// <summary>Scores all files, as many at a time as there are processors; one detector after the other, so that memory holds one set of scores.</summary>
    private sealed class Run(IReadOnlyList<LabelledInput> inputs, double skip, int? window, TextWriter error)
    {
        /// <summary>A file could not be read; it was reported.</summary>
        public bool Failed { get; private set; }

        /// <summary>The figures of each; none where nothing is labelled, which was reported.</summary>
        public async Task<IReadOnlyList<DetectorFigures>> ScoreAsync(WatchOptions[] watches, CancellationToken cancel)
        {
            var figures = new List<DetectorFigures>();
            var failures = new SortedSet<string>(StringComparer.Ordinal);
            int unlabelled = 0;
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancel };
            await ScoreProgress.RunAsync("evaluating", watches.Length * inputs.Sum(input => input.File.Bytes), async progress =>
            {
                foreach (WatchOptions watch in watches)
                {
                    var judged = new IReadOnlyList<EvaluatedSeries>[inputs.Count];
                    unlabelled = 0;
                    await Parallel.ForEachAsync(Enumerable.Range(0, inputs.Count), parallel, (i, stop) =>
                    {
                        (judged[i], string? failure) = Score(inputs[i], watch, progress, stop);
                        if (failure is not null) lock (failures) failures.Add($"{inputs[i].File.Path}: {failure}");
                        else if (judged[i].Count == 0) Interlocked.Increment(ref unlabelled);
                        return ValueTask.CompletedTask;
                    });
                    EvaluatedSeries[] all = [.. judged.SelectMany(series => series)];
                    if (all.Length == 0) break;
                    figures.Add(DetectorFigures.Of(all));
                }
            });
            Failed = failures.Count > 0;
            foreach (string failure in failures) await error.WriteLineAsync(Printable.Escape(failure));
            if (figures.Count == 0) await error.WriteLineAsync($"No labels found. Expected are {LabelledData.Expected}.");
            else if (unlabelled > 0) await error.WriteLineAsync(FormattableString.Invariant($"note: {unlabelled} files without a column 'label' were passed over."));
            return figures;
        }

        /// <summary>The series of one file; none of one without labels, and the reason where it can't be read.</summary>
        private (IReadOnlyList<EvaluatedSeries> Series, string? Failure) Score(LabelledInput input, WatchOptions watch, Action<long> progress, CancellationToken stop)
        {
            using var content = new CountedStream(File.OpenRead(input.File.Path), progress);
            if (!SeriesFile.TryOpen(content, Path.GetFileName(input.File.Relative), out SeriesFile? file, out DecodeFailure? failure)) return ([], failure.Detail);
            using SeriesFile opened = file;
            if (input.Windows is null && !file.IsLabelled) return ([], null);
            var rows = new LabelledRows();
            if (new FileScorer(watch, rows).Run(file, stop).Failure is { } broken) return ([], broken);
            try
            {
                return ([.. rows.Judge(input.Windows, skip, window ?? (file.IsVector ? VectorSeason : null))], null);
            }
            catch (InvalidDataException mistake)
            {
                return ([], mistake.Message);
            }
        }
    }
}
