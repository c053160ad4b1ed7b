using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Oddity.Engine.Series;
using Oddity.Server.Configuration;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Oddity.Server.Tests;

/// <summary>OTLP as OpenTelemetry's own exporter speaks it, and the answers by the protocol's rules.</summary>
public class ApiOtlpTests
{
    private const string Protobuf = "application/x-protobuf";

    private const string Good = """{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"load","gauge":{"dataPoints":[{"asDouble":1.5}]}}]}]}]}""";

    private const string HalfGood = """{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"load","gauge":{"dataPoints":[{"asDouble":1.5},{},{"asDouble":"NaN"}]}}]}]}]}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    [InlineData(OtlpExportProtocol.Grpc)]
    public async Task OpenTelemetrys_own_exporter_delivers(OtlpExportProtocol protocol)
    {
        int grpc = FreePort();
        await using ApiServer server = await ApiServer.StartAsync(new HttpOptions { OtlpGrpcPort = grpc });
        using (var meter = new Meter("test." + protocol))
        using (MeterProvider provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddOtlpExporter(exporter => (exporter.Protocol, exporter.Endpoint) =
                (protocol, protocol == OtlpExportProtocol.Grpc ? new Uri($"http://127.0.0.1:{grpc}") : new Uri(server.Address, "/v1/metrics")))
            .Build())
        {
            meter.CreateCounter<long>("calls").Add(3, new KeyValuePair<string, object?>("route", "/pay"));
            meter.CreateHistogram<double>("latency").Record(12);
            provider.ForceFlush(10_000).ShouldBeTrue();
        }

        await server.SettleAsync();
        string[] series = [.. server.Pipeline.ListSeries(SeriesKey.DefaultTenant, null, null, 100).Select(info => info.Key.Metric).Order(StringComparer.Ordinal)];
        series.ShouldBe(["calls", "latency:p50", "latency:p95", "latency:p99", "latency_count", "latency_sum"]);
        SeriesInfo calls = server.Pipeline.ListSeries(SeriesKey.DefaultTenant, "calls", null, 1)[0];
        calls.Key.Label("route").ShouldBe("/pay");
        calls.Key.Label("service.name").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("/v1/metrics")]
    [InlineData("/api/v1/otlp/v1/metrics")]
    public async Task All_good_is_200_and_an_empty_response_in_the_requests_own_type(string path)
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage json = await server.PostAsync(path, Good, "application/json; charset=utf-8");
        json.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await json.Content.ReadAsStringAsync(Cancel)).ShouldBe("{}");
        using HttpResponseMessage empty = await server.Http.PostAsync(path, ApiServer.Content([], Protobuf), Cancel);
        empty.StatusCode.ShouldBe(HttpStatusCode.OK);
        empty.Content.Headers.ContentType!.MediaType.ShouldBe(Protobuf);
        (await empty.Content.ReadAsByteArrayAsync(Cancel)).ShouldBeEmpty();
        await server.SettleAsync();
        server.Pipeline.CountSeries(SeriesKey.DefaultTenant).ShouldBe(1);
    }

    [Fact]
    public async Task Bad_points_among_good_ones_are_a_partial_success()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage answer = await server.PostAsync("/v1/metrics", HalfGood, "application/json");
        JsonElement partial = (await JsonAsync(answer, HttpStatusCode.OK)).GetProperty("partialSuccess");
        partial.GetProperty("rejectedDataPoints").GetString().ShouldBe("2");
        partial.GetProperty("errorMessage").GetString()!.ShouldContain("Data point 1");
        await server.SettleAsync();
        (await server.GetAsync("/api/v1/samples?series=load")).GetProperty("samples").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task What_cannot_be_decoded_is_a_status_in_the_requests_type()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage json = await server.PostAsync("/v1/metrics", "{\"resourceMetrics\":\u0007", "application/json");
        JsonElement status = await JsonAsync(json, HttpStatusCode.BadRequest);
        status.GetProperty("code").GetInt32().ShouldBe(3);
        status.GetProperty("message").GetString()!.Any(char.IsControl).ShouldBeFalse();

        using HttpResponseMessage protobuf = await server.Http.PostAsync("/v1/metrics", ApiServer.Content([0x0a, 0x05], Protobuf), Cancel);
        protobuf.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        protobuf.Content.Headers.ContentType!.MediaType.ShouldBe(Protobuf);
        byte[] bytes = await protobuf.Content.ReadAsByteArrayAsync(Cancel);
        bytes[..3].ShouldBe([0x08, 3, 0x12]);
    }

    [Fact]
    public async Task Types_encodings_and_sizes_have_their_answers()
    {
        await using ApiServer server = await ApiServer.StartAsync(new HttpOptions { MaxBodyBytes = 1000, MaxDecompressedBytes = 2000 });
        byte[] good = Encoding.UTF8.GetBytes(Good);
        (await StatusAsync(ApiServer.Content(good, "text/plain"))).ShouldBe(415);
        (await StatusAsync(ApiServer.Content(good))).ShouldBe(415);
        (await StatusAsync(ApiServer.Content(good, "application/json", "zstd"))).ShouldBe(415);
        (await StatusAsync(ApiServer.Content(new byte[3000], Protobuf))).ShouldBe(413);
        byte[] compressed = ApiIngestTests.Compress(good, "gzip");
        (await StatusAsync(ApiServer.Content(compressed, "application/json", "gzip"))).ShouldBe(200);
        (await StatusAsync(ApiServer.Content(compressed[..^5], "application/json", "gzip"))).ShouldBe(400);
        (await StatusAsync(ApiServer.Content(ApiIngestTests.Compress(new byte[100_000], "gzip"), Protobuf, "gzip"))).ShouldBe(413);

        async Task<int> StatusAsync(HttpContent content)
        {
            using HttpResponseMessage answer = await server.Http.PostAsync("/v1/metrics", content, Cancel);
            return (int)answer.StatusCode;
        }
    }

    [Fact]
    public async Task Grpc_answers_what_is_no_frame_or_no_message_with_a_status_in_trailers()
    {
        int port = FreePort();
        await using ApiServer server = await ApiServer.StartAsync(new HttpOptions { OtlpGrpcPort = port });
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact, BaseAddress = new($"http://127.0.0.1:{port}") };
        (await StatusAsync([])).ShouldBe("3");
        (await StatusAsync([0, 0, 0, 0, 0])).ShouldBe("0");
        (await StatusAsync([0, 0, 0, 0, 9, 1])).ShouldBe("3");
        (await StatusAsync([0, 0xff, 0xff, 0xff, 0xff])).ShouldBe("3");
        (await StatusAsync([2, 0, 0, 0, 0])).ShouldBe("3");
        (await StatusAsync([0, 0, 0, 0, 2, 0x0a, 0x05])).ShouldBe("3");
        (await StatusAsync([1, 0, 0, 0, 1, 7])).ShouldBe("12");
        (await StatusAsync([1, 0, 0, 0, 1, 7], "gzip")).ShouldBe("3");

        async Task<string> StatusAsync(byte[] frame, string? encoding = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export") { Content = new ByteArrayContent(frame) };
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/grpc");
            if (encoding is not null) request.Headers.Add("grpc-encoding", encoding);
            using HttpResponseMessage answer = await http.SendAsync(request, Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            await answer.Content.ReadAsByteArrayAsync(Cancel);
            return answer.TrailingHeaders.GetValues("grpc-status").Single();
        }
    }

    [Fact]
    public async Task A_port_for_opentelemetry_that_is_taken_keeps_nobody_from_starting()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await using ApiServer server = await ApiServer.StartAsync(new HttpOptions { OtlpHttpPort = ((IPEndPoint)other.LocalEndpoint).Port });
        using HttpResponseMessage answer = await server.PostAsync("/v1/metrics", Good, "application/json");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        string text = await answer.Content.ReadAsStringAsync(Cancel);
        answer.StatusCode.ShouldBe(status, text);
        return JsonDocument.Parse(text).RootElement;
    }
}
