using System.Globalization;
using System.Text;
using Oddity.Connectors.Sources.Files;
using static Oddity.Connectors.Tests.FilesFixture;

namespace Oddity.Connectors.Tests;

/// <summary>Reading files row by row for scoring.</summary>
public class FilesSeriesTests
{
    [Fact]
    public void Every_row_in_is_a_row_out_with_its_time_as_written()
    {
        string[] rows = Rows(
            "timestamp,value,label\n2014-02-14 14:30:00,0.132,0\n2014-02-14 14:35:00,,0\n2014-02-14 14:40:00,oops,1\nlater,3,0\n2014-02-14 14:45:00,0.134,1\n"u8.ToArray(),
            "realAWSCloudwatch/ec2.csv",
            out bool isVector);
        isVector.ShouldBeFalse();
        rows.ShouldBe([
            "2014-02-14 14:30:00|1392388200000|ec2|0.132|",
            "2014-02-14 14:35:00|1392388500000||NaN|bad",
            "2014-02-14 14:40:00|1392388800000||NaN|bad",
            "later|now||NaN|bad",
            "2014-02-14 14:45:00|1392389100000|ec2|0.134|",
        ]);
    }

    [Fact]
    public void A_wide_file_is_one_vector()
    {
        string[] rows = Rows(Gzip("timestamp,c0,c1,c10,label\n1600000000,1,2,3,0\n1600000060,4,,6,1\n"u8.ToArray()), "machine-1-6.csv.gz", out bool isVector);
        isVector.ShouldBeTrue();
        rows.ShouldBe(["1600000000|1600000000000|machine-1-6|1 2 3|", "1600000060|1600000060000|machine-1-6|4 NaN 6|"]);
    }

    [Fact]
    public void Several_metrics_in_one_file_are_told_apart_by_row() =>
        Rows("metric,value,timestamp\na,1,1600000000\nb,2,1600000000\n"u8.ToArray(), "x.csv", out _)
            .ShouldBe(["1600000000|1600000000000|a|1|", "1600000000|1600000000000|b|2|"]);

    [Fact]
    public void JSON_gives_rows_too()
    {
        Rows("""[{"timestamp":"2024-01-01","value":1},{"timestamp":"x","value":2},7,{"metric":"b","value":3}]"""u8.ToArray(), "a.json", out bool isVector)
            .ShouldBe(["2024-01-01|1704067200000|a|1|", "x|now||NaN|bad", "|now||NaN|bad", "|now|b|3|"]);
        isVector.ShouldBeFalse();
        Rows("{\"timestamp\":1600000000,\"cpu\":1,\"memory\":2}\n{\"timestamp\":1600000001.50,\"cpu\":3,\"memory\":4}"u8.ToArray(), "a.ndjson", out isVector)
            .ShouldBe(["1600000000|1600000000000|system_metrics|1 2|", "1600000001.50|1600000001500|system_metrics|3 4|"]);
        isVector.ShouldBeTrue();
    }

    [Fact]
    public void What_cannot_be_opened_says_why()
    {
        Rows([], "a.csv", out _).ShouldBe(["failed: empty_body"]);
        Rows([0, 1, 2], "a.csv", out _).ShouldBe(["failed: not_text"]);
        Rows("a,b\nc,d"u8.ToArray(), "a.csv", out _).ShouldBe(["failed: unknown_layout"]);
    }

    [Fact]
    public void Labelled_data_sets_are_read_to_the_last_row()
    {
        string? data = SharedData();
        Assert.SkipUnless(data is not null, "The shared data is not here.");
        foreach (string path in Directory.EnumerateFiles(data!, "*.csv*", SearchOption.AllDirectories).Where(path => !path.Contains("/logs/")).Order().Where((_, i) => i % 5 == 0))
        {
            SeriesFile.TryOpen(File.OpenRead(path), path, out SeriesFile? file, out var failure).ShouldBeTrue($"{path}: {failure?.Detail}");
            using (file)
            {
                int rows = 0;
                while (file!.TryRead(out SeriesRow? row))
                {
                    row.Mistake.ShouldBeNull(path);
                    row.TimeMs.ShouldNotBeNull(path);
                    rows++;
                }

                file.Failure.ShouldBeNull();
                file.IsVector.ShouldBe(path.Contains("/servers/"), path);
                rows.ShouldBe(CountLines(path) - 1, path);
            }
        }
    }

    private static int CountLines(string path)
    {
        using Stream file = File.OpenRead(path);
        using Stream text = path.EndsWith(".gz", StringComparison.Ordinal) ? new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionMode.Decompress) : file;
        using var reader = new StreamReader(text, Encoding.UTF8);
        int lines = 0;
        while (reader.ReadLine() is { } line) lines += line.Length > 0 ? 1 : 0;
        return lines;
    }

    private static string? SharedData()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Oddity.slnx"))) continue;
            string data = Path.Combine(folder.FullName, "..", "shared", "data");
            return Directory.Exists(data) ? data : null;
        }

        return null;
    }
}
