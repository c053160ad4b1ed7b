using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json;
using Oddity.Engine.Series;

namespace Oddity.Server.Tests;

/// <summary>Hostile bodies at the doors of InfluxDB and OpenTelemetry: 400 in the protocol's own words, nothing stored, and the next good request works.</summary>
public class ApiHostileDoorsTests
{
    private const string Protobuf = "application/x-protobuf";

    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Line_protocol()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        string[] hostile = [.. Lines()];
        hostile.Length.ShouldBeGreaterThan(60);
        foreach (string body in hostile)
        {
            foreach (string path in new[] { "/write", "/api/v2/write" })
            {
                using HttpResponseMessage answer = await server.Http.PostAsync(path, ApiServer.Content(Encoding.Latin1.GetBytes(body)), Cancel);
                string said = await answer.Content.ReadAsStringAsync(Cancel);
                answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, body.Length > 100 ? body[..100] : body);
                JsonElement problem = JsonDocument.Parse(said).RootElement;
                problem.GetProperty(path == "/write" ? "error" : "message").GetString().ShouldNotBeNullOrEmpty();
                said.Any(char.IsControl).ShouldBeFalse();
                said.Length.ShouldBeLessThan(1000);
            }
        }

        server.Pipeline.CountSeries(SeriesKey.DefaultTenant).ShouldBe(0);
        (await server.PostAsync("/write", "m value=1")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Otlp_that_is_no_message_is_400_with_a_status()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        (byte[] Body, string Type)[] hostile = [.. Messages().Select(body => (body, Protobuf)), .. Jsons().Select(body => (Encoding.Latin1.GetBytes(body), "application/json"))];
        hostile.Length.ShouldBeGreaterThan(60);
        foreach ((byte[] body, string type) in hostile)
        {
            using HttpResponseMessage answer = await server.Http.PostAsync("/v1/metrics", ApiServer.Content(body, type), Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, $"{Convert.ToHexString(body.AsSpan(0, Math.Min(body.Length, 80)))} {Encoding.Latin1.GetString(body.AsSpan(0, Math.Min(body.Length, 200)))}");
            answer.Content.Headers.ContentType!.MediaType.ShouldBe(type);
            (await answer.Content.ReadAsByteArrayAsync(Cancel)).Length.ShouldBeInRange(1, 1000);
        }

        server.Pipeline.CountSeries(SeriesKey.DefaultTenant).ShouldBe(0);
        (await server.Http.PostAsync("/v1/metrics", ApiServer.Content(Request(Point()), Protobuf), Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Otlp_points_that_are_bad_are_counted_and_good_ones_beside_them_stored()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        byte[][] bad = [.. Points()];
        bad.Length.ShouldBeGreaterThan(20);
        foreach (byte[] point in bad)
        {
            byte[] request = [.. Request(Point()), .. Request(point)];
            using HttpResponseMessage answer = await server.Http.PostAsync("/v1/metrics", ApiServer.Content(request, Protobuf), Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            byte[] partial = await answer.Content.ReadAsByteArrayAsync(Cancel);
            (partial.Length > 3 && partial[0] == 0x0A && partial[2] == 0x08 && partial[3] == 1).ShouldBeTrue($"one rejected: {Convert.ToHexString(point)} {Convert.ToHexString(partial)}");
        }

        await server.SettleAsync();
        server.Pipeline.CountSeries(SeriesKey.DefaultTenant).ShouldBe(1);
    }

    private static IEnumerable<string> Lines()
    {
        string[] lines =
        [
            "", " ", "\n", "#", "m", "m ", "m\t", "m,", "m,t", "m,t=", "m,=v", "m,t=v", "m,t=v ", "m,,t=v f=1", "m,t=v,f=1", "m,t=v=w f=1", ",t=v f=1", "=1", " =1", "m f", "m f=", "m =1", "m f=x", "m f=1x",
            "m f=1i2", "m f=1.5i", "m f=-1u", "m f=9223372036854775808i", "m f=18446744073709551616u", "m f=i", "m f=u", "m f=NaN", "m f=nan", "m f=inf", "m f=-Inf", "m f=Infinity", "m f=1e999", "m f=-1e999", "m f=0x1",
            "m f=1_0", "m f=--1", "m f=\"", "m f=\"a", "m f=\"a\\", "m f=\"a\\\"", "m f='a'", "m f=truex", "m f=TrUe", "m f=yes", "m f=1,", "m f=1,,g=2", "m f=1 g=2", "m f=1 x", "m f=1 1 1", "m f=1 1.5", "m f=1 99999999999999999999",
            "m f=1 2026-01-01T00:00:00Z", "m f=1\0", "\0 f=1", "m\u00FF f=1", "m,t=\u00FF f=1", "m,\u00C3=v f=1", "m \u00FF=1", "m\u0001 f=1", "m,t\u0002=v f=1", "m \u0003=1", "{\"m\":1}", "<xml/>", "m:1|c", "m 1 1", "GET / HTTP/1.1", "m\\ f=1", "\\", "m,t=\\ f=1",
            "m f=1 " + (Now + 3_600_000) + "000000", "m f=1 1000000000",
        ];
        foreach (string line in lines) yield return line;
        yield return new string('n', 300) + " f=1";
        yield return "m " + new string('f', 300) + "=1";
        yield return "m," + new string('t', 300) + "=v f=1";
        yield return "m,t=" + new string('v', 3000) + " f=1";
        yield return "m," + string.Join(',', Enumerable.Range(0, 60).Select(i => $"t{i}=v")) + " f=1";
        yield return new string(',', 100_000);
        yield return new string('\\', 100_001) + " f=1x";
        yield return "m f=\"" + new string('a', 100_000);
        yield return "m f=" + new string('9', 100_000);
        yield return string.Concat(Enumerable.Repeat("m\n", 50_000));
    }

    private static IEnumerable<byte[]> Messages()
    {
        byte[] good = Request(Point());
        for (int length = 1; length < good.Length; length++) yield return good[..length];
        byte[][] messages =
        [
            [0x0A], [0x0A, 0xFF], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0x0B], [0x0C], [0x0E], [0x0F], [0x00], [0x00, 0x00], [0x07, 1], [0x0D, 1, 2], [0x09, 1, 2, 3],
            [.. Enumerable.Repeat((byte)0x80, 12)], [.. Enumerable.Repeat((byte)0xFF, 50)], "{\"resourceMetrics\":[]}"u8.ToArray(), Field(1, [0x12, 9]), Field(1, [0x0A, 9, 1]), Field(1, Field(2, [0x12, 5])), Field(1, Field(2, Field(2, [0x0A, 9]))),
            Field(1, Field(2, Field(2, Field(5, [0x0A, 9])))), Request([0x21, 1]), Request([0x19, 1, 2]), Request([0x3A, 9, 1]), Request([0x07]), Request(Field(6, [1, 2, 3]), 9), Request(Field(7, [1, 2, 3]), 9), Request(Field(8, [0x12, 9]), 10),
            Request(Field(8, [0x12, 1, 0x80]), 10), Request(Field(6, [0x09, 1]), 11),
        ];
        foreach (byte[] message in messages) yield return message;
    }

    private static IEnumerable<string> Jsons()
    {
        string[] bodies =
        [
            "", " ", "[]", "1", "null", "\"a\"", "{", "}", "{]", "{\"resourceMetrics\"}", "{\"resourceMetrics\":}", "{\"resourceMetrics\":1}", "{\"resourceMetrics\":{}}", "{\"resourceMetrics\":[{\"scopeMetrics\":{}}]}", "{\"resourceMetrics\":[{\"resource\":[]}]}", "{\"resourceMetrics\":[1]}", "{\"resourceMetrics\":[[]]}",
            "{\"resourceMetrics\":[{\"scopeMetrics\":1}]}", "{\"resourceMetrics\":[{\"scopeMetrics\":[1]}]}", "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":1}]}]}", "{}x", "{},", "{\"a\":1,}", "\u00FF{}", "{\"a\":\u0001}",
            "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"m\",\"gauge\":{\"dataPoints\":[{\"asDouble\":\"x\"}]}}]}]}]}", "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":1}]}]}]}",
            "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"m\",\"gauge\":{\"dataPoints\":[{\"timeUnixNano\":\"x\",\"asDouble\":1}]}}]}]}]}", "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"m\",\"gauge\":1}]}]}]}",
        ];
        foreach (string body in bodies) yield return body;
        yield return string.Concat(Enumerable.Repeat("{\"a\":", 10_000));
        yield return new string('[', 100_000);
    }

    private static IEnumerable<byte[]> Points()
    {
        yield return [];
        foreach (double value in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity }) yield return RemoteWriteBody.Double(4, value);
        foreach (long nanos in new[] { 1L, 1_000_000_000, Now * 1_000_000 * 2, long.MaxValue, -1 }) yield return [.. Fixed(3, nanos), .. RemoteWriteBody.Double(4, 1)];
        byte[] one = RemoteWriteBody.Double(4, 1);
        byte[] Attribute(byte[] name, byte[] value) => [.. one, .. Field(7, [.. Field(1, name), .. Field(2, Field(1, value))])];
        yield return Attribute([0xFF], "v"u8.ToArray());
        yield return Attribute("a"u8.ToArray(), [0xC3]);
        yield return Attribute("a"u8.ToArray(), [0xED, 0xA0, 0x80]);
        yield return Attribute([1], "v"u8.ToArray());
        yield return Attribute([.. Enumerable.Repeat((byte)'n', 300)], "v"u8.ToArray());
        yield return Attribute("a"u8.ToArray(), [.. Enumerable.Repeat((byte)'v', 3000)]);
        yield return [.. one, .. Enumerable.Range(0, 60).SelectMany(i => Field(7, [.. Field(1, Encoding.ASCII.GetBytes($"a{i}")), .. Field(2, Field(1, "v"u8.ToArray()))]))];
        yield return [0x21, 0, 0, 0, 0, 0, 0, 0xF8, 0x7F];
        yield return [0x21, 2, 0, 0, 0, 0, 0, 0xF0, 0x7F];
        yield return Field(100, new byte[100]);
        yield return [0x18, 1];
        yield return [0x20, 1];
        yield return [0x30, 1];
        yield return Fixed(3, Now * 1_000_000);
    }

    private static byte[] Point() => [.. Fixed(3, Now * 1_000_000), .. RemoteWriteBody.Double(4, 1)];

    private static byte[] Request(byte[] point, int kind = 5) => Field(1, Field(2, Field(2, [.. Field(1, "m"u8.ToArray()), .. Field(kind, Field(1, point))])));

    private static byte[] Field(int number, byte[] content) => RemoteWriteBody.Field(number, content);

    private static byte[] Fixed(int field, long value)
    {
        byte[] bytes = new byte[9];
        bytes[0] = (byte)((field << 3) | 1);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), value);
        return bytes;
    }
}
