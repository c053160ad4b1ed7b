using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Connectors.Sources.Graphite;
using Oddity.Server.Configuration;

namespace Oddity.Server.Tests;

/// <summary>The same thousand samples leave the same state behind, whatever door they came in by.</summary>
public class ApiDoorsTests
{
    private const int Hosts = 20;
    private const int Steps = 50;

    private static readonly long Begin = (TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000 * 1000) - 3_600_000;
    private static readonly (string Host, long TimeMs, double Value)[] Samples =
        [.. from step in Enumerable.Range(0, Steps) from host in Enumerable.Range(0, Hosts) select ($"h{host}", Begin + (step * 15_000L) + (host * 7), Math.Round(50 + (20 * Math.Sin((step + host) / 5.0)), 3) * (host == 3 ? -1e-7 : 1))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_thousand_samples_through_every_door_give_the_same_digest()
    {
        int grpc = AcceptanceProcess.FreePort();
        (string Door, Func<ApiServer, Task> Send)[] doors =
        [
            ("JSON events", server => PostAsync(server, "/api/v1/events", Text(Event), "application/x-ndjson")),
            ("JSON array", server => PostAsync(server, "/events/raw", Encoding.UTF8.GetBytes("[" + string.Join(',', Samples.Select(Event)) + "]"), "application/json")),
            ("CSV", server => PostAsync(server, "/api/v1/events", [.. "metric,value,timestamp,host,path\n"u8, .. Text(Row)], "text/csv")),
            ("CSV upload", UploadAsync),
            ("remote write 1.0", server => PostAsync(server, "/api/v1/write", RemoteWrite(), "application/x-protobuf", "snappy")),
            ("remote write 2.0", server => PostAsync(server, "/api/v1/write", RemoteWrite2(), "application/x-protobuf;proto=io.prometheus.write.v2.Request", "snappy")),
            ("OTLP over HTTP", server => PostAsync(server, "/v1/metrics", Otlp(), "application/x-protobuf")),
            ("OTLP as JSON", server => PostAsync(server, "/v1/metrics", OtlpJson(), "application/json")),
            ("OTLP over gRPC", server => GrpcAsync(grpc)),
            ("line protocol", server => PostAsync(server, "/api/v2/write?precision=ms", Text(s => $"load,host={s.Host},path=/a value={Number(s.Value)} {s.TimeMs}"))),
            ("exposition text", server => PostAsync(server, "/api/v1/import/prometheus", Text(s => $"load{{path=\"/a\",host=\"{s.Host}\"}} {Number(s.Value)} {s.TimeMs}"))),
            ("exposition text, a label beside it", server => PostAsync(server, "/api/v1/import/prometheus?extra_label=path=/a", Text(s => $"load{{host=\"{s.Host}\"}} {Number(s.Value)} {s.TimeMs}"))),
            ("OpenMetrics", server => PostAsync(server, "/api/v1/import/prometheus", [.. Text(s => $"load{{path=\"/a\",host=\"{s.Host}\"}} {Number(s.Value)} {Seconds(s.TimeMs)}"), .. "# EOF\n"u8], "application/openmetrics-text")),
            ("Graphite", GraphiteAsync),
        ];
        string? first = null;
        foreach ((string door, Func<ApiServer, Task> send) in doors)
        {
            await using ApiServer server = await ApiServer.StartAsync(new HttpOptions { OtlpGrpcPort = door == "OTLP over gRPC" ? grpc : 0 });
            await send(server);
            Engine.StateDigest digest = await server.Pipeline.DigestAsync(Cancel);
            digest.Series.ShouldBe(Hosts, door);
            first ??= digest.Sha256;
            digest.Sha256.ShouldBe(first, $"{door} is not {doors[0].Door}");
        }
    }

    private static async Task PostAsync(ApiServer server, string path, byte[] body, string? type = null, string? encoding = null)
    {
        using HttpResponseMessage answer = await server.Http.PostAsync(path, ApiServer.Content(body, type, encoding), Cancel);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancel)}");
    }

    private static async Task UploadAsync(ApiServer server)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent([.. "timestamp,metric,host,path,value\n"u8, .. Text(s => $"{s.TimeMs},load,{s.Host},/a,{Number(s.Value)}")]), "file", "load.csv" } };
        using HttpResponseMessage answer = await server.Http.PostAsync("/upload", form, Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Cancel));
    }

    private static async Task GrpcAsync(int port)
    {
        byte[] message = Otlp(), frame = [0, 0, 0, 0, 0, .. message];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/opentelemetry.proto.collector.metrics.v1.MetricsService/Export") { Content = new ByteArrayContent(frame) };
        (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/grpc");
        using HttpResponseMessage answer = await http.SendAsync(request, Cancel);
        await answer.Content.ReadAsByteArrayAsync(Cancel);
        answer.TrailingHeaders.GetValues("grpc-status").Single().ShouldBe("0");
    }

    private static async Task GraphiteAsync(ApiServer server)
    {
        var source = new GraphiteSource(new(new(IPAddress.Loopback, 0), "default"), server.Pipeline, TimeProvider.System, NullLogger<GraphiteSource>.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task running = source.RunAsync(stop.Token);
        await AcceptanceTests.UntilAsync(() => Task.FromResult(source.Bound is not null), TimeSpan.FromSeconds(30), () => "It does not listen.");
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(source.Bound!, Cancel);
            await client.GetStream().WriteAsync(Text(s => $"load;path=/a;host={s.Host} {Number(s.Value)} {Seconds(s.TimeMs)}"), Cancel);
        }

        await AcceptanceTests.UntilAsync(() => Task.FromResult(source.Status.Detail == $"{Hosts * Steps} lines"), TimeSpan.FromSeconds(30), () => $"{source.Status}");
        await stop.CancelAsync();
        await running;
    }

    private static byte[] Text(Func<(string Host, long TimeMs, double Value), string> line) => Encoding.UTF8.GetBytes(string.Concat(Samples.Select(sample => line(sample) + "\n")));

    private static string Event((string Host, long TimeMs, double Value) s) => $$$"""{"metric":"load","value":{{{Number(s.Value)}}},"timestamp":{{{s.TimeMs}}},"meta":{"host":"{{{s.Host}}}","path":"/a"}}""";

    private static string Row((string Host, long TimeMs, double Value) s) => $"load,{Number(s.Value)},{s.TimeMs},{s.Host},/a";

    private static byte[] RemoteWrite()
    {
        var body = new RemoteWriteBody();
        foreach ((string host, long timeMs, double value) in Samples) body.Add([("__name__", "load"), ("host", host), ("path", "/a")], (timeMs, value));
        return body.Body;
    }

    private static byte[] RemoteWrite2()
    {
        var body = new RemoteWrite2Body();
        foreach ((string host, long timeMs, double value) in Samples) body.Add([("__name__", "load"), ("host", host), ("path", "/a")], (timeMs, value));
        return body.Body;
    }

    private static byte[] Otlp()
    {
        byte[] Attribute(string name, string value) => RemoteWriteBody.Field(7, [.. RemoteWriteBody.Field(1, Encoding.UTF8.GetBytes(name)), .. RemoteWriteBody.Field(2, RemoteWriteBody.Field(1, Encoding.UTF8.GetBytes(value)))]);
        byte[] Point((string Host, long TimeMs, double Value) s)
        {
            byte[] time = new byte[9];
            time[0] = (3 << 3) | 1;
            BinaryPrimitives.WriteInt64LittleEndian(time.AsSpan(1), s.TimeMs * 1_000_000);
            return RemoteWriteBody.Field(1, [.. Attribute("host", s.Host), .. Attribute("path", "/a"), .. time, .. RemoteWriteBody.Double(4, s.Value)]);
        }

        byte[] metric = [.. RemoteWriteBody.Field(1, "load"u8.ToArray()), .. RemoteWriteBody.Field(5, [.. Samples.SelectMany(Point)])];
        return RemoteWriteBody.Field(1, RemoteWriteBody.Field(2, RemoteWriteBody.Field(2, metric)));
    }

    private static byte[] OtlpJson()
    {
        string Attribute(string name, string value) => $$$"""{"key":"{{{name}}}","value":{"stringValue":"{{{value}}}"} }""";
        string Point((string Host, long TimeMs, double Value) s) => $$"""{"attributes":[{{Attribute("host", s.Host)}},{{Attribute("path", "/a")}}],"timeUnixNano":"{{s.TimeMs}}000000","asDouble":{{Number(s.Value)}} }""";
        return Encoding.UTF8.GetBytes($$$"""{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"load","gauge":{"dataPoints":[{{{string.Join(',', Samples.Select(Point))}}}]} }]}]}]}""");
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Seconds(long ms) => $"{ms / 1000}.{ms % 1000:000}";
}
