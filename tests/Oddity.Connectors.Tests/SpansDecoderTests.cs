using System.Text;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.AccessLogs;
using Oddity.Connectors.Sources.Otlp;
using Oddity.Connectors.Sources.Traces;
using Oddity.Engine.Calls;

namespace Oddity.Connectors.Tests;

/// <summary>Spans of OpenTelemetry, Zipkin and Jaeger, and lines of access logs: the same calls whatever the protocol; whatever comes, no exception.</summary>
public sealed class SpansDecoderTests
{
    /// <summary>More with the environment variable ODDITY_FUZZ, for runs outside CI.</summary>
    private static readonly int Executions = int.TryParse(Environment.GetEnvironmentVariable("ODDITY_FUZZ"), out int wanted) ? wanted : 10_000;

    private const string Trace = "0000000000000000000000000000000a";

    private const string OtlpJsonText = """
        {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":[
        {"traceId":"0000000000000000000000000000000A","spanId":"000000000000000b","parentSpanId":"000000000000000c","name":"GET /carts/17","kind":2,
        "startTimeUnixNano":"1767225600000000000","endTimeUnixNano":"1767225600250000000","status":{"code":2,"message":"no"},"attributes":[{"key":"http.route","value":{"stringValue":"/carts/{id}"}},{"key":"n","value":{"intValue":"7"}}]}]}]}]}
        """;

    private const string ZipkinText = """
        [{"traceId":"000000000000000a","id":"000000000000000b","parentId":"000000000000000c","name":"GET /carts/17","kind":"SERVER","timestamp":1767225600000000,"duration":250000,
        "localEndpoint":{"serviceName":"shop"},"tags":{"error":"no","http.route":"/carts/{id}"}}]
        """;

    private const string AccessLogText =
        "127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /apache_pb.gif HTTP/1.0\" 200 2326\n"
        + "10.0.0.1 - - [01/Jan/2026:00:00:00 +0000] \"POST /carts/17?x=1 HTTP/1.1\" 503 - \"-\" \"curl/8 \\\"x\\\"\" 0.250\n"
        + "{\"time\":\"2026-01-01T00:00:00Z\",\"method\":\"get\",\"uri\":\"/a/9\",\"status\":404,\"request_time\":0.5,\"body_bytes_sent\":12,\"service\":\"web\"}\n";

    private static readonly byte[] JaegerBytes = SpanMessage.Jaeger(
        "shop", (10, 11, 12, "GET /carts/17", 1_767_225_600_000_000, 250_000, [("span.kind", "server"), ("error", true), ("otel.status_description", "no"), ("n", 7L), ("d", 1.5)]));

    [Fact]
    public void One_span_is_the_same_call_by_every_protocol()
    {
        Call[] calls = [Otlp(Encoding.UTF8.GetBytes(OtlpJsonText)).Calls.Single().Call, Zipkin(Encoding.UTF8.GetBytes(ZipkinText)).Calls.Single().Call, Jaeger(JaegerBytes).Calls.Single().Call];
        foreach (Call call in calls)
        {
            (call.Service, call.Operation, call.TimeMs, call.LatencyMs, call.Failed).ShouldBe(("shop", "GET /carts/:id", 1_767_225_600_250, 250.0, true));
            (call.Span!.TraceId, call.Span.SpanId, call.Span.ParentId, call.Span.Kind, call.Span.StartUs, call.Span.Message)
                .ShouldBe((Trace, "000000000000000b", "000000000000000c", SpanKind.Server, 1_767_225_600_000_000, "no"));
        }
    }

