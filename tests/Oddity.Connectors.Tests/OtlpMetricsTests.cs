using System.Text;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Otlp;
using Oddity.Engine.Intake;
using static Oddity.Connectors.Tests.OtlpMessage;

namespace Oddity.Connectors.Tests;

/// <summary>OTLP metrics: what each kind of data point becomes, in both encodings, and every kind of bad message has a defined answer.</summary>
public class OtlpMetricsTests
{
    private const ulong At = 1_700_000_000_123_456_789;
    private const long AtMs = 1_700_000_000_123;

    private static OtlpMessage Resource => new OtlpMessage().Message(1, Attribute("service.name", "shop")).Varint(2, 0);

    [Fact]
    public void A_gauge_and_a_sum_are_their_value_with_the_attributes_of_resource_and_point()
    {
        OtlpMessage point = new OtlpMessage().Message(7, Attribute("route", "/pay")).Fixed(2, 1).Fixed(3, At).Double(4, 1.5);
        OtlpMessage whole = new OtlpMessage()
            .Message(7, Attribute("ok", new OtlpMessage().Varint(2, 1))).Message(7, Attribute("n", new OtlpMessage().Varint(3, unchecked((ulong)-3))))
            .Message(7, Attribute("x", new OtlpMessage().Double(4, 0.5))).Message(7, Attribute("list", new OtlpMessage().Message(5, new()))).Fixed(3, At).Fixed(6, unchecked((ulong)-7));
        Samples(Request(Resource, Metric("load", 5, point), Metric("calls", 7, whole))).ShouldBe(
        [
            "load{route=\"/pay\",service.name=\"shop\"} 1.5",
            "calls{n=\"-3\",ok=\"true\",service.name=\"shop\",x=\"0.5\"} -7",
        ]);
    }

    [Fact]
    public void A_point_without_a_time_came_now_and_one_without_a_recorded_value_is_no_sample()
    {
        IngestBatch batch = Decoded(Request(Resource, Metric("m", 5, new OtlpMessage().Double(4, 1), new OtlpMessage().Fixed(3, At).Varint(8, 1))));
        batch.RecordCount.ShouldBe(2);
        batch.Errors.ShouldBeEmpty();
        batch.Rows.ShouldHaveSingleItem().TimeMs.ShouldBeNull();
    }

    [Fact]
    public void Of_many_attributes_of_a_resource_the_first_twenty_by_name_are_labels()
    {
        var resource = new OtlpMessage();
        for (int i = 59; i >= 0; i--) resource.Message(1, Attribute($"a{i:00}", "x"));
        IngestBatch batch = Decoded(Request(resource, Metric("m", 5, new OtlpMessage().Message(7, Attribute("p", "q")).Double(4, 1))));
        batch.Rows[0].Series.Labels.Select(label => label.Key).ShouldBe([.. Enumerable.Range(0, 20).Select(i => $"a{i:00}"), "p"]);
    }

    [Fact]
    public void A_histogram_is_its_count_its_sum_and_three_quantiles()
    {
        OtlpMessage point = new OtlpMessage().Fixed(3, At).Fixed(4, 10).Double(5, 55).Counts(6, 5, 4, 1, 0).Doubles(7, 10, 20, 40);
        Samples(Request(new(), Metric("h", 9, point))).ShouldBe(["h_count 10", "h_sum 55", "h:p50 10", "h:p95 30", "h:p99 38.00000000000001"]);
        Samples(Request(new(), Metric("h", 9, new OtlpMessage().Fixed(3, At).Fixed(4, 3)))).ShouldBe(["h_count 3"]);
    }

    [Fact]
    public void An_exponential_histogram_has_the_same_series()
    {
        // Scale 0: buckets double. One value in (1, 2], two in (2, 4], one in (4, 8].
        OtlpMessage positive = new OtlpMessage().Varint(1, 0).Varints(2, 1, 2, 1);
        OtlpMessage point = new OtlpMessage().Fixed(3, At).Fixed(4, 4).Double(5, 14).Varint(6, 0).Message(8, positive);
        string[] samples = Samples(Request(new(), Metric("e", 10, point)));
        samples[..2].ShouldBe(["e_count 4", "e_sum 14"]);
        double.Parse(samples[2].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture).ShouldBe(Math.Pow(2, 1.5), 1e-12);
        OtlpMessage zero = new OtlpMessage().Fixed(3, At).Fixed(4, 4).Varint(6, 3).Fixed(7, 4);
        Samples(Request(new(), Metric("e", 10, zero))).ShouldContain("e:p99 0");
        OtlpMessage below = new OtlpMessage().Fixed(3, At).Fixed(4, 4).Varint(6, 0).Message(9, new OtlpMessage().Varint(1, 0).Varints(2, 4));
        Samples(Request(new(), Metric("e", 10, below)))[1].ShouldStartWith("e:p50 -1.4142");
    }

