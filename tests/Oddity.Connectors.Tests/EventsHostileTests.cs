using System.Text;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Events;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Tests;

/// <summary>Every kind of bad body has a defined answer: "nothing: code" if it is not decodable, else the number of samples and the rejected records.</summary>
public class EventsHostileTests
{
    private const string Good = """{"metric":"g","value":1}""";

    [Theory]
    // Nothing there.
    [InlineData("", "nothing: empty_body")]
    [InlineData("  \r\n\t ", "nothing: empty_body")]
    [InlineData("\uFEFF", "nothing: empty_body")]
    [InlineData("[]", "0")]
    [InlineData(" [ ] \n", "0")]
    // Not JSON, or not whole.
    [InlineData("hello", "nothing: bad_json")]
    [InlineData("\0", "nothing: bad_json")]
    [InlineData("<xml/>", "nothing: bad_json")]
    [InlineData("metric,value\na,1\n", "nothing: bad_json")]
    [InlineData("{", "nothing: bad_json")]
    [InlineData("}", "nothing: bad_json")]
    [InlineData("[", "nothing: bad_json")]
    [InlineData("]", "nothing: bad_json")]
    [InlineData("[" + Good, "nothing: bad_json")]
    [InlineData("[" + Good + ",]", "nothing: bad_json")]
    [InlineData("[" + Good + Good + "]", "nothing: bad_json")]
    [InlineData("[" + Good + "] x", "nothing: bad_json")]
    [InlineData("[" + Good + "][" + Good + "]", "nothing: bad_json")]
    [InlineData("[" + Good + ",{\"metric\":}]", "nothing: bad_json")]
    [InlineData("[,]", "nothing: bad_json")]
    [InlineData("{\"metric\":\"a\",\"value\":1,}", "nothing: bad_json")]
    [InlineData("{\"metric\":\"a\" \"value\":1}", "nothing: bad_json")]
    [InlineData("{metric:\"a\",value:1}", "nothing: bad_json")]
    [InlineData("{'metric':'a','value':1}", "nothing: bad_json")]
    [InlineData("{\"metric\":\"a\",\"value\":NaN}", "nothing: bad_json")]
    [InlineData("{\"metric\":\"a\",\"value\":-Infinity}", "nothing: bad_json")]
    [InlineData("{\"metric\":\"a\",\"value\":01}", "nothing: bad_json")]
    [InlineData("{\"metric\":\"a\",\"value\":+1}", "nothing: bad_json")]
    [InlineData("{\"metric\":\"a\",\"value\":1.}", "nothing: bad_json")]
    [InlineData("{\"metric\":\"a\",\"value\":0x1F}", "nothing: bad_json")]
    [InlineData("{\"metric\":\"a\nb\",\"value\":1}", "nothing: bad_json")]
    [InlineData("{\"metric\":\"\\x41\",\"value\":1}", "nothing: bad_json")]
    [InlineData("{\"metric\":\"a\",\"value\":1 /* one */}", "nothing: bad_json")]
    [InlineData("// comment\n", "nothing: bad_json")]
    [InlineData("{\n\"metric\":\"a\",\n\"value\":\n}", "nothing: bad_json")]
    // JSON, but not events.
    [InlineData("42", "nothing: bad_json")]
    [InlineData("\"text\"", "nothing: bad_json")]
    [InlineData("null", "nothing: bad_json")]
    [InlineData("true\nfalse\n", "nothing: bad_json")]
    [InlineData("[1,\"a\",null,true]", "0; 0 bad_record, 1 bad_record, 2 bad_record, 3 bad_record")]
    [InlineData("[[" + Good + "]]", "0; 0 bad_record")]
    [InlineData("[[[[]]]," + Good + "]", "1; 0 bad_record")]
    [InlineData("{}", "0; 0 unknown_shape")]
    [InlineData("{\"hello\":\"world\"}", "0; 0 unknown_shape")]
    [InlineData("{\"data\":[" + Good + "]}", "0; 0 unknown_shape")]
    [InlineData("{\"timestamp\":1700000000}", "0; 0 unknown_shape")]
    // One bad record among good ones.
    [InlineData(Good + "\n" + "oops\n" + Good, "2; 1 bad_json")]
    [InlineData("oops\n" + Good, "1; 0 bad_json")]
    [InlineData(Good + " trailing\n" + Good, "2; 1 bad_json")]
    [InlineData(Good + "}\n" + Good, "2; 1 bad_json")]
    [InlineData(Good + "," + Good + "\n" + Good, "2; 1 bad_json")]
    [InlineData(Good + "\n[" + Good + "]\n" + Good, "2; 1 bad_json")]
    [InlineData(Good + "\n{\"metric\":\"a\",\"value\":[1,\n" + Good, "2; 1 bad_json")]
    [InlineData(Good + "\n{\"metric\":\"unfinished\n" + Good, "2; 1 bad_json")]
    [InlineData(Good + "\n{\"metric\":\"cut off", "1; 1 bad_json")]
    [InlineData(Good + "\n\0\n" + Good, "2; 1 bad_json")]
    [InlineData("[" + Good + ",{\"metric\":\"a\"},{\"value\":1}," + Good + "]", "2; 1 missing_field, 2 missing_field")]
    // Values.
    [InlineData("{\"metric\":\"a\",\"value\":1e400}", "0; 0 not_finite")]
    [InlineData("{\"metric\":\"a\",\"value\":-1e400}", "0; 0 not_finite")]
    [InlineData("{\"metric\":\"a\",\"value\":\"1e400\"}", "0; 0 not_finite")]
    [InlineData("{\"metric\":\"a\",\"value\":\"NaN\"}", "0; 0 not_finite")]
    [InlineData("{\"metric\":\"a\",\"value\":\"Infinity\"}", "0; 0 not_finite")]
    [InlineData("{\"metric\":\"a\",\"value\":\"12.5\"}", "1")]
    [InlineData("{\"metric\":\"a\",\"value\":\" 12.5\"}", "0; 0 bad_value")]
    [InlineData("{\"metric\":\"a\",\"value\":\"12,5\"}", "0; 0 bad_value")]
    [InlineData("{\"metric\":\"a\",\"value\":\"\"}", "0; 0 bad_value")]
    [InlineData("{\"metric\":\"a\",\"value\":\"ten\"}", "0; 0 bad_value")]
    [InlineData("{\"metric\":\"a\",\"value\":true}", "0; 0 bad_value")]
    [InlineData("{\"metric\":\"a\",\"value\":null}", "0; 0 bad_value")]
    [InlineData("{\"metric\":\"a\",\"value\":{}}", "0; 0 bad_value")]
    [InlineData("{\"metric\":\"a\",\"value\":[1]}", "0; 0 bad_value")]
    [InlineData("{\"metric\":\"a\",\"value\":-0.0}", "1")]
    [InlineData("{\"metric\":\"a\",\"value\":5e-324}", "1")]
    [InlineData("{\"metric\":\"a\",\"value\":1.7976931348623157e308}", "1")]
    [InlineData("{\"metric\":\"a\",\"value\":123456789012345678901234567890123456789012345678901234567890}", "1")]
    [InlineData("{\"cpu\":null,\"memory\":1}", "0; 0 bad_value")]
    [InlineData("{\"cpu\":\"high\",\"memory\":1}", "0; 0 bad_value")]
    [InlineData("{\"cpu\":\"92.3\",\"memory\":1}", "2")]
    [InlineData("{\"cpu\":1,\"heat\":1e999}", "0; 0 not_finite")]
    // Names and labels.
    [InlineData("{\"metric\":5,\"value\":1}", "0; 0 bad_name")]
    [InlineData("{\"metric\":{},\"value\":1}", "0; 0 bad_name")]
    [InlineData("{\"metric\":null,\"value\":1}", "0; 0 missing_field")]
    [InlineData("{\"metric\":null,\"name\":\"b\",\"value\":1}", "1")]
    [InlineData("{\"name\":\"b\"}", "0; 0 missing_field")]
    [InlineData("{\"metric\":\"\\ud800\",\"value\":1}", "0; 0 bad_text")]
    [InlineData("{\"metric\":\"a\",\"value\":1,\"meta\":{\"h\":\"\\udc00x\"}}", "0; 0 bad_text")]
    [InlineData("{\"metric\":\"a\",\"value\":1,\"meta\":{\"\\ud83d\":1}}", "0; 0 bad_text")]
    [InlineData("{\"metric\":\"\\ud83d\\ude00\",\"value\":1}", "1")]
    [InlineData("{\"metric\":\"a\",\"value\":1,\"meta\":{\"x\":null,\"y\":{\"z\":1},\"w\":[]}}", "1")]
    [InlineData("{\"metric\":\"a\",\"value\":1,\"meta\":null,\"labels\":[\"x\"],\"tags\":\"y\"}", "1")]
    [InlineData("{\"metric\":\"a\",\"metric\":\"b\",\"value\":\"x\",\"value\":1}", "1")]
    [InlineData("{\"cpu\":1,\"cpu\":2}", "1")]
    // Times.
    [InlineData("{\"metric\":\"a\",\"value\":1,\"timestamp\":null}", "1")]
    [InlineData("{\"metric\":\"a\",\"value\":1,\"timestamp\":\"\"}", "0; 0 bad_time")]
    [InlineData("{\"metric\":\"a\",\"value\":1,\"timestamp\":\"yesterday\"}", "0; 0 bad_time")]
    [InlineData("{\"metric\":\"a\",\"value\":1,\"timestamp\":true}", "0; 0 bad_time")]
    [InlineData("{\"metric\":\"a\",\"value\":1,\"timestamp\":{}}", "0; 0 bad_time")]
    [InlineData("{\"metric\":\"a\",\"value\":1,\"timestamp\":1e300}", "0; 0 bad_time")]
    [InlineData("{\"metric\":\"a\",\"value\":1,\"timestamp\":\"2023-02-29\"}", "0; 0 bad_time")]
    [InlineData("{\"metric\":\"a\",\"value\":1,\"timestamp\":\"1700000000\"}", "1")]
    // API calls.
    [InlineData("{\"api_id\":\"a\"}", "0; 0 missing_field")]
    [InlineData("{\"api_id\":\"a\",\"latency_ms\":1}", "0; 0 missing_field")]
    [InlineData("{\"api_id\":\"a\",\"latency_ms\":-1,\"status_code\":200}", "0; 0 bad_value")]
    [InlineData("{\"api_id\":\"a\",\"latency_ms\":1,\"status_code\":99}", "0; 0 bad_value")]
    [InlineData("{\"api_id\":\"a\",\"latency_ms\":1,\"status_code\":600}", "0; 0 bad_value")]
    [InlineData("{\"api_id\":\"a\",\"latency_ms\":1,\"status_code\":200.5}", "0; 0 bad_value")]
    [InlineData("{\"api_id\":\"a\",\"latency_ms\":1,\"status_code\":\"OK\"}", "0; 0 bad_value")]
    [InlineData("{\"api_id\":\"a\",\"latency_ms\":1,\"status_code\":200,\"response_size\":-5}", "0; 0 bad_value")]
    [InlineData("{\"api_id\":\"\",\"latency_ms\":1,\"status_code\":200}", "0; 0 bad_name")]
    [InlineData("{\"api_id\":{},\"latency_ms\":1,\"status_code\":200}", "0; 0 bad_name")]
    [InlineData("{\"api_id\":\"\\ud800\",\"latency_ms\":1,\"status_code\":200}", "0; 0 bad_text")]
    public void Bad_input_has_a_defined_answer(string body, string expected) => Answer(Encoding.UTF8.GetBytes(body)).ShouldBe(expected);

