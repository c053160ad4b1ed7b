using System.Text;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Files;
using static Oddity.Connectors.Tests.FilesFixture;

namespace Oddity.Connectors.Tests;

/// <summary>Which columns of a table are understood as what.</summary>
public class FilesLayoutTests
{
    [Theory]
    [InlineData("metric,value,timestamp\ncpu,45.5,1234567890\ncpu,46,1234567891\n")]
    [InlineData("timestamp,metric,value\n1234567890,cpu,45.5\n1234567891,cpu,46")]
    [InlineData("\uFEFFMetric;Value;Timestamp\r\ncpu;45,5;1234567890\r\ncpu;46;1234567891\r\n")]
    [InlineData("Name\tY\tDS\rcpu\t45.5\t2009-02-13 23:31:30\rcpu\t46\t2009-02-13T23:31:31Z\r")]
    [InlineData("cpu,45.5,1234567890\ncpu,46,1234567891\n")]
    [InlineData("cpu\t45.5\t1234567890\n\ncpu\t46\t1234567891\n")]
    [InlineData("1234567890,cpu,45.5\n1234567891,cpu,46\n")]
    [InlineData("2009-02-13 23:31:30,cpu,45.5\n2009-02-13 23:31:31,cpu,46\n")]
    [InlineData("45.5,cpu,1234567890\n46,cpu,1234567891\n")]
    [InlineData("\"metric\",\"value\",\"timestamp\"\n\"cpu\",\"45.5\",\"1234567890\"\n cpu , 46 , 1234567891 \n")]
    [InlineData("metric,value,timestamp,,\ncpu,45.5,1234567890,,\ncpu,46,1234567891,,,,\n")]
    public void Metric_value_timestamp_is_read_in_every_dress(string text) =>
        Upload(text).ShouldBe(["0 cpu 1234567890000 45.5", "1 cpu 1234567891000 46"]);

    [Theory]
    [InlineData("timestamp,value\n2009-02-13 23:31:30,45.5\n2009-02-13 23:31:31,46\n")]
    [InlineData("timestamp,value,label\n1234567890,45.5,0\n1234567891,46,1\n")]
    [InlineData("date\tval\n1234567890\t45.5\n1234567891\t46\n")]
    [InlineData("1234567890,45.5\n1234567891,46\n")]
    [InlineData("45.5,1234567890\n46,1234567891\n")]
    [InlineData("1234567890000,45.5\n1234567891000,46\n")]
    [InlineData("[{\"timestamp\":1234567890,\"value\":45.5},{\"timestamp\":1234567891,\"value\":46}]")]
    [InlineData(" {\"time\":1234567890,\"value\":45.5}\n{\"time\":1234567891,\"value\":46}")]
    public void A_file_without_metrics_is_a_metric_of_its_own_name(string text) =>
        Upload(text, "data/room 7.csv.gz").ShouldBe(["""0 {"room 7"} 1234567890000 45.5""", """1 {"room 7"} 1234567891000 46"""]);

    [Fact]
    public void Other_columns_become_labels() =>
        Upload("timestamp,metric,value,host,core\n1234567890,cpu,1,\"a,b\",0\n1234567890,cpu,2,,1\n")
            .ShouldBe(["""0 cpu{core="0",host="a,b"} 1234567890000 1""", """1 cpu{core="1"} 1234567890000 2"""]);

    [Fact]
    public void Texts_beside_a_value_label_it_and_the_unnamed_column_is_passed_over() =>
        Upload(",timestamp,value,host,label\n0,1234567890,1,a,1\n1,1234567890,2,b,0\n")
            .ShouldBe(["""0 room{host="a"} 1234567890000 1""", """1 room{host="b"} 1234567890000 2"""]);

    [Fact]
    public void Several_columns_of_numbers_are_one_vector() =>
        Upload("timestamp,c1,c0,label\n1600000000,0.5,1,0\n1600000060,0.25,,0\n")
            .ShouldBe([
                "0 room_c0 1600000000000 1",
                "0 room_c1 1600000000000 0.5",
                "1 room_c1 1600000060000 0.25",
                "0 room = 1 0.5",
            ]);

    [Fact]
    public void The_columns_cpu_memory_and_disk_are_what_a_wide_event_is() =>
        Upload("timestamp,cpu,memory,disk,host\n1600000000,1,2,3,a\n")
            .ShouldBe([
                """0 system_metrics_cpu{host="a"} 1600000000000 1""",
                """0 system_metrics_disk{host="a"} 1600000000000 3""",
                """0 system_metrics_memory{host="a"} 1600000000000 2""",
                """0 system_metrics{host="a"} = 1 3 2""",
            ]);

    [Fact]
    public void A_single_named_column_keeps_its_name() => Upload("time,temperature\n1600000000,21\n").ShouldBe(["0 room_temperature 1600000000000 21"]);