    [Fact]
    public void A_summary_is_its_count_its_sum_and_the_quantiles_it_has()
    {
        OtlpMessage point = new OtlpMessage().Fixed(3, At).Fixed(4, 4).Double(5, 8)
            .Message(6, new OtlpMessage().Double(1, 0.5).Double(2, 2)).Message(6, new OtlpMessage().Double(1, 0.99).Double(2, 3));
        Samples(Request(new(), Metric("s", 11, point))).ShouldBe(["s_count 4", "s_sum 8", "s{quantile=\"0.5\"} 2", "s{quantile=\"0.99\"} 3"]);
    }

    [Fact]
    public void Json_means_what_protocol_buffers_mean()
    {
        const string json = """
            {"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeMetrics":[{"scope":{"name":"s"},"metrics":[
              {"name":"load","unit":"1","gauge":{"dataPoints":[{"attributes":[{"key":"route","value":{"stringValue":"/pay"}},{"key":"n","value":{"intValue":"-3"}},
                {"key":"ok","value":{"boolValue":true}},{"key":"x","value":{"doubleValue":0.5}},{"key":"list","value":{"arrayValue":{"values":[{"stringValue":"a"}]}}}],
                "timeUnixNano":"1700000000123456789","asDouble":1.5,"unknown":{"a":[1]}}]}},
              {"name":"calls","sum":{"dataPoints":[{"timeUnixNano":1700000000123456789,"asInt":"-7"}],"aggregationTemporality":2,"isMonotonic":true}},
              {"name":"h","histogram":{"dataPoints":[{"timeUnixNano":"1700000000123456789","count":"10","sum":55,"bucketCounts":["5","4","1","0"],"explicitBounds":[10,20,40]}]}},
              {"name":"e","exponentialHistogram":{"dataPoints":[{"timeUnixNano":"1700000000123456789","count":4,"scale":-1,"zeroCount":"0",
                "positive":{"offset":-2,"bucketCounts":["1","2","1"]}}]}},
              {"name":"s","summary":{"dataPoints":[{"timeUnixNano":"1700000000123456789","count":"4","sum":"8","quantileValues":[{"quantile":0.5,"value":2}]}]}}]}]}]}
            """;
        OtlpMessage point = new OtlpMessage().Message(7, Attribute("route", "/pay")).Message(7, Attribute("n", new OtlpMessage().Varint(3, unchecked((ulong)-3))))
            .Message(7, Attribute("ok", new OtlpMessage().Varint(2, 1))).Message(7, Attribute("x", new OtlpMessage().Double(4, 0.5))).Fixed(3, At).Double(4, 1.5);
        byte[] same = Request(
            Resource,
            Metric("load", 5, point),
            Metric("calls", 7, new OtlpMessage().Fixed(3, At).Fixed(6, unchecked((ulong)-7))),
            Metric("h", 9, new OtlpMessage().Fixed(3, At).Fixed(4, 10).Double(5, 55).Counts(6, 5, 4, 1, 0).Doubles(7, 10, 20, 40)),
            Metric("e", 10, new OtlpMessage().Fixed(3, At).Fixed(4, 4).Varint(6, 1).Fixed(7, 0).Message(8, new OtlpMessage().Varint(1, 3).Varints(2, 1, 2, 1))),
            Metric("s", 11, new OtlpMessage().Fixed(3, At).Fixed(4, 4).Double(5, 8).Message(6, new OtlpMessage().Double(1, 0.5).Double(2, 2))));
        Samples(Rewritten(json)).ShouldBe(Samples(same));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{} x")]
    [InlineData("{\"resourceMetrics\":7}")]
    [InlineData("{\"resourceMetrics\":[7]}")]
    [InlineData("{\"resourceMetrics\":[{\"scopeMetrics\":\"x\"}]}")]
    [InlineData("{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":7}]}]}]}")]
    [InlineData("{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"\\ud800\"}]}]}]}")]
    [InlineData("{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"m\",\"gauge\":{\"dataPoints\":[{\"asDouble\":\"x\"}]}}]}]}]}")]
    [InlineData("{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"m\",\"gauge\":{\"dataPoints\":[{\"asInt\":1.5}]}}]}]}]}")]
    [InlineData("{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"m\",\"gauge\":{\"dataPoints\":[{\"asInt\":\"99999999999999999999\"}]}}]}]}]}")]
    [InlineData("{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"m\",\"gauge\":{\"dataPoints\":[{\"timeUnixNano\":\"soon\"}]}}]}]}]}")]
    [InlineData("{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"m\",\"gauge\":{\"dataPoints\":[{\"timeUnixNano\":\"-\"}]}}]}]}]}")]
    [InlineData("{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"m\",\"gauge\":{\"dataPoints\":[{\"attributes\":[{\"value\":{\"boolValue\":1}}]}]}}]}]}]}")]
    [InlineData("{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"exponentialHistogram\":{\"dataPoints\":[{\"scale\":9999999999}]}}]}]}]}")]
    public void Json_that_is_no_request_is_refused(string json)
    {
        OtlpJson.TryRewriteMetrics(Encoding.UTF8.GetBytes(json), out _, out _, out DecodeFailure? failure).ShouldBeFalse();
        failure!.Code.ShouldBe("bad_json");
        failure.Detail.Any(char.IsControl).ShouldBeFalse();
    }

    [Fact]
    public void Json_nested_deeper_than_32_is_refused_without_recursion_to_death()
    {
        string deep = "{\"x\":" + new string('[', 1_000_000);
        OtlpJson.TryRewriteMetrics(Encoding.UTF8.GetBytes(deep), out _, out _, out DecodeFailure? failure).ShouldBeFalse();
        failure!.Code.ShouldBe("bad_json");
    }

    [Theory]
    [InlineData("", "0")] // An empty message is a request without metrics.
    [InlineData("00", "nothing: bad_protobuf")] // A field of number 0.
    [InlineData("07", "nothing: bad_protobuf")]
    [InlineData("0a", "nothing: bad_protobuf")] // A message without its length.
    [InlineData("0a05", "nothing: bad_protobuf")] // Shorter than its length.
    [InlineData("0affffffffffffffffff01", "nothing: bad_protobuf")] // A length of 2^64 - 1.
    [InlineData("0affffffff0f", "nothing: bad_protobuf")]
    [InlineData("0a808080808080808080808001", "nothing: bad_protobuf")] // A number of more than ten bytes.
    [InlineData("80", "nothing: bad_protobuf")]
    [InlineData("09010203", "nothing: bad_protobuf")] // A fixed number cut off.
    [InlineData("0d0102", "nothing: bad_protobuf")]
    [InlineData("0b0c", "nothing: bad_protobuf")] // A group.
    [InlineData("0e", "nothing: bad_protobuf")]
    [InlineData("0a020a05", "nothing: bad_protobuf")] // The resource ends too early.
    [InlineData("0a021205", "nothing: bad_protobuf")]
    [InlineData("0a0412021205", "nothing: bad_protobuf")]
    [InlineData("0801", "0")] // A known field written in another way is an unknown field.
    [InlineData("7a03616263", "0")]
    [InlineData("1f8b0800", "nothing: bad_protobuf")] // gzip without being called so.
    [InlineData("7b7d", "nothing: bad_protobuf")] // JSON without being called so.
    [InlineData("48656c6c6f", "nothing: bad_protobuf")] // Hello
    public void Bytes_that_are_no_request_are_refused(string hex, string answer) => Answer(Convert.FromHexString(hex)).ShouldBe(answer);

    [Fact]
    public void A_bad_point_is_named_and_the_others_stay()
    {
        OtlpMessage good = new OtlpMessage().Double(4, 1);
        Answer(Request(new(), Metric("m", 5, good, new(), good))).ShouldBe("2; 1 bad_value");
        Answer(Request(new(), Metric("m", 5, new OtlpMessage().Double(4, double.NaN)))).ShouldBe("0; 0 bad_value");
        Answer(Request(new(), Metric("m", 5, new OtlpMessage().Double(4, double.PositiveInfinity)))).ShouldBe("0; 0 bad_value");
        Answer(Request(new(), Metric("m", 5, new OtlpMessage().Double(4, 1).Raw(7, new OtlpMessage().Raw(1, [0xff, 0xfe]).Message(2, new OtlpMessage().Text(1, "x")).Bytes)))).ShouldBe("0; 0 bad_text");
        Answer(Request(new(), Metric("h", 9, new OtlpMessage().Fixed(4, 1).Counts(6, 1, 2).Doubles(7, 1, 2)))).ShouldBe("0; 0 bad_value");
        Answer(Request(new(), Metric("h", 9, new OtlpMessage().Fixed(4, 1).Counts(6, 1, 2, 3).Doubles(7, 2, 1)))).ShouldBe("0; 0 bad_value");
        Answer(Request(new(), Metric("h", 9, new OtlpMessage().Fixed(4, 1).Counts(6, 1, 2, 3).Doubles(7, 1, double.NaN)))).ShouldBe("0; 0 bad_value");
        Answer(Request(new(), Metric("h", 9, new OtlpMessage().Fixed(4, 1).Double(5, double.NaN)))).ShouldBe("0; 0 bad_value");
        Answer(Request(new(), Metric("e", 10, new OtlpMessage().Fixed(4, 1).Varint(6, 200)))).ShouldBe("0; 0 bad_value");
        Answer(Request(new(), Metric("s", 11, new OtlpMessage().Fixed(4, 1).Message(6, new OtlpMessage().Double(1, 0.5).Double(2, double.NaN))))).ShouldBe("0; 0 bad_value");
        Answer(Request(new(), Metric("h", 9, new OtlpMessage().Fixed(4, 1).Raw(6, [1, 2, 3])))).ShouldBe("nothing: bad_protobuf");
    }

    [Fact]
    public void Mutated_requests_never_make_it_throw()
    {
        byte[] seed = Request(
            Resource,
            Metric("load", 5, new OtlpMessage().Message(7, Attribute("route", "/pay")).Fixed(3, At).Double(4, 1.5)),
            Metric("h", 9, new OtlpMessage().Message(9, Attribute("a", "b")).Fixed(3, At).Fixed(4, 10).Double(5, 55).Counts(6, 5, 4, 1, 0).Doubles(7, 10, 20, 40)),
            Metric("e", 10, new OtlpMessage().Fixed(3, At).Fixed(4, 4).Varint(6, 1).Message(8, new OtlpMessage().Varint(1, 3).Varints(2, 1, 2, 1))),
            Metric("s", 11, new OtlpMessage().Fixed(3, At).Fixed(4, 4).Message(6, new OtlpMessage().Double(1, 0.5).Double(2, 2))));
        var random = new Random(11);
        for (int run = 0; run < 30_000; run++)
        {
            byte[] body = [.. seed];
            for (int change = random.Next(1, 5); change > 0; change--) body[random.Next(body.Length)] = (byte)random.Next(256);
            Answer(body[..random.Next(body.Length + 1)]).ShouldNotBeNull();
        }
    }

    private static byte[] Rewritten(string json)
    {
        OtlpJson.TryRewriteMetrics(Encoding.UTF8.GetBytes(json), out byte[]? message, out int length, out DecodeFailure? failure).ShouldBeTrue(failure?.Detail);
        return message![..length];
    }

    private static IngestBatch Decoded(byte[] request)
    {
        OtlpMetricsDecoder.TryDecode(request, "t", out IngestBatch? batch, out DecodeFailure? failure).ShouldBeTrue(failure?.Detail);
        return batch!;
    }

    private static string[] Samples(byte[] request)
    {
        IngestBatch batch = Decoded(request);
        batch.Errors.ShouldBeEmpty();
        batch.Rows.ShouldAllBe(row => row.TimeMs == AtMs);
        return [.. batch.Rows.Select(row => FormattableString.Invariant($"{row.Series.Text} {row.Value}"))];
    }

    private static string Answer(byte[] request)
    {
        if (!OtlpMetricsDecoder.TryDecode(request, "t", out IngestBatch? batch, out DecodeFailure? failure)) return $"nothing: {failure.Code}";
        batch.Rows.Select(row => row.Record).Intersect(batch.Errors.Select(error => error.Index)).ShouldBeEmpty();
        if (batch.Errors.Count == 0) return $"{batch.Rows.Count}";
        return $"{batch.Rows.Count}; {string.Join(", ", batch.Errors.Select(error => $"{error.Index} {error.Code}"))}";
    }
}
