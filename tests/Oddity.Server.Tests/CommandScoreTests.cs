using System.Globalization;
using System.IO.Compression;
using System.Text;
using Oddity.Server.Commands;

namespace Oddity.Server.Tests;

public sealed class CommandScoreTests : IDisposable
{
    private const string Header = "timestamp,value,expected,lower,upper,severity,anomaly_score,is_anomaly,reason";
    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-score-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task One_row_comes_out_for_each_row_in_and_the_odd_one_says_why()
    {
        Write("in/cpu.csv", Series("timestamp,value,label", 60, i => i == 50 ? "90,1" : "50,0"));

        (int code, _, string error) = await RunAsync("in", "--out", "out", "--detector", "zscore");

        code.ShouldBe(0, error);
        string[] lines = Lines("out/cpu.csv");
        lines.Length.ShouldBe(61);
        lines[0].ShouldBe(Header);
        lines[1].ShouldStartWith("1700000000,50,");
        lines.Skip(1).Where(line => line.Split(',')[7] == "1").ShouldHaveSingleItem().ShouldBe(lines[51]);
        lines[51].ShouldEndWith(",1,constant series broken: 40 above the expected 50");
        error.ShouldContain("1 files, 60 rows, 1 of them odd.");
    }

    [Fact]
    public async Task Folders_are_walked_and_paths_kept_without_gz()
    {
        Write("in/a.csv", Series("timestamp,value", 3, _ => "1"));
        Write("in/deep/er/b.csv.gz", Series("timestamp,value", 4, _ => "1"));
        Write("in/c.txt", "cpu,1,1700000000\ncpu,2,1700000001\n");
        Write("in/d.ndjson", "{\"metric\":\"m\",\"value\":1}\n{\"metric\":\"m\",\"value\":2}\n");
        Write("in/README.md", "no data");

        (int code, _, string error) = await RunAsync("in", "--out", "out");

        code.ShouldBe(0, error);
        Directory.GetFiles(Path.Combine(_folder, "out"), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Path.Combine(_folder, "out"), file)).ShouldBe(["a.csv", "c.txt", "d.ndjson", "deep/er/b.csv"], ignoreOrder: true);
        Lines("out/deep/er/b.csv").Length.ShouldBe(5);
        Lines("out/c.txt").Length.ShouldBe(3);
    }

    [Fact]
    public async Task A_score_depends_on_the_rows_before_it_alone()
    {
        string all = Series("timestamp,value", 400, i => (50 + 10 * Math.Sin(i / 9.0) + i * 7919 % 13 + (i == 333 ? 400 : 0)).ToString("R", CultureInfo.InvariantCulture));
        Write("in/all.csv", all);
        Write("in/part.csv", string.Join('\n', all.Split('\n').Take(301)) + "\n");

        (int code, _, string error) = await RunAsync("in", "--out", "out");

        code.ShouldBe(0, error);
        Lines("out/all.csv").Take(301).ShouldBe(Lines("out/part.csv"));
    }

    [Fact]
    public async Task Several_columns_are_one_series_of_several_values()
    {
        Write("in/wide.csv", Series("timestamp,a,b,c", 300, i => $"{10 + i % 3},{(i == 250 ? 5000 : 20 + i % 5)},{30 + i % 7}"));

        (int code, _, string error) = await RunAsync("in", "--out", "out", "--detector", "zscore");

        code.ShouldBe(0, error);
        string[] odd = [.. Lines("out/wide.csv").Where(line => line.Contains(",1,z-score", StringComparison.Ordinal))];
        odd.ShouldHaveSingleItem().ShouldContain("1700000250,5000,");
        odd[0].ShouldContain("in b:");
    }

    [Fact]
    public async Task Several_series_in_a_file_are_watched_each_by_itself()
    {
        var text = new StringBuilder("metric,value,timestamp\n");
        for (int i = 0; i < 40; i++) text.Append(CultureInfo.InvariantCulture, $"low,1,{1_700_000_000 + i}\nhigh,1000,{1_700_000_000 + i}\n");
        Write("in/two.csv", text.ToString());

        (await RunAsync("in", "--out", "out", "--detector", "zscore")).Code.ShouldBe(0);

        Lines("out/two.csv").Skip(1).ShouldAllBe(line => line.Split(',', 9)[7] == "0");
    }

    [Fact]
    public async Task Bad_rows_have_a_row_too_and_say_what_is_wrong()
    {
        Write("in/bad.csv", "timestamp,value\n1700000000,1\n1700000001,NaN\n1700000002,1e400\n1700000003,2\n");

        (int code, _, string error) = await RunAsync("in", "--out", "out");

        code.ShouldBe(0, error);
        string[] lines = Lines("out/bad.csv");
        lines.Length.ShouldBe(5);
        lines[2].ShouldStartWith("1700000001,,,,,0,0,0,");
        lines[2].Split(',', 9)[8].ShouldNotBeEmpty();
        lines[4].ShouldStartWith("1700000003,2,");
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_leaves_no_output_and_the_others_are_scored()
    {
        Write("in/good.csv", Series("timestamp,value", 3, _ => "1"));
        File.WriteAllBytes(Path.Combine(_folder, "in", "cut.csv.gz"), Compress(Series("timestamp,value", 3_000, i => $"{i}"))[..200]);
        Write("in/empty.csv", "");

        (int code, _, string error) = await RunAsync("in", "--out", "out");

        code.ShouldBe(74);
        error.ShouldContain("cut.csv.gz:");
        error.ShouldContain("empty.csv:");
        Lines("out/good.csv").Length.ShouldBe(4);
        File.Exists(Path.Combine(_folder, "out", "empty.csv")).ShouldBeFalse();
    }

    [Fact]
    public async Task The_policy_of_the_configuration_decides_what_is_odd()
    {
        Write("in/cpu.csv", Series("timestamp,value", 60, i => i is 50 or 52 or 53 ? "90" : "50"));
        Write("streak.yml", "detection: {detector: zscore, policy: {streak: 2, minimum_change: 5}, parameters: {zscore: {threshold: 2}}}");

        (int code, _, string error) = await RunAsync("in", "--out", "out", "--config", Path.Combine(_folder, "streak.yml"));

        code.ShouldBe(0, error);
        string[] lines = Lines("out/cpu.csv");
        Enumerable.Range(1, 60).Where(i => lines[i].Split(',', 9)[7] == "1").ShouldBe([54]);
    }

    [Fact]
    public async Task Numbers_read_back_to_the_same_bits()
    {
        double[] values = [0.1 + 0.2, 1e-310, -0.0, double.MaxValue, 1.0 / 3, 123456789.123456789];
        Write("in/v.csv", Series("timestamp,value", values.Length, i => values[i].ToString("R", CultureInfo.InvariantCulture)));

        (await RunAsync("in", "--out", "out", "--detector", "none")).Code.ShouldBe(0);

        Lines("out/v.csv").Skip(1).Select(line => double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture)).Select(BitConverter.DoubleToInt64Bits)
            .ShouldBe(values.Select(BitConverter.DoubleToInt64Bits));
    }

    [Fact]
    public async Task The_list_names_every_detector()
    {
        (int code, string output, _) = await RunAsync("--list");

        code.ShouldBe(0);
        foreach (Detection.DetectorEntry entry in Detection.DetectorCatalogue.All) output.ShouldContain($"{entry.Id} ");
    }

    [Fact]
    public async Task Two_inputs_with_one_output_are_refused()
    {
        Write("a/x.csv", Series("timestamp,value", 3, _ => "1"));
        Write("b/x.csv.gz", Series("timestamp,value", 3, _ => "1"));

        (int code, _, string error) = await RunAsync("a", "b", "--out", "out");

        code.ShouldBe(64);
        error.ShouldContain("x.csv");
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        string[] rooted = [.. arguments.Select(argument => argument is "in" or "out" or "a" or "b" ? Path.Combine(_folder, argument) : argument)];
        int code = await CommandLine.RunAsync(Program.Commands(), ["score", .. rooted], output, error);
        return (code, output.ToString(), error.ToString());
    }

    private void Write(string path, string text)
    {
        string full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        if (path.EndsWith(".gz", StringComparison.Ordinal)) File.WriteAllBytes(full, Compress(text));
        else File.WriteAllText(full, text);
    }

    private string[] Lines(string path) => File.ReadAllText(Path.Combine(_folder, path)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Series(string header, int count, Func<int, string> row)
    {
        var text = new StringBuilder(header + "\n");
        for (int i = 0; i < count; i++) text.Append(CultureInfo.InvariantCulture, $"{1_700_000_000 + i},{row(i)}\n");
        return text.ToString();
    }

    private static byte[] Compress(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }
}
