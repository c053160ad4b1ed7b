using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Oddity.Server.Tests;

/// <summary>Whatever is thrown at a route that takes data, the answer is a problem that says why, and the server lives.</summary>
public sealed class ApiHostileTests
{
    private static readonly string[] Paths = ["/events/raw", "/ingest", "/v1/metrics/ingest", "/api/v1/metrics/ingest", "/api/v1/events", "/predict", "/anomaly", "/upload", "/upload/bulk"];

    private static readonly (string Name, byte[] Body)[] Bodies =
    [
        ("empty", []),
        ("blanks", " \r\n\t"u8.ToArray()),
        ("a byte order mark alone", [0xEF, 0xBB, 0xBF]),
        ("bad JSON", """{"metric":"a","value":"""u8.ToArray()),
        ("two commas", """{"metric":"a",,"value":1}"""u8.ToArray()),
        ("NaN", """{"metric":"a","value":NaN}"""u8.ToArray()),
        ("NaN in quotes", """{"metric":"a","value":"NaN"}"""u8.ToArray()),
        ("Infinity in quotes", """{"metric":"a","value":"Infinity"}"""u8.ToArray()),
        ("1e400", """{"metric":"a","value":1e400}"""u8.ToArray()),
        ("value of a wrong type", """{"metric":"a","value":{"x":1}}"""u8.ToArray()),
        ("name of a wrong type", """{"metric":["a"],"value":1}"""u8.ToArray()),
        ("no value", """{"metric":"a"}"""u8.ToArray()),
        ("time that is none", """{"metric":"a","value":1,"timestamp":"yesterday"}"""u8.ToArray()),
        ("time far ahead", """{"metric":"a","value":1,"timestamp":1e300}"""u8.ToArray()),
        ("null", "null"u8.ToArray()),
        ("a number", "42"u8.ToArray()),
        ("a text", "\"hello\""u8.ToArray()),
        ("an array of nothing good", "[1,null,\"x\",[]]"u8.ToArray()),
        ("deep objects", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 100_000)))),
        ("deep arrays", Encoding.UTF8.GetBytes(new string('[', 1_000_000))),
        ("a long name", Encoding.UTF8.GetBytes($$"""{"metric":"{{new string('m', 300)}}","value":1}""")),
        ("an escaped half of a surrogate pair", """{"metric":"\ud800","value":1}"""u8.ToArray()),
        ("bytes that are not UTF-8", [.. "{\"metric\":\""u8, 0xFF, 0xFE, 0xC0, .. "\",\"value\":1}"u8]),
        ("binary", [.. Enumerable.Range(0, 4096).Select(i => (byte)(i * 131 % 251))]),
        ("zeros", new byte[10_000]),
        ("gzip without saying so, cut off", ApiIngestTests.Compress(new byte[5000], "gzip")[..20]),
        ("UTF-16", Encoding.Unicode.GetBytes("""{"metric":"a","value":1}""")),
        ("a web page", "<!doctype html><html></html>"u8.ToArray()),
    ];

    [Fact]
    public async Task Rubbish_is_a_400_problem_on_every_route_and_nothing_of_it_is_stored()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        var wrong = new List<string>();
        foreach (string path in Paths)
        {
            foreach ((string name, byte[] body) in Bodies)
            {
                using HttpResponseMessage answer = await server.Http.PostAsync(path, ApiServer.Content(body), TestContext.Current.CancellationToken);
                string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                bool problem = answer.Content.Headers.ContentType?.MediaType == "application/problem+json";
                if (answer.StatusCode != HttpStatusCode.BadRequest || !problem || Detail(text).Any(char.IsControl) || text.Contains(" at Oddity.", StringComparison.Ordinal))
                    wrong.Add($"{path}, {name}: {(int)answer.StatusCode} {text}");
            }
        }

        wrong.ShouldBeEmpty();
        await server.SettleAsync();
        (await server.GetAsync("/api/metrics")).GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Details_repeat_at_most_64_characters_of_input()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        string secret = new('s', 500);
        foreach (string path in new[] { $"/api/v1/anomalies?severity={secret}", $"/api/v1/anomalies?cursor={secret}", $"/api/v1/anomalies/{secret}", $"/{secret}", $"/api/v1/samples?series={secret}" })
        {
            using HttpResponseMessage answer = await server.Http.GetAsync(path, TestContext.Current.CancellationToken);
            string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            ((int)answer.StatusCode).ShouldBeInRange(400, 499, path);
            text.ShouldNotContain(new string('s', 65));
            text.ShouldContain(new string('s', 60));
        }
    }

    [Theory]
    [InlineData("POST /ingest HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("POST /ingest HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: nine\r\n\r\n")]
    [InlineData("GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nno colon\r\n\r\n")]
    [InlineData("rubbish\r\n\r\n")]
    public async Task Broken_http_is_a_400_and_the_server_lives(string request)
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        (await reader.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("HTTP/1.1 400 Bad Request");
        await server.GetAsync("/health");
    }

    [Fact]
    public async Task A_client_that_hangs_up_in_the_middle_of_its_body_leaves_nothing()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, server.Address.Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync("POST /ingest HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\n{\"cpu\":1}\n"u8.ToArray(), TestContext.Current.CancellationToken);
        }

        await server.SettleAsync();
        (await server.GetAsync("/api/metrics")).GetArrayLength().ShouldBe(0);
    }

    private static string Detail(string text)
    {
        try
        {
            return JsonDocument.Parse(text).RootElement.TryGetProperty("detail", out JsonElement detail) ? detail.GetString()! : "\0";
        }
        catch (JsonException)
        {
            return "\0";
        }
    }
}