    [Fact]
    public void Lines_of_access_logs_are_calls()
    {
        AccessLogDecoder.TryDecode(Encoding.UTF8.GetBytes(AccessLogText), "web", 0, out CallBatch? batch, out _).ShouldBeTrue();
        batch!.Calls.Select(call => (call.Call.Service, call.Call.Operation, call.Call.TimeMs, call.Call.LatencyMs, call.Call.Failed, call.Call.Bytes)).ShouldBe(
        [
            ("web", "GET /apache_pb.gif", 971_211_336_000, double.NaN, false, 2326),
            ("web", "POST /carts/:id", 1_767_225_600_000, 250, true, null),
            ("web", "GET /a/:id", 1_767_225_600_000, 500, true, 12),
        ]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("hello")]
    [InlineData("- - - [] \"GET / HTTP/1.1\" 200 1")]
    [InlineData("- - - [10/Foo/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 1")]
    [InlineData("- - - [99/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 1")]
    [InlineData("- - - [10/Oct/2000:25:55:36 -0700] \"GET / HTTP/1.1\" 200 1")]
    [InlineData("- - - [10/Oct/2000:13:55:36 -0700] GET / 200 1")]
    [InlineData("- - - [10/Oct/2000:13:55:36 -0700] \"GET / 200 1")]
    [InlineData("- - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 99 1")]
    [InlineData("- - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 600 1")]
    [InlineData("- - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" ok 1")]
    [InlineData("- - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200")]
    [InlineData("- - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 many")]
    [InlineData("- - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 -5")]
    [InlineData("- - - ]10/Oct/2000:13:55:36 -0700[ \"GET / HTTP/1.1\" 200 1")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("{\"status\":\"x\"}")]
    [InlineData("{\"status\":999}")]
    [InlineData("{\"status\":-200}")]
    [InlineData("{\"status\":200,\"time\":\"then\"}")]
    [InlineData("{\"status\":200,\"path\":\"\\ud800\"}")]
    [InlineData("{\"status\":200}{")]
    public void What_is_no_line_of_an_access_log_is_none(string line) =>
        AccessLogDecoder.TryDecode(Encoding.UTF8.GetBytes(line), "web", 0, out _, out DecodeFailure? _).ShouldBeFalse();

    [Fact]
    public void Mutated_messages_are_decoded_or_refused_and_every_record_counts_once()
    {
        var random = new Random(815);
        OtlpJson.TryRewriteTraces(Encoding.UTF8.GetBytes(OtlpJsonText), out byte[]? message, out int length, out _).ShouldBeTrue();
        byte[] protobuf = message!.AsSpan(0, length).ToArray();
        for (int i = 0; i < Executions; i++)
        {
            Check(OtlpTracesDecoder.TryDecode(ChangesDecoderTests.Mutate(protobuf, random), out CallBatch? batch, out DecodeFailure? failure), batch, failure);
            byte[] json = ChangesDecoderTests.Mutate(Encoding.UTF8.GetBytes(OtlpJsonText), random);
            if (OtlpJson.TryRewriteTraces(json, out message, out length, out failure)) Check(OtlpTracesDecoder.TryDecode(message.AsSpan(0, length), out batch, out failure), batch, failure);
            Check(ZipkinDecoder.TryDecode(ChangesDecoderTests.Mutate(Encoding.UTF8.GetBytes(ZipkinText), random), out batch, out failure), batch, failure);
            Check(JaegerDecoder.TryDecode(ChangesDecoderTests.Mutate(JaegerBytes, random), out batch, out failure), batch, failure);
            Check(AccessLogDecoder.TryDecode(ChangesDecoderTests.Mutate(Encoding.UTF8.GetBytes(AccessLogText), random), "a", 0, out batch, out failure), batch, failure);
        }

        static void Check(bool decoded, CallBatch? batch, DecodeFailure? failure)
        {
            if (decoded) (batch!.Calls.Count + batch.Errors.Count).ShouldBe(batch.Records);
            else failure!.Detail.Any(char.IsControl).ShouldBeFalse();
        }
    }

    private static CallBatch Otlp(byte[] json)
    {
        OtlpJson.TryRewriteTraces(json, out byte[]? message, out int length, out _).ShouldBeTrue();
        OtlpTracesDecoder.TryDecode(message.AsSpan(0, length), out CallBatch? batch, out DecodeFailure? failure).ShouldBeTrue(failure?.Detail);
        return batch!;
    }

    private static CallBatch Zipkin(byte[] json)
    {
        ZipkinDecoder.TryDecode(json, out CallBatch? batch, out DecodeFailure? failure).ShouldBeTrue(failure?.Detail);
        return batch!;
    }

    private static CallBatch Jaeger(byte[] body)
    {
        JaegerDecoder.TryDecode(body, out CallBatch? batch, out DecodeFailure? failure).ShouldBeTrue(failure?.Detail);
        return batch!;
    }
}
