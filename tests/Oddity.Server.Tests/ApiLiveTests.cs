using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Live;
using Oddity.Engine.Series;
using Oddity.Server.Api;
using Oddity.Server.Api.Live;
using Oddity.Server.Configuration;

namespace Oddity.Server.Tests;

public sealed class ApiLiveTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/ws/anomalies")]
    [InlineData("/ws")]
    [InlineData("/")]
    public async Task A_socket_says_hello_then_what_happens(string path)
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using var socket = await ConnectAsync(server, path);
        JsonElement hello = await ReceiveAsync(socket);
        hello.GetProperty("type").GetString().ShouldBe("hello");
        hello.GetProperty("version").GetString().ShouldBe("0.1.0");

        string id = await ApiAnomalyTests.ReportAsync(server, "cpu", "2026-01-01T00:00:00Z");
        JsonElement opened = await ReceiveAsync(socket);
        opened.GetProperty("type").GetString().ShouldBe("opened");
        opened.GetProperty("anomaly").GetProperty("id").GetString().ShouldBe(id);
        using HttpResponseMessage resolved = await server.PostAsync($"/api/v1/anomalies/{id}/resolve", "");
        JsonElement status = await ReceiveAsync(socket);
        status.GetProperty("type").GetString().ShouldBe("status");
        status.GetProperty("anomaly").GetProperty("status").GetString().ShouldBe("resolved");

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancel);
        await EventuallyAsync(() => server.Pipeline.Live.Watchers == 0);
    }

    [Fact]
    public async Task A_stopping_server_says_goodbye()
    {
        ApiServer server = await ApiServer.StartAsync();
        using var socket = await ConnectAsync(server, "/ws/anomalies");
        await ReceiveAsync(socket);
        Task stopping = server.DisposeAsync().AsTask();
        WebSocketReceiveResult last = await socket.ReceiveAsync(new byte[1024], Cancel);
        last.MessageType.ShouldBe(WebSocketMessageType.Close);
        last.CloseStatus.ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
        await stopping;
    }

    [Fact]
    public async Task A_client_that_says_too_much_is_shown_out()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using var socket = await ConnectAsync(server, "/ws/anomalies");
        await ReceiveAsync(socket);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, Cancel);
        await socket.SendAsync(new byte[200_000], WebSocketMessageType.Binary, true, Cancel);
        WebSocketReceiveResult last = await socket.ReceiveAsync(new byte[1024], Cancel);
        last.CloseStatus.ShouldBe(WebSocketCloseStatus.MessageTooBig);
    }

    [Fact]
    public async Task Beyond_the_limit_of_watchers_a_socket_is_503_until_one_leaves()
    {
        await using ApiServer server = await ApiServer.StartAsync(new HttpOptions { MaxWatchers = 1 });
        using (var first = await ConnectAsync(server, "/ws/anomalies"))
        {
            await ReceiveAsync(first);
            using var second = new ClientWebSocket();
            second.Options.CollectHttpResponseDetails = true;
            await Should.ThrowAsync<WebSocketException>(() => second.ConnectAsync(Address(server, "/ws/anomalies"), Cancel));
            second.HttpStatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            using HttpResponseMessage stream = await server.Http.GetAsync("/api/v1/stream/anomalies", Cancel);
            (await stream.ProblemAsync(HttpStatusCode.ServiceUnavailable)).ShouldBe("overloaded");
            stream.Headers.RetryAfter.ShouldNotBeNull();
            await first.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancel);
        }

        await EventuallyAsync(() => server.Pipeline.Live.Watchers == 0);
        using var third = await ConnectAsync(server, "/ws/anomalies");
        await ReceiveAsync(third);
    }

    [Theory]
    [InlineData("/ws/anomalies")]
    [InlineData("/api/v1/stream/anomalies")]
    public async Task Who_takes_nothing_is_cut_off(string path)
    {
        await using ApiServer server = await ApiServer.StartAsync(new HttpOptions { WatcherPatience = TimeSpan.FromMilliseconds(200) });
        using var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port, Cancel);
        string upgrade = path.StartsWith("/ws", StringComparison.Ordinal)
            ? "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            : "";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{upgrade}\r\n"), Cancel);
        await EventuallyAsync(() => server.Pipeline.Live.Watchers == 1);
        string much = new('x', 1 << 20);
        int sent = 0;
        await EventuallyAsync(() =>
        {
            server.Pipeline.Live.Publish(new("opened", Odd($"{sent++}", 1) with { Explanation = much }));
            return server.Pipeline.Live.Watchers == 0;
        });
    }

    [Fact]
    public async Task The_event_stream_tells_the_same()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage answer = await server.Http.GetAsync("/api/v1/stream/anomalies", HttpCompletionOption.ResponseHeadersRead, Cancel);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancel));
        (await ReadEventAsync(reader)).Name.ShouldBe("hello");
        string id = await ApiAnomalyTests.ReportAsync(server, "cpu", "2026-01-01T00:00:00Z");
        (string name, JsonElement data) = await ReadEventAsync(reader);
        name.ShouldBe("opened");
        data.GetProperty("id").GetString().ShouldBe(id);
    }

    [Fact]
    public async Task Who_falls_behind_is_told_how_much_was_missed_and_gets_only_the_latest_of_each()
    {
        var feed = new LiveFeed();
        using LiveFeed.Subscription subscription = feed.Subscribe(SeriesKey.DefaultTenant);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await using IAsyncEnumerator<LiveMessage> messages = LiveReader.FollowAsync(subscription, end.Token).GetAsyncEnumerator(end.Token);
        await messages.MoveNextAsync();
        messages.Current.Type.ShouldBe("hello");
        for (int i = 0; i < 300; i++) feed.Publish(new("updated", Odd("same", i)));
        feed.Publish(new("opened", Odd("other", 1)));
        feed.Publish(new("closed", Odd("same", 301)));
        var heard = new List<(string Type, long? Count, int? Samples)>();
        for (int i = 0; i < 3; i++)
        {
            (await messages.MoveNextAsync()).ShouldBeTrue();
            heard.Add((messages.Current.Type, messages.Current.Count, messages.Current.Anomaly?.Count));
        }

        heard.ShouldBe([("missed", 46, null), ("opened", null, 1), ("closed", null, 301)]);
    }

    private static Anomaly Odd(string id, int count) => new()
    {
        Id = id,
        Series = SeriesKey.Create(SeriesKey.DefaultTenant, "cpu"),
        Detector = "zscore",
        StartMs = 0,
        LastOddMs = 0,
        PeakMs = 0,
        Value = double.NaN,
        Expected = 1,
        Lower = double.NegativeInfinity,
        Upper = double.PositiveInfinity,
        Score = 1,
        Statistic = double.PositiveInfinity,
        Term = "z-score",
        Severity = Severity.High,
        Count = count,
        Votes = [],
        Window = [],
        Configuration = new Dictionary<string, string>(),
        Explanation = "Odd.",
    };

    private static Uri Address(ApiServer server, string path) => new UriBuilder(new Uri(server.Address, path)) { Scheme = "ws" }.Uri;

    private static async Task<ClientWebSocket> ConnectAsync(ApiServer server, string path)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(Address(server, path), Cancel);
        return socket;
    }

    private static async Task<JsonElement> ReceiveAsync(ClientWebSocket socket)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        using var message = new MemoryStream();
        byte[] buffer = new byte[8192];
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer, patience.Token);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        part.MessageType.ShouldBe(WebSocketMessageType.Text);
        return JsonDocument.Parse(message.ToArray()).RootElement;
    }

    private static async Task<(string Name, JsonElement Data)> ReadEventAsync(StreamReader reader)
    {
        string name = (await reader.ReadLineAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancel))!;
        string data = (await reader.ReadLineAsync(Cancel))!;
        (await reader.ReadLineAsync(Cancel)).ShouldBe("");
        return (name["event: ".Length..], JsonDocument.Parse(data["data: ".Length..]).RootElement);
    }

    private static async Task EventuallyAsync(Func<bool> holds)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(20));
            await Task.Delay(20, Cancel);
        }
    }
}
