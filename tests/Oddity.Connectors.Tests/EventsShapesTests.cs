using System.Text;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Events;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Tests;

/// <summary>What each shape of event becomes. The bodies are the examples that clients of these routes send.</summary>
public class EventsShapesTests
{
    [Fact]
    public void A_narrow_event_is_one_sample_and_its_meta_become_labels()
    {
        IngestBatch batch = Decode("""{"timestamp": 1234567890, "metric": "cpu_usage", "value": 45.2, "meta": {"host": "server1", "core": 3, "virtual": true}}""");
        Lines(batch).ShouldBe(["""0 cpu_usage{core="3",host="server1",virtual="true"} 1234567890000 45.2"""]);
        batch.Errors.ShouldBeEmpty();
    }

    [Fact]
    public void Metric_labels_value_timestamp_is_narrow_too() =>
        Lines(Decode("""[{"metric":"load1","labels":{"job":"node","instance":"10.0.0.1:9100"},"value":0.25,"timestamp":1700000000123}]"""))
            .ShouldBe(["""0 load1{instance="10.0.0.1:9100",job="node"} 1700000000123 0.25"""]);

    [Fact]
    public void Name_stands_in_for_metric_and_a_missing_time_stays_missing() =>
        Lines(Decode("""{"name":"orders","value":7,"tags":{"shop":"a"}}""")).ShouldBe(["""0 orders{shop="a"} now 7"""]);

    [Fact]
    public void Other_properties_of_a_narrow_event_do_not_name_the_series() =>
        Lines(Decode("""{"metric":"m","value":1,"event_id":"f00","seq":17,"extra":{"a":[1]}}""")).ShouldBe(["0 m now 1"]);

    [Fact]
    public void A_wide_event_is_a_sample_for_each_number_and_a_row_of_the_vector()
    {
        IngestBatch batch = Decode("""{"timestamp":"2025-01-15T10:30:00Z","cpu":92.3,"memory":88.1,"disk":95.6}""");
        Lines(batch).ShouldBe([
            "0 system_metrics_cpu 1736937000000 92.3",
            "0 system_metrics_disk 1736937000000 95.6",
            "0 system_metrics_memory 1736937000000 88.1",
        ]);
        batch.RecordCount.ShouldBe(1);
        IngestBatch.VectorRow vector = batch.Vectors.ShouldHaveSingleItem();
        vector.Vector.Text.ShouldBe("system_metrics");
        vector.Dimensions.Select(key => key.Text).ShouldBe(["system_metrics_cpu", "system_metrics_disk", "system_metrics_memory"]);
        vector.Values.ShouldBe([92.3, 95.6, 88.1]);
    }

    [Fact]
    public void Fields_of_a_wide_event_in_another_order_are_the_same_vector()
    {
        IngestBatch batch = Decode("""[{"cpu":1,"memory":2,"disk":3},{"disk":3,"memory":2,"cpu":1}]""");
        batch.Vectors[1].Dimensions.ShouldBe(batch.Vectors[0].Dimensions);
        batch.Vectors[1].Values.ShouldBe(batch.Vectors[0].Values);
    }

    [Fact]
    public void Other_numbers_make_a_wide_event_and_other_texts_label_it()
    {
        IngestBatch batch = Decode("""{"time":1700000000,"host":"db1","temperature":21.5,"fan":1200,"ok":true,"note":null}""");
        Lines(batch).ShouldBe([
            """0 system_metrics_fan{host="db1"} 1700000000000 1200""",
            """0 system_metrics_temperature{host="db1"} 1700000000000 21.5""",
        ]);
        batch.Vectors.ShouldHaveSingleItem().Vector.Text.ShouldBe("""system_metrics{host="db1"}""");
    }

    [Fact]
    public void A_wide_event_of_one_number_needs_no_vector()
    {
        IngestBatch batch = Decode("""{"cpu":12,"name":"web"}""");
        Lines(batch).ShouldBe(["""0 system_metrics_cpu{name="web"} now 12"""]);
        batch.Vectors.ShouldBeEmpty();
    }

    [Fact]
    public void An_API_call_becomes_latency_error_and_size()
    {
        IngestBatch batch = Decode("""
            {"api_id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","timestamp":"2024-01-01T12:00:00Z","latency_ms":145,"status_code":200,"response_size":2048}
            {"api_id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","timestamp":"2024-01-01T12:00:01Z","latency_ms":3,"status_code":503}
            """);
        Lines(batch).ShouldBe([
            """0 api_latency_ms{api_id="3fa85f64-5717-4562-b3fc-2c963f66afa6"} 1704110400000 145""",
            """0 api_error{api_id="3fa85f64-5717-4562-b3fc-2c963f66afa6"} 1704110400000 0""",
            """0 api_response_size{api_id="3fa85f64-5717-4562-b3fc-2c963f66afa6"} 1704110400000 2048""",
            """1 api_latency_ms{api_id="3fa85f64-5717-4562-b3fc-2c963f66afa6"} 1704110401000 3""",
            """1 api_error{api_id="3fa85f64-5717-4562-b3fc-2c963f66afa6"} 1704110401000 1""",
        ]);
        batch.Vectors.ShouldBeEmpty();
    }

