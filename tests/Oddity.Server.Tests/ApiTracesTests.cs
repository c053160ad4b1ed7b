using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Oddity.Engine.Calls;
using Oddity.Server.Configuration;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Oddity.Server.Tests;

/// <summary>Traces over the real server: from OpenTelemetry's exporter, Zipkin's and Jaeger's formats, to series, graph and waterfall.</summary>
public sealed class ApiTracesTests
{
    private const long At = 1_767_225_600_000; // 2026-01-01.
    private const string Trace = "463ac35c9f6413ad48485a3953bb6124";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    [InlineData(OtlpExportProtocol.Grpc)]
    public async Task OpenTelemetrys_own_exporter_delivers(OtlpExportProtocol protocol)
    {
        int grpc = FreePort();
        await using ApiServer server = await ApiServer.StartAsync(new HttpOptions { OtlpGrpcPort = grpc });
        string trace;
        using (var source = new ActivitySource("test.traces." + protocol))
        using (TracerProvider provider = Sdk.CreateTracerProviderBuilder()
            .AddSource(source.Name)
            .ConfigureResource(resource => resource.AddService("shop", serviceVersion: "1.2"))
            .AddOtlpExporter(exporter => (exporter.Protocol, exporter.Endpoint) =
                (protocol, protocol == OtlpExportProtocol.Grpc ? new Uri($"http://127.0.0.1:{grpc}") : new Uri(server.Address, "/v1/traces")))
            .Build())
        {
            using (Activity root = source.StartActivity("GET /carts", ActivityKind.Server)!)
            {
                trace = root.TraceId.ToHexString();
                using Activity child = source.StartActivity("SELECT", ActivityKind.Client)!;
                child.SetTag("db.system", "postgresql");
                root.SetStatus(ActivityStatusCode.Error, "broken");
            }

            provider.ForceFlush(10_000).ShouldBeTrue();
        }

        JsonElement whole = await server.GetAsync("/api/v1/traces/" + trace);
        whole.GetProperty("spans").EnumerateArray().Select(span => span.GetProperty("operation").GetString()).ShouldBe(["GET /carts", "SELECT"]);
        whole.GetProperty("spans")[0].GetProperty("message").GetString().ShouldBe("broken");
        JsonElement graph = await server.GetAsync("/api/v1/topology");
        graph.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("name").GetString()).ShouldBe(["postgresql", "shop"]);
        graph.GetProperty("edges")[0].GetProperty("to").GetString().ShouldBe("postgresql");
    }

    [Fact]
    public async Task Spans_are_series_a_graph_and_a_waterfall()
    {
        var time = new ManualTime();
        await using ApiServer server = await ApiServer.StartAsync(time: time);
        using HttpResponseMessage taken = await server.PostAsync("/api/v2/spans", Shop(At, failed: true));
        taken.StatusCode.ShouldBe(HttpStatusCode.Accepted);

        JsonElement listed = (await server.GetAsync("/api/v1/traces?service=pay&min_duration=50&errors=true")).GetProperty("data");
        listed.EnumerateArray().Single().GetProperty("trace_id").GetString().ShouldBe(Trace);
        listed[0].GetProperty("services").EnumerateArray().Select(service => service.GetString()).ShouldBe(["pay", "web"]);
        (await server.GetAsync("/api/v1/traces?service=nobody")).GetProperty("data").GetArrayLength().ShouldBe(0);
        (await server.GetAsync("/api/v1/traces?min_duration=5000")).GetProperty("data").GetArrayLength().ShouldBe(0);

        time.Advance(TimeSpan.FromMinutes(2));
        await server.Service<CallCloser>().CloseAsync(Cancel);
        await server.SettleAsync();
        (await ValueAsync("span_self_time_ms{operation=\"get /\",service=\"web\"}")).ShouldBe(30); // 100 ms, of which its call took 70.
        (await ValueAsync("span_error_rate{service=\"pay\"}")).ShouldBe(1);
        (await ValueAsync("span_latency_p99_ms{operation=\"post /pay\",service=\"pay\"}")).ShouldBe(60);
        (await ValueAsync("span_requests_per_second{service=\"web\"}")).ShouldBe(1 / 60.0);

        JsonElement edges = (await server.GetAsync("/api/v1/topology")).GetProperty("edges");
        edges.EnumerateArray().Select(edge => $"{edge.GetProperty("from").GetString()}>{edge.GetProperty("to").GetString()} {edge.GetProperty("figures").GetProperty("requests").GetInt32()}")
            .ShouldBe(["pay>cards 1", "web>pay 1"]);
        JsonElement services = (await server.GetAsync("/api/v1/services")).GetProperty("data");
        services.EnumerateArray().Select(service => service.GetProperty("service").GetString()).ShouldBe(["pay", "web"]);
        (await server.GetAsync("/api/v1/traces/" + Trace.ToUpperInvariant())).GetProperty("spans").GetArrayLength().ShouldBe(4);

        // What was sent twice, as exporters do when an answer is lost, counts once.
        await server.PostAsync("/api/v2/spans", Shop(At, failed: true));
        await server.Service<CallCloser>().CloseAsync(Cancel);
        (await server.GetAsync("/api/v1/topology")).GetProperty("edges")[0].GetProperty("figures").GetProperty("requests").GetInt32().ShouldBe(1);

        async Task<double> ValueAsync(string series) =>
            (await server.GetAsync($"/api/v1/samples?series={Uri.EscapeDataString(series)}&start=2026-01-01&end=2026-01-02")).GetProperty("samples")[0][1].GetDouble();
    }

    [Fact]
    public async Task A_pair_across_two_minutes_is_an_edge_once()
    {
        var time = new ManualTime();
        await using ApiServer server = await ApiServer.StartAsync(time: time);
        await server.PostAsync("/api/v2/spans", Shop(At + 59_910, failed: false)); // pay ends in the first minute, web in the second.
        time.Advance(TimeSpan.FromSeconds(80));
        await server.Service<CallCloser>().CloseAsync(Cancel);
        time.Advance(TimeSpan.FromMinutes(1));
        await server.Service<CallCloser>().CloseAsync(Cancel);
        (await server.GetAsync("/api/v1/topology")).GetProperty("edges").EnumerateArray().Select(edge => edge.GetProperty("figures").GetProperty("requests").GetInt32()).ShouldBe([1, 1]);
    }

    [Fact]
    public async Task An_anomaly_of_spans_has_the_changes_before_it_and_traces_as_examples()
    {
        await using ApiServer server = await ApiServer.StartAsync(time: new ManualTime());
        await server.PostAsync("/api/v2/spans", Shop(At, failed: true));
        await server.PostAsync("/api/v1/changes", """{"title":"pay 1.2","kind":"deploy","time":"2025-12-31T23:50:00Z"}{"title":"long ago","time":"2025-12-31T12:00:00Z"}""");
        JsonElement anomaly = await (await server.PostAsync("/anomaly", """{"metric":"span_error_rate","labels":{"service":"pay"},"value":1,"timestamp":"2026-01-01T00:00:00Z"}""")).JsonAsync();
        JsonElement around = await server.GetAsync($"/api/v1/anomalies/{anomaly.GetProperty("id").GetString()}/context");
        around.GetProperty("changes").EnumerateArray().Single().GetProperty("title").GetString().ShouldBe("pay 1.2");
        around.GetProperty("traces").EnumerateArray().Single().GetString().ShouldBe(Trace);
    }

    [Fact]
    public async Task Otlp_answers_by_its_own_rules()
    {
        await using ApiServer server = await ApiServer.StartAsync(time: new ManualTime());
        using HttpResponseMessage good = await server.PostAsync("/v1/traces", Otlp(("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")), "application/json");
        (good.StatusCode, await good.Content.ReadAsStringAsync(Cancel)).ShouldBe((HttpStatusCode.OK, "{}"));
        using HttpResponseMessage part = await server.PostAsync("/v1/traces", Otlp(("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203332"), ("00", "b7ad6b7169203331")), "application/json");
        JsonElement partial = (await part.JsonAsync()).GetProperty("partialSuccess");
        partial.GetProperty("rejectedSpans").GetString().ShouldBe("1");
        using HttpResponseMessage empty = await server.Http.PostAsync("/v1/traces", ApiServer.Content([], "application/x-protobuf"), Cancel);
        empty.StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (string bad in new[] { "{", "[]", "7", "{\"resourceSpans\":7}", "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"xyz\"}]}]}]}", "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"kind\":\"x\"}]}]}]}" })
        {
            using HttpResponseMessage refused = await server.PostAsync("/v1/traces", bad, "application/json");
            refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, bad);
        }

        foreach (byte[] bad in new byte[][] { [0x0a, 5], [0xff], [0x0a, 2, 0x12, 9], [0x0b], [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f] })
        {
            using HttpResponseMessage refused = await server.Http.PostAsync("/v1/traces", ApiServer.Content(bad, "application/x-protobuf"), Cancel);
            refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, Convert.ToHexString(bad));
        }

        using HttpResponseMessage text = await server.PostAsync("/v1/traces", "{}", "text/plain");
        text.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        server.Pipeline.Calls.Waiting.ShouldBe(2);
    }

    [Fact]
    public async Task Whatever_is_wrong_with_spans_is_said_and_the_next_good_ones_are_taken()
    {
        await using ApiServer server = await ApiServer.StartAsync(time: new ManualTime());
        (string Body, string Code)[] bodies =
        [
            ("", "bad_json"), (" ", "bad_json"), ("null", "bad_json"), ("{}", "bad_json"), ("7", "bad_json"), ("\"x\"", "bad_json"), ("[", "bad_json"), ("[{}", "bad_json"), ("[{},]", "bad_json"), ("]", "bad_json"), ("\u0000", "bad_json"),
            (new string('[', 1000), "bad_json"), ("[1]", "bad_record"), ("[null]", "bad_record"), ("[[]]", "bad_record"), ("[\"x\"]", "bad_record"), ("[true]", "bad_record"), ("[{}]", "bad_id"),
            (Span("\"traceId\":7"), "bad_value"), (Span("\"traceId\":\"\""), "bad_id"), (Span("\"traceId\":\"xyz\""), "bad_id"), (Span("\"traceId\":\"00000000000000000000000000000000\""), "bad_id"), (Span("\"traceId\":\"463ac35c9f6413ad48485a3953bb612\""), "bad_id"),
            (Span("\"traceId\":\"463ac35c9f6413ad48485a3953bb61245\""), "bad_id"), (Span("\"traceId\":null"), "bad_id"), (Span("\"traceId\":[]"), "bad_value"), (Span("\"traceId\":\"\\ud800\""), "bad_text"),
            (Span("\"id\":7"), "bad_value"), (Span("\"id\":\"\""), "bad_id"), (Span("\"id\":\"0000000000000000\""), "bad_id"), (Span("\"id\":\"a2fb4a1d1a96d31\""), "bad_id"), (Span("\"id\":\"g2fb4a1d1a96d312\""), "bad_id"), (Span("\"id\":null"), "bad_id"),
            (Span("\"parentId\":7"), "bad_value"), (Span("\"parentId\":\"x\""), "bad_id"), (Span("\"parentId\":\"0000000000000000\""), "bad_id"), (Span("\"name\":7"), "bad_value"), (Span("\"name\":{}"), "bad_value"), (Span("\"name\":\"\\udc00\""), "bad_text"),
            (Span("\"kind\":7"), "bad_value"), (Span("\"timestamp\":\"x\""), "bad_value"), (Span("\"timestamp\":null"), "missing_field"), (Span("\"timestamp\":1.5"), "bad_value"), (Span("\"timestamp\":1e30"), "bad_value"), (Span("\"timestamp\":0"), "bad_time"),
            (Span("\"timestamp\":-1"), "bad_time"), (Span("\"timestamp\":9223372036854775807"), "bad_time"), (Span("\"timestamp\":1000"), "too_old"), (Span("\"timestamp\":1867225600000000"), "too_new"), (Span("\"duration\":-1"), "bad_time"),
            (Span("\"duration\":\"1\""), "bad_value"), (Span("\"duration\":9223372036854775807"), "bad_time"), (Span("\"duration\":{}"), "bad_value"), (Span("\"localEndpoint\":7"), "bad_value"), (Span("\"localEndpoint\":[]"), "bad_value"),
            (Span("\"localEndpoint\":{\"serviceName\":7}"), "bad_value"), (Span("\"localEndpoint\":{\"serviceName\":\"\\ud800\"}"), "bad_text"), (Span("\"remoteEndpoint\":\"x\""), "bad_value"), (Span("\"tags\":7"), "bad_value"), (Span("\"tags\":[]"), "bad_value"),
            (Span("\"tags\":{\"a\":\"\\ud800\"}"), "bad_text"),
        ];
        bodies.Length.ShouldBeGreaterThanOrEqualTo(60);
        int good = 0;
        foreach ((string body, string code) in bodies)
        {
            using HttpResponseMessage refused = await server.PostAsync("/api/v2/spans", body, "application/json");
            (await refused.ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe(code, body);
            using HttpResponseMessage next = await server.PostAsync("/api/v2/spans", Span($"\"id\":\"{++good:x16}\""), "application/json");
            next.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        }

        server.Pipeline.Calls.Waiting.ShouldBe(good);
        using HttpResponseMessage part = await server.PostAsync("/api/v2/spans", "[7," + Span("\"id\":\"ff00000000000000\"")[1..]);
        JsonElement counts = await part.JsonAsync(HttpStatusCode.Accepted);
        (counts.GetProperty("accepted").GetInt32(), counts.GetProperty("rejected").GetInt32()).ShouldBe((1, 1));
        using HttpResponseMessage atomic = await server.PostAsync("/api/v2/spans?atomic=true", "[7," + Span("\"id\":\"ff00000000000001\"")[1..]);
        atomic.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Jaegers_batches_are_taken_and_broken_ones_refused()
    {
        await using ApiServer server = await ApiServer.StartAsync(time: new ManualTime());
        byte[] good = JaegerBatch("shop", "GET /");
        (await StatusAsync(good)).ShouldBe(202);
        server.Pipeline.Calls.Waiting.ShouldBe(1);
        for (int length = 0; length < good.Length; length++) (await StatusAsync(good[..length])).ShouldBe(400, $"cut after {length}");
        byte[][] bad = [[0], [1], [15, 0, 2, 12, 0x7f, 0xff, 0xff, 0xff], [15, 0, 2, 12, 0xff, 0xff, 0xff, 0xff], [11, 0, 1, 0x7f, 0xff, 0xff, 0xff], [99, 0, 1], [.. good, 0], [.. Enumerable.Repeat((byte)12, 3000)], "hello"u8.ToArray()];
        foreach (byte[] body in bad) (await StatusAsync(body)).ShouldBe(400, Convert.ToHexString(body.AsSpan(0, Math.Min(body.Length, 30))));
        (await StatusAsync(good, "application/json")).ShouldBe(415);
        server.Pipeline.Calls.Waiting.ShouldBe(1);

        async Task<int> StatusAsync(byte[] body, string type = "application/x-thrift")
        {
            using HttpResponseMessage answer = await server.Http.PostAsync("/api/traces?format=jaeger.thrift", ApiServer.Content(body, type), Cancel);
            return (int)answer.StatusCode;
        }
    }

    [Theory]
    [InlineData("/api/v1/traces?min_duration=x")]
    [InlineData("/api/v1/traces?min_duration=-1")]
    [InlineData("/api/v1/traces?min_duration=1e999")]
    [InlineData("/api/v1/traces?errors=maybe")]
    [InlineData("/api/v1/traces?limit=0")]
    [InlineData("/api/v1/traces?limit=501")]
    [InlineData("/api/v1/traces?start=x")]
    [InlineData("/api/v1/traces?start=2026-01-02&end=2026-01-01T00:00:00Z")]
    [InlineData("/api/v1/traces/xyz")]
    [InlineData("/api/v1/traces/0123")]
    [InlineData("/api/v1/traces/zz3ac35c9f6413ad48485a3953bb6124")]
    [InlineData("/api/v1/topology?end=x")]
    [InlineData("/api/v1/services?start=x")]
    public async Task A_wrong_question_is_a_400(string path)
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage answer = await server.Http.GetAsync(path, Cancel);
        (await answer.ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("bad_parameter");
    }

    [Fact]
    public async Task An_access_log_is_calls_of_an_API()
    {
        var time = new ManualTime();
        await using ApiServer server = await ApiServer.StartAsync(time: time);
        const string log = "127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /carts/1 HTTP/1.0\" 200 2326\n127.0.0.1 - frank [10/Oct/2000:13:55:37 -0700] \"GET /carts/2 HTTP/1.0\" 500 2326\nrubbish\n";
        JsonElement counts = await (await server.PostAsync("/api/v1/access-logs?api_id=shop", log, "text/plain")).JsonAsync();
        (counts.GetProperty("accepted").GetInt32(), counts.GetProperty("rejected").GetInt32()).ShouldBe((2, 1));
        await server.Service<CallCloser>().CloseAsync(Cancel);
        await server.SettleAsync();
        (await server.GetAsync("/api/v1/samples?series=api_error_rate%7Bapi_id%3D%22shop%22,endpoint%3D%22GET%20/carts/:id%22%7D&start=2000-10-10&end=2000-10-11")).GetProperty("samples")[0][1].GetDouble().ShouldBe(0.5);
        server.Pipeline.ListSeries("default", "latency", null, 10).ShouldBeEmpty("the lines say nothing of it");
        using HttpResponseMessage live = await server.PostAsync("/api/v1/access-logs?backfill=false", log, "text/plain");
        (await live.ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("too_old");
        using HttpResponseMessage empty = await server.PostAsync("/api/v1/access-logs", "", "text/plain");
        (await empty.ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("empty_body");
    }

    /// <summary>web serves a page and calls pay, which calls cards, which says nothing of itself.</summary>
    private static string Shop(long at, bool failed)
    {
        string tags = failed ? ",\"tags\":{\"error\":\"declined\"}" : "";
        string[] spans =
        [
            Line("a", null, "get /", "SERVER", at, 100, "web", null, ""),
            Line("b", "a", "pay", "CLIENT", at + 10, 70, "web", "pay", ""),
            Line("c", "b", "post /pay", "SERVER", at + 15, 60, "pay", null, tags),
            Line("d", "c", "charge", "CLIENT", at + 20, 40, "pay", "cards", ""),
        ];
        return $"[{string.Join(',', spans)}]";

        static string Line(string id, string? parent, string name, string kind, long start, int ms, string service, string? remote, string more) =>
            $"{{\"traceId\":\"{Trace}\",\"id\":\"000000000000000{id}\",{(parent is null ? "" : $"\"parentId\":\"000000000000000{parent}\",")}\"name\":\"{name}\",\"kind\":\"{kind}\","
            + $"\"timestamp\":{start}000,\"duration\":{ms}000,\"localEndpoint\":{{\"serviceName\":\"{service}\"}}{(remote is null ? "" : $",\"remoteEndpoint\":{{\"serviceName\":\"{remote}\"}}")}{more}}}";
    }

    /// <summary>A good span with one property more, which counts if it was given before.</summary>
    private static string Span(string property) =>
        "[{\"traceId\":\"" + Trace + "\",\"id\":\"a2fb4a1d1a96d312\",\"timestamp\":1767225600000000,\"duration\":1000,\"localEndpoint\":{\"serviceName\":\"a\"}," + property + "}]";

    private static string Otlp(params (string Trace, string Span)[] spans) =>
        "{\"resourceSpans\":[{\"resource\":{},\"scopeSpans\":[{\"spans\":["
        + string.Join(',', spans.Select(span => $"{{\"traceId\":\"{span.Trace}\",\"spanId\":\"{span.Span}\",\"name\":\"x\",\"startTimeUnixNano\":\"1767225600000000000\",\"endTimeUnixNano\":\"1767225600001000000\"}}"))
        + "]}]}]}";

    private static byte[] JaegerBatch(string service, string name)
    {
        List<byte> body = [12, 0, 1, 11, 0, 1, 0, 0, 0, (byte)service.Length, .. Encoding.UTF8.GetBytes(service), 0, 15, 0, 2, 12, 0, 0, 0, 1];
        foreach ((byte id, long value) in new (byte, long)[] { (1, 10), (2, 0), (3, 11), (4, 0), (8, At * 1000), (9, 1000) })
            body.AddRange([10, 0, id, .. BitConverter.GetBytes(value).Reverse()]);
        body.AddRange([11, 0, 5, 0, 0, 0, (byte)name.Length, .. Encoding.UTF8.GetBytes(name), 0, 0]);
        return [.. body];
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
