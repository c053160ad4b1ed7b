using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Oddity.Server.Commands;

namespace Oddity.Server.Tests;

public sealed class CommandTemplatesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-templates-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Plain_lines_get_their_number_and_the_template_they_end_up_in()
    {
        Write("in/app.log", "job 1 done\r\njob 2 done\n\nuser said \"hi, 5\"\n");

        (int code, string error) = await RunAsync("in", "--out", "out");

        code.ShouldBe(0, error);
        string[] rows = Rows("out/app.log.csv");
        rows[0].ShouldBe("line,template_id,template");
        rows.Skip(1).Select(row => row.Split(',')[0]).ShouldBe(["1", "2", "3", "4"]);
        rows[1].ShouldEndWith(",job <*> done");
        rows[2].Split(',')[1].ShouldBe(rows[1].Split(',')[1]);
        rows[4].ShouldEndWith(",\"user said \"\"hi, <*>\"\"\"");
        error.ShouldContain("1 files, 4 lines, 3 templates.");
    }

    [Fact]
    public async Task A_table_gives_its_content_column_and_its_own_numbers()
    {
        Write("in/deep/app.csv.gz", "line,content,level\n7,\"job 1, done\",info\n9,\"job 2, done\",info\n");

        (int code, string error) = await RunAsync("in", "--out", "out");

        code.ShouldBe(0, error);
        string[] rows = Rows("out/deep/app.csv");
        rows.Select(row => row.Split(',')[0]).ShouldBe(["line", "7", "9"]);
        rows[2].ShouldEndWith(",\"job <*>, done\"");
    }

    [Fact]
    public async Task What_cannot_be_read_is_named_and_the_rest_is_done()
    {
        Write("in/a.csv", "timestamp,value\n1,2\n");
        Write("in/b.log", "fine\n");
        File.WriteAllBytes(Path.Combine(_folder, "in", "c.log.gz"), [0x1F, 0x8B, 8, 0, 1, 2, 3]);

        (int code, string error) = await RunAsync("in", "--out", "out");

        code.ShouldBe(74);
        error.ShouldContain("a.csv: The table has neither a column 'content' nor 'message'.");
        error.ShouldContain("c.log.gz: ");
        Rows("out/b.log.csv").Length.ShouldBe(2);
        File.Exists(Path.Combine(_folder, "out", "a.csv")).ShouldBeFalse();
    }

    [Fact]
    public async Task Mistakes_of_usage_are_64_and_missing_files_74()
    {
        (await RunAsync("in")).Code.ShouldBe(64);
        (await RunAsync("--out", "out")).Code.ShouldBe(64);
        (await RunAsync("nowhere.log", "--out", "out")).Code.ShouldBe(74);
    }

    [Fact]
    public async Task Templates_of_twelve_systems_are_found_with_nothing_set()
    {
        string? data = Beside("shared/data/logs"), judge = Beside("shared/tools/score/score_templates.py");
        Assert.SkipWhen(data is null || judge is null, "The log lines and their judge are not here.");

        (int code, string error) = await RunAsync(data!, "--out", "out");

        code.ShouldBe(0, error);
        string said = await PythonAsync(judge!, data!, Path.Combine(_folder, "out"));
        Match mean = Regex.Match(said, @"mean +GA ([\d.]+) +FGA ([\d.]+)");
        double.Parse(mean.Groups[1].Value, CultureInfo.InvariantCulture).ShouldBeGreaterThan(0.98, said);
        double.Parse(mean.Groups[2].Value, CultureInfo.InvariantCulture).ShouldBeGreaterThan(0.97, said);
    }

    private async Task<(int Code, string Error)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        string[] rooted = [.. arguments.Select(argument => argument is "in" or "out" ? Path.Combine(_folder, argument) : argument)];
        int code = await CommandLine.RunAsync(Program.Commands(), ["templates", .. rooted], output, error);
        return (code, error.ToString());
    }

    private string[] Rows(string path) => File.ReadAllText(Path.Combine(_folder, path)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private void Write(string path, string text)
    {
        string full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        using Stream file = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(File.Create(full), CompressionLevel.Fastest) : File.Create(full);
        file.Write(Encoding.UTF8.GetBytes(text));
    }

    private static async Task<string> PythonAsync(params string[] arguments)
    {
        using Process python = Process.Start(new ProcessStartInfo("python3", arguments) { RedirectStandardOutput = true })!;
        string said = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        return said;
    }

    private static string? Beside(string path)
    {
        for (DirectoryInfo? folder = new(Repository.Root); folder is not null; folder = folder.Parent)
        {
            if (Path.Exists(Path.Combine(folder.FullName, path))) return Path.Combine(folder.FullName, path);
        }

        return null;
    }
}
