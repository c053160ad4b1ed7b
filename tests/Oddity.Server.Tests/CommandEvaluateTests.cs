using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Oddity.Server.Commands;

namespace Oddity.Server.Tests;

/// <summary>`oddity evaluate`: its figures are those of an independent judge, and what is wrong with the data is said.</summary>
public sealed class CommandEvaluateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-evaluate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Figures_are_those_the_judge_recorded_on_the_same_scores()
    {
        for (int series = 0; series < 3; series++) Write($"in/s{series}.csv.gz", Labelled(series));

        (int code, string output, string error) = await RunAsync("evaluate", "in", "--config", Limit());

        code.ShouldBe(0, error);
        output.ShouldStartWith("threshold: 3 series, 9000 rows, 30 events, 6.2 series-days\n");
        BestAndShipped(output, "delay-F1 (7 rows)").ShouldBe(Recorded.DelayF1, 0.00005);
        BestAndShipped(output, "event-F1").ShouldBe(Recorded.EventF1, 0.00005);
        Figures(output, "false alarms/series-day").ShouldBe(Recorded.FalseAlarms, 0.00005);
        Figures(output, "AUC-PR of severity").ShouldBe(Recorded.AveragePrecision, 0.00005);
        Figures(output, "VUS-PR of severity").ShouldBe(Recorded.VolumeUnderSurface, 0.00005);
    }

    [Fact]
    public async Task The_layout_of_the_Numenta_benchmark_gives_its_profiles()
    {
        WriteNab();

        (int code, string output, string error) = await RunAsync("evaluate", "in", "--config", Limit());

        code.ShouldBe(0, error);
        BestAndShipped(output, "NAB standard").ShouldBe(Recorded.NabStandard, 0.005);
        BestAndShipped(output, "NAB low FP").ShouldBe(Recorded.NabLowFalsePositives, 0.005);
        BestAndShipped(output, "NAB low FN").ShouldBe(Recorded.NabLowFalseNegatives, 0.005);
    }

    [Theory]
    [InlineData("cloud")]
    [InlineData("nab")]
    public async Task Evaluate_agrees_with_the_judge_on_what_score_wrote(string family)
    {
        string? judge = Beside("shared/tools/score"), data = Beside($"shared/data/{family}");
        Assert.SkipWhen(judge is null || data is null || !HasNumpy(), "The judge, its data or python3-numpy is not here; recorded figures are compared above.");

        (int code, string ours, string error) = await RunAsync("evaluate", data!);
        code.ShouldBe(0, error);
        (code, _, error) = await RunAsync("score", family == "nab" ? Path.Combine(data!, "data") : data!, "--out", "out");
        code.ShouldBe(0, error);
        string scores = Path.Combine(_folder, "out");
        if (family == "nab")
        {
            string said = await PythonAsync(judge!, "nab_score.py", data!, "--scores", scores);
            string[] profiles = ["standard", "reward_low_FP_rate", "reward_low_FN_rate"];
            double[] theirs = [.. profiles.Select(profile => Number(said, $@"{profile} ([-\d.]+)"))];
            string[] names = ["NAB standard", "NAB low FP", "NAB low FN"];
            names.Select(name => Figures(ours, name)[0]).ShouldBe(theirs, 0.0051);
            return;
        }

        string judged = await PythonAsync(judge!, "score_events.py", data!, scores, "--vus");
        double[] our = [.. BestAndShipped(ours, "delay-F1 (7 rows)"), .. BestAndShipped(ours, "event-F1"), .. Figures(ours, "false alarms/series-day"),
            .. Figures(ours, "AUC-PR of severity"), .. Figures(ours, "VUS-PR of severity")];
        double[] their = [Number(judged, @"delay_f1 +oracle ([\d.]+)"), Number(judged, @"delay_f1.*shipped ([\d.]+)"), Number(judged, @"event_f1 +oracle ([\d.]+)"),
            Number(judged, @"event_f1.*shipped ([\d.]+)"), Number(judged, @"false_alarms +([\d.]+)"), Number(judged, @"auc_pr +([\d.]+)"), Number(judged, @"vus_pr +([\d.]+)")];
        our.ShouldBe(their, 0.00011);
    }

    [Fact]
    public async Task All_detectors_are_compared_in_one_table()
    {
        Write("in/s.csv", Labelled(1));

        (int code, string output, string error) = await RunAsync("evaluate", "in", "--all");

        code.ShouldBe(0, error);
        foreach (Detection.DetectorEntry entry in Detection.DetectorCatalogue.All) output.ShouldContain($"\n{entry.Id} ");
    }

    [Fact]
    public async Task Wide_files_are_evaluated_and_a_training_part_is_not_judged()
    {
        var text = new StringBuilder("timestamp,a,b,label\n");
        for (int i = 0; i < 600; i++)
        {
            // The first oddity is not labelled: where it is judged it is a false alarm.
            bool odd = i is 200 or 500;
            text.Append(CultureInfo.InvariantCulture, $"{1_700_000_000 + i},{10 + (i % 3)},{(odd ? 900 : 20 + (i * 7 % 5))},{(i == 500 ? 1 : 0)}\n");
        }

        Write("in/wide.csv", text.ToString());

        (int code, string whole, string error) = await RunAsync("evaluate", "in", "--detector", "zscore");
        code.ShouldBe(0, error);
        (code, string half, error) = await RunAsync("evaluate", "in", "--detector", "zscore", "--skip", "1/2");

        code.ShouldBe(0, error);
        whole.ShouldContain("1 hit, 0 missed, 1 false alarms");
        half.ShouldContain("1 series, 300 rows, 1 events");
        half.ShouldContain("1 hit, 0 missed, 0 false alarms");
    }

    [Fact]
    public async Task Files_without_labels_and_bad_files_are_named_and_the_others_judged()
    {
        Write("in/good.csv", Labelled(1));
        Write("in/plain.csv", "timestamp,value\n1700000000,1\n");
        Write("in/empty.csv", "");

        (int code, string output, string error) = await RunAsync("evaluate", "in", "--detector", "zscore");

        code.ShouldBe(74);
        output.ShouldContain("zscore: 1 series");
        error.ShouldContain("empty.csv: The file is empty.");
        error.ShouldContain("1 files without a column 'label' were passed over.");
    }

    [Fact]
    public async Task No_labels_at_all_ends_with_74_and_says_what_is_expected()
    {
        Write("in/plain.csv", "timestamp,value\n1700000000,1\n");

        (int code, string output, string error) = await RunAsync("evaluate", "in");

        code.ShouldBe(74);
        output.ShouldBeEmpty();
        error.ShouldContain("No labels found. Expected are CSV files with a column 'label'");
    }

    [Fact]
    public async Task Labels_that_are_broken_or_name_what_is_not_there_end_with_74_and_say_so()
    {
        Write("in/labels/combined_windows.json", "{\"group/a.csv\": [[\"2024-01-01 00:00:00\"");
        (int code, _, string error) = await RunAsync("evaluate", "in");
        code.ShouldBe(74);
        error.ShouldContain("combined_windows.json' is not as expected");

        foreach (string name in new[] { "group/a.csv", "../../etc/passwd" })
        {
            Write("in/labels/combined_windows.json", $"{{\"{name}\": []}}");
            (code, _, error) = await RunAsync("evaluate", "in");
            code.ShouldBe(74);
            error.ShouldContain($"names '{name}', which is not under data/");
        }

        Write("in/data/group/a.csv", "timestamp,value\n2024-01-01 00:00:00,1\n");
        Write("in/labels/combined_windows.json", "{\"group/a.csv\": [[\"2025-01-01 00:00:00\", \"2025-01-01 00:00:00\"]]}");
        (code, _, error) = await RunAsync("evaluate", "in");
        code.ShouldBe(74);
        error.ShouldContain("a.csv: a labelled window holds no row of it");
    }

    [Theory]
    [InlineData(74, "evaluate", "nowhere")]
    [InlineData(64, "evaluate")]
    [InlineData(64, "evaluate", "in", "--all", "--detector", "zscore")]
    [InlineData(64, "evaluate", "in", "--skip", "2")]
    [InlineData(64, "evaluate", "in", "--window", "-1")]
    [InlineData(64, "evaluate", "in", "--detector", "nosuch")]
    public async Task What_cannot_be_done_is_refused_with_the_code_that_says_why(int expected, params string[] arguments)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "in"));

        (int code, _, string error) = await RunAsync(arguments);

        code.ShouldBe(expected, error);
        error.ShouldNotBeNullOrWhiteSpace();
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new();
        string[] rooted = [.. arguments.Select(argument => argument is "in" or "out" or "nowhere" ? Path.Combine(_folder, argument) : argument)];
        int code = await CommandLine.RunAsync(Program.Commands(), rooted, output, error);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>The recorded figures are those of a fixed limit, whose scores follow from the value alone: they change with the judge's rules only.</summary>
    private string Limit()
    {
        Write("limit.yml", "detection: {detector: threshold, parameters: {threshold: {above: 150}}}");
        return Path.Combine(_folder, "limit.yml");
    }

    /// <summary>A noisy wave with ten labelled disturbances of different length and height, and a few that are not labelled; whole numbers, so the same everywhere.</summary>
    private static string Labelled(int series)
    {
        var text = new StringBuilder("timestamp,value,label\n");
        foreach ((int i, int value, bool label) in Rows(series)) text.Append(CultureInfo.InvariantCulture, $"{1_700_000_000 + (i * 60)},{value},{(label ? 1 : 0)}\n");
        return text.ToString();
    }

    private static IEnumerable<(int Row, int Value, bool Label)> Rows(int series)
    {
        for (int i = 0; i < 3_000; i++)
        {
            int wave = Math.Abs((i % 120) - 60), noise = (int)((i * 7_919L + (series * 104_729L)) * 31 % 17);
            int phase = i % 300;
            bool label = phase >= 200 && phase < 205 + ((i / 300) * 3);
            int lift = label && phase >= 200 + (i / 300) ? 20 + (i / 300 * 9) : phase == 40 + series ? 45 : 0;
            yield return (i, 100 + wave + noise + lift, label);
        }
    }

    private void WriteNab()
    {
        var labels = new StringBuilder("{");
        for (int series = 0; series < 2; series++)
        {
            var text = new StringBuilder("timestamp,value\n");
            foreach ((int i, int value, bool _) in Rows(series)) text.Append(CultureInfo.InvariantCulture, $"{Time(i)},{value}\n");
            Write($"in/data/group/s{series}.csv", text.ToString());
            if (series > 0) labels.Append(',');
            labels.Append(CultureInfo.InvariantCulture, $"\"group/s{series}.csv\":[[\"{Time(180)}.000000\",\"{Time(230)}.000000\"],[\"{Time(1380)}.000000\",\"{Time(1480)}.000000\"],[\"{Time(2580)}.000000\",\"{Time(2680)}.000000\"]]");
        }

        Write("in/labels/combined_windows.json", labels.Append('}').ToString());

        static string Time(int row) => DateTimeOffset.FromUnixTimeSeconds(1_700_000_000 + (row * 300)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    }

    private void Write(string path, string text)
    {
        string full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        using Stream file = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(File.Create(full), CompressionLevel.Fastest) : File.Create(full);
        file.Write(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>The numbers behind a name: best, threshold and shipped, or those of them that there are.</summary>
    private static double[] Figures(string report, string name)
    {
        string line = report.Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        return [.. Regex.Matches(line[name.Length..], @"-?\d+\.\d+").Select(number => double.Parse(number.Value, CultureInfo.InvariantCulture))];
    }

    private static double[] BestAndShipped(string report, string name) => [.. Figures(report, name).Where((_, i) => i != 1)];

    private static double Number(string text, string pattern) => double.Parse(Regex.Match(text, pattern).Groups[1].Value, CultureInfo.InvariantCulture);

    /// <summary>A folder beside the repository or beside a folder above it; null where there is none.</summary>
    private static string? Beside(string path)
    {
        for (DirectoryInfo? folder = new(Repository.Root); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, path))) return Path.Combine(folder.FullName, path);
        }

        return null;
    }

    private static bool HasNumpy()
    {
        try
        {
            using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", "import numpy"]) { RedirectStandardError = true })!;
            python.WaitForExit();
            return python.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static async Task<string> PythonAsync(string folder, params string[] arguments)
    {
        using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-B", .. arguments]) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
        string said = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        python.ExitCode.ShouldBe(0);
        return said;
    }

    /// <summary>What the judge, an independent program, said about the scores `oddity score` wrote for the series above.</summary>
    private static class Recorded
    {
        public static readonly double[] DelayF1 = [0.7628, 0.2427];
        public static readonly double[] EventF1 = [0.7500, 0.1392];
        public static readonly double[] FalseAlarms = [59.3798];
        public static readonly double[] AveragePrecision = [0.7199];
        public static readonly double[] VolumeUnderSurface = [0.8010];
        public static readonly double[] NabStandard = [38.672, -1640.449];
        public static readonly double[] NabLowFalsePositives = [38.672, -3359.500];
        public static readonly double[] NabLowFalseNegatives = [41.909, -1143.178];
    }
}