    [Fact]
    public void Ten_fifties_and_a_200_of_one_second_are_eleven_samples()
    {
        string body = string.Concat(Enumerable.Repeat("{\"timestamp\":1700000000,\"metric\":\"smoke\",\"value\":50}\n", 10))
            + "{\"timestamp\":1700000000,\"metric\":\"smoke\",\"value\":200}\n";
        IngestBatch batch = Decode(body);
        batch.Rows.Count.ShouldBe(11);
        batch.Rows.ShouldAllBe(row => row.TimeMs == 1700000000000);
        batch.Rows[^1].Value.ShouldBe(200);
    }

    [Theory]
    [InlineData("\uFEFF{\"metric\":\"a\",\"value\":1}\r\n\r\n{\"metric\":\"a\",\"value\":2}\r\n")]
    [InlineData("{\"metric\":\"a\",\"value\":1}{\"metric\":\"a\",\"value\":2}")]
    [InlineData(" \n\t[ {\"metric\":\"a\",\"value\":1} ,\n {\"metric\":\"a\",\"value\":2} ]\n\n")]
    [InlineData("{\n  \"metric\": \"a\",\n  \"value\": 1\n}\n{\n  \"metric\": \"a\",\n  \"value\": 2\n}")]
    public void Arrays_lines_and_objects_one_after_another_read_the_same(string body) => Lines(Decode(body)).ShouldBe(["0 a now 1", "1 a now 2"]);

    [Fact]
    public void A_bad_line_costs_that_line_only()
    {
        IngestBatch batch = Decode("{\"metric\":\"a\",\"value\":1}\n{\"metric\":\"a\",\"value\":\nrubbish\n{\"metric\":\"a\",\"value\":4}\n");
        Lines(batch).ShouldBe(["0 a now 1", "3 a now 4"]);
        batch.Errors.Select(error => (error.Index, error.Code)).ShouldBe([(1, "bad_json"), (2, "bad_json")]);
        batch.RecordCount.ShouldBe(4);
    }

    [Fact]
    public void Many_events_of_one_series_share_its_key()
    {
        IngestBatch batch = Decode(string.Concat(Enumerable.Range(0, 100).Select(i => $$"""{"metric":"a","labels":{"h":"x"},"value":{{i}}}""")));
        batch.Rows.ShouldAllBe(row => ReferenceEquals(row.Series, batch.Rows[0].Series));
    }

    [Fact]
    public void The_same_text_spelt_with_escapes_is_the_same_series()
    {
        IngestBatch batch = Decode("""{"metric":"caf\u00e9","labels":{"\u0061":"1"},"value":1} {"m\u0065tric":"café","labels":{"a":"1"},"value":2}""");
        batch.Rows[1].Series.ShouldBe(batch.Rows[0].Series);
        batch.Rows[0].Series.Text.ShouldBe("""café{a="1"}""");
    }

    [Fact]
    public void A_default_metric_names_events_that_have_none() =>
        Lines(Decode("""[{"timestamp":1700000000,"value":1},{"metric":"b","value":2}]""", defaultMetric: "file"))
            .ShouldBe(["0 file 1700000000000 1", "1 b now 2"]);

    [Fact]
    public void Precision_overrides_the_magnitude() =>
        Decode("""{"metric":"a","value":1,"timestamp":1700000000}""", TimePrecision.Milliseconds).Rows[0].TimeMs.ShouldBe(1_700_000_000);

    private static IngestBatch Decode(string body, TimePrecision precision = TimePrecision.Auto, string? defaultMetric = null)
    {
        EventsDecoder.TryDecode(Encoding.UTF8.GetBytes(body), "default", precision, out IngestBatch? batch, out DecodeFailure? failure, defaultMetric)
            .ShouldBeTrue(failure?.Detail);
        return batch!;
    }

    private static IEnumerable<string> Lines(IngestBatch batch) =>
        batch.Rows.Select(row => FormattableString.Invariant($"{row.Record} {row.Series.Text} {(row.TimeMs is { } ms ? ms : "now")} {row.Value}"));
}