    [Fact]
    public void A_value_with_other_numbers_beside_it_is_a_vector() =>
        Upload("timestamp,value,volume\n1600000000,1,2\n").ShouldBe(["0 room_value 1600000000000 1", "0 room_volume 1600000000000 2", "0 room = 1 2"]);

    [Fact]
    public void A_name_beside_several_numbers_is_a_label() =>
        Upload("timestamp,name,cpu,memory\n1600000000,web,1,2\n")
            .ShouldBe([
                """0 system_metrics_cpu{name="web"} 1600000000000 1""",
                """0 system_metrics_memory{name="web"} 1600000000000 2""",
                """0 system_metrics{name="web"} = 1 2""",
            ]);

    [Fact]
    public void Equal_column_names_stay_apart() =>
        Upload("timestamp,a,a\n1600000000,1,2\n").ShouldBe(["0 room_a 1600000000000 1", "0 room_a_3 1600000000000 2", "0 room = 1 2"]);

    [Fact]
    public void Without_a_column_of_times_the_time_stays_missing() => Upload("metric,value\na,1\n").ShouldBe(["0 a now 1"]);

    [Fact]
    public void A_table_of_a_header_only_holds_nothing() => Upload("metric,value,timestamp\n").ShouldBe([]);

    [Fact]
    public void Bad_rows_are_rejected_with_their_line_and_the_rest_is_read()
    {
        const string text = "metric,value,timestamp\n"
            + "a,1,1600000000\n"
            + "a,,1600000001\n"
            + "a,ten,1600000002\n"
            + "a,NaN,1600000003\n"
            + "a,1e400,1600000004\n"
            + "a,1,yesterday\n"
            + "a,1,\n"
            + "a,1,234,1600000005\n"
            + "a,\"1\"x,1600000006\n"
            + "a\n"
            + "a,2,1600000007\n";
        Upload(text).ShouldBe([
            "0 a 1600000000000 1", "10 a 1600000007000 2",
            "1 missing_field", "2 bad_value", "3 not_finite", "4 not_finite", "5 bad_time", "6 bad_time", "7 bad_row", "8 bad_row", "9 bad_time",
        ]);
        using var upload = new UploadDecoder(new MemoryStream(Encoding.UTF8.GetBytes(text)), "a.csv", new UploadOptions());
        upload.TryRead(out var batch).ShouldBeTrue();
        batch!.Errors[1].Detail.ShouldBe("Line 4: the value must be a number, not \"ten\".");
    }

    [Fact]
    public void Line_numbers_count_the_lines_within_quotes()
    {
        using var upload = new UploadDecoder(
            new MemoryStream("metric,value,timestamp,note\r\na,1,1600000000,\"x\r\ny\r\n\"\"z\"\"\"\r\n\r\na,?,1600000000,b\r\n"u8.ToArray()), "a.csv", new UploadOptions());
        upload.TryRead(out var batch).ShouldBeTrue();
        batch!.Rows[0].Series.Label("note").ShouldBe("x\r\ny\r\n\"z\"");
        batch.Errors.ShouldHaveSingleItem().Detail.ShouldStartWith("Line 6:");
    }

    [Theory]
    [InlineData("a,b\nc,d\n")]
    [InlineData("timestamp,host\n1600000000,a\n")]
    [InlineData("metric,timestamp\na,1600000000\n")]
    [InlineData("hello world\nthis is text\n")]
    [InlineData("1\n2\n3\n")]
    [InlineData("cpu,45\nmem,46\n")]
    [InlineData("<html><body>no</body></html>")]
    [InlineData("a,b,c")]
    [InlineData(",,,\n,,,\n")]
    public void A_table_without_a_known_layout_is_refused(string text) => Upload(text).ShouldBe(["failed: unknown_layout"]);

    [Fact]
    public void Batches_hold_so_many_records_and_tell_where_they_begin()
    {
        string csv = "metric,value,timestamp\n" + string.Concat(Enumerable.Range(0, 25).Select(i => $"m,{(i == 12 ? "x" : i)},{1600000000 + i}\n"));
        string json = string.Concat(Enumerable.Range(0, 25).Select(i => $"{{\"metric\":\"m\",\"value\":{(i == 12 ? "\"x\"" : i)},\"timestamp\":{1600000000 + i}}}\n"));
        var small = new UploadOptions { BatchRecords = 10 };
        Upload(csv, "a.csv", small).Order().ShouldBe(Upload(csv).Order());
        Upload(json, "a.json", small).Order().ShouldBe(Upload(csv).Order());
    }

    [Fact]
    public void Precision_is_for_files_too() =>
        Upload("metric,value,timestamp\na,1,1600000000\n", options: new() { Precision = TimePrecision.Milliseconds }).ShouldBe(["0 a 1600000000 1"]);
}