    [Theory]
    [InlineData("{\"metric\":\"\u00ff\",\"value\":1}", "0; 0 bad_text")]
    [InlineData("{\"metric\":\"a\",\"value\":1,\"meta\":{\"h\":\"\u00c0\u0080\"}}", "0; 0 bad_text")]
    [InlineData("{\"cpu\":1,\"\u00ff\":2}", "0; 0 bad_text")]
    [InlineData("{\"cpu\":1,\"host\":\"\u00ff\"}", "0; 0 bad_text")]
    [InlineData("{\"metric\":\"a\",\"value\":1,\"ignored\":\"\u00ff\"}", "1")]
    [InlineData("\u00ff\u00fe{\u0000}\u0000", "nothing: bad_json")]
    [InlineData("\u001f\u008b\u0008\u0000\u0000\u0000\u0000\u0000", "nothing: bad_json")]
    public void Bytes_that_are_not_UTF_8_have_a_defined_answer(string body, string expected) => Answer(Encoding.Latin1.GetBytes(body)).ShouldBe(expected);

    [Fact]
    public void Nesting_up_to_32_is_read_and_deeper_is_refused()
    {
        Answer(Nested(30)).ShouldBe("1");
        Answer(Nested(31)).ShouldBe("1");
        Answer(Nested(32)).ShouldBe("nothing: bad_json");
        Answer(Encoding.UTF8.GetBytes(new string('[', 1_000_000))).ShouldBe("nothing: bad_json");
        Answer(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 100_000)))).ShouldBe("nothing: bad_json");
        Answer(Encoding.UTF8.GetBytes(Good + "\n" + string.Concat(Enumerable.Repeat("{\"a\":", 1000)) + "\n" + Good)).ShouldBe("2; 1 bad_json");

        static byte[] Nested(int depth) =>
            Encoding.UTF8.GetBytes("{\"metric\":\"a\",\"value\":1,\"x\":" + new string('[', depth) + new string(']', depth) + "}");
    }

    [Fact]
    public void A_wide_event_has_at_most_1024_fields()
    {
        Answer(Wide(1024)).ShouldBe("1024");
        Answer(Wide(1025)).ShouldBe("0; 0 too_many_fields");
        static byte[] Wide(int fields) => Encoding.UTF8.GetBytes("{" + string.Join(",", Enumerable.Range(0, fields).Select(i => $"\"f{i}\":{i}")) + "}");
    }

    [Fact]
    public void Beyond_a_limit_of_bad_records_nothing_is_decoded()
    {
        Answer(Encoding.UTF8.GetBytes("[" + string.Concat(Enumerable.Repeat("1,", 99_999)) + "1]")).ShouldStartWith("0; 0 bad_record, 1 bad_record");
        Answer(Encoding.UTF8.GetBytes("[" + string.Concat(Enumerable.Repeat("1,", 100_000)) + "1]")).ShouldBe("nothing: too_many_errors");
        Answer(Encoding.UTF8.GetBytes(Good + string.Concat(Enumerable.Repeat("\nx", 10_000)))).ShouldStartWith("1; 1 bad_json");
        Answer(Encoding.UTF8.GetBytes(Good + string.Concat(Enumerable.Repeat("\nx", 10_001)))).ShouldBe("nothing: too_many_errors");
    }

    [Fact]
    public void Error_texts_echo_at_most_64_characters_and_escape_control_characters()
    {
        string nasty = new('x', 5000);
        IngestBatch batch = Decoded($$"""{"metric":"a","value":"\u001b[31m{{nasty}}"}{"metric":"a","value":"{{nasty}}"} {{"\u0007\u202e"}}{{nasty}}""");
        batch.Errors.Count.ShouldBe(3);
        batch.Errors.ShouldAllBe(error => error.Detail.Length < 300 && !error.Detail.Any(char.IsControl) && !error.Detail.Contains('\u202e'));
        batch.Errors[1].Detail.Count(c => c == 'x').ShouldBe(64);
    }

    [Fact]
    public void Objects_left_open_line_after_line_do_not_make_reading_quadratic()
    {
        // Such a line is rejected by itself, after reading on into the next 32 at most. Reading on to the end each time would take minutes.
        string tail = string.Concat(Enumerable.Repeat("{\"b\":1},\n", 9_000));
        Answer(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":\n", 1_000_000)))).ShouldBe("nothing: too_many_errors");
        Answer(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":[{\"b\":1},\n", 1_000_000)))).ShouldBe("nothing: too_many_errors");
        Answer(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":[\n", 500)) + tail)).ShouldStartWith("9000; 0 bad_json, 1 bad_json");
    }

    private static IngestBatch Decoded(string body)
    {
        EventsDecoder.TryDecode(Encoding.UTF8.GetBytes(body), "default", TimePrecision.Auto, out IngestBatch? batch, out _).ShouldBeTrue();
        return batch!;
    }

    private static string Answer(byte[] body)
    {
        if (!EventsDecoder.TryDecode(body, "default", TimePrecision.Auto, out IngestBatch? batch, out DecodeFailure? failure))
        {
            failure!.Detail.ShouldNotBeNullOrWhiteSpace();
            return $"nothing: {failure.Code}";
        }

        batch.Rows.Select(row => row.Record).Intersect(batch.Errors.Select(error => error.Index)).ShouldBeEmpty();
        if (batch.Errors.Count == 0) return $"{batch.Rows.Count}";
        return $"{batch.Rows.Count}; {string.Join(", ", batch.Errors.Select(error => $"{error.Index} {error.Code}"))}";
    }
}
