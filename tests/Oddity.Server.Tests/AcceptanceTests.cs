using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Oddity.Server.Tests;

/// <summary>Runs alone: it measures what a busy machine looks like.</summary>
[CollectionDefinition(nameof(AcceptanceTests), DisableParallelization = true)]
public sealed class AcceptanceAlone;

/// <summary>
/// The product as a newcomer meets it: a real Prometheus scrapes a real node exporter, Oddity is pointed at it, the processors get busy, and the anomaly
/// is told over REST, over the WebSocket, to a chat and on a page that was open all the while. Its pictures are in TestResults/acceptance.
/// </summary>
[Collection(nameof(AcceptanceTests))]
public sealed partial class AcceptanceTests
{
    /// <summary>Where a machine shows that it is busy.</summary>
    private const string BusyPattern = "node_(cpu_seconds|load1|procs_running|context_switches)";

    /// <summary>
    /// The default watches all. Next to machines that build and test all the while it would rather be silent for the first hours, so the plain z-score has the number of
    /// running processes, which this test raises beyond doubt.
    /// </summary>
    private const string Settings = """
        detection:
          rules:
            - match: node_procs_running
              detector: zscore
              parameters: { threshold: 4 }
        """;

    /// <summary>The default detector wants 100 s before it judges; what Prometheus scraped before Oddity came counts.</summary>
    private const int SamplesToLearn = 125;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Learning = TimeSpan.FromSeconds(200);
    private static readonly TimeSpan Burning = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = 480_000)]
    public async Task Busy_processors_seen_through_Prometheus_are_told_over_rest_socket_chat_and_page()
    {
        string folder = Directory.CreateTempSubdirectory("oddity-acceptance-").FullName;
        await using AcceptanceProcess exporter = StartExporter(out int exporterPort);
        await using AcceptanceProcess prometheus = StartPrometheus(folder, exporterPort, out int prometheusPort);
        string chromium = AcceptanceProcess.Find("chromium");
        await using AcceptanceSink chat = await AcceptanceSink.StartAsync();
        string settings = Path.Combine(folder, "oddity.yml");
        await File.WriteAllTextAsync(settings, Settings, Cancel);
        await using OddityProcess oddity = await OddityProcess.StartAsync(Path.Combine(folder, "data"), ["--config", settings], new Dictionary<string, string>
        {
            ["PROMETHEUS_URL"] = $"http://127.0.0.1:{prometheusPort}",
            ["COLLECTION_INTERVAL"] = "1s",
            ["SLACK_WEBHOOK_URL"] = chat.Address.ToString(),
        });

        await UntilAsync(async () => await SamplesAsync(oddity, "node_load1") > 0, Soon + Soon, () => $"Prometheus' metrics were not discovered:\n{oddity.Output}");
        using var socket = new ClientWebSocket();
        Task<ConcurrentDictionary<string, string>> heard = ListenAsync(socket, oddity.Address);
        await using AcceptanceProcess page = AcceptanceProcess.Start(
            AcceptanceProcess.Find("node"),
            [
                Repository.PathOf("tests", "Oddity.Server.Tests", "acceptance-page.mjs"), oddity.Address.ToString(), chromium, BusyPattern,
                Repository.PathOf("TestResults", "acceptance"), $"{Burning.TotalMilliseconds}",
            ]);
        await page.LineAsync("open", Soon + Soon);
        await UntilAsync(async () => await SamplesAsync(oddity, "node_load1") >= SamplesToLearn, Learning, () => $"Too few samples came:\n{oddity.Output}");

        string id;
        await using (BusyProcessors())
        {
            await page.TellAsync("busy");
            id = await page.LineAsync("seen ", Burning + Soon);
        }

        JsonElement anomaly = await oddity.Http.GetFromJsonAsync<JsonElement>($"/api/v1/anomalies/{id}", Cancel);
        Busy().IsMatch(anomaly.GetProperty("metric").GetString()!).ShouldBeTrue();
        anomaly.GetProperty("explanation").GetString().ShouldNotBeNullOrWhiteSpace();
        anomaly.GetProperty("votes").GetArrayLength().ShouldBeGreaterThan(0);
        anomaly.GetProperty("context").GetProperty("window").GetArrayLength().ShouldBeGreaterThan(0);
        (await page.LineAsync("explained ", Soon)).ShouldContain(anomaly.GetProperty("metric").GetString()!);

        ConcurrentDictionary<string, string> events = await heard;
        await UntilAsync(() => Task.FromResult(events.ContainsKey(id)), Soon, () => $"The WebSocket told of {events.Count} anomalies, not of {id}");
        await UntilAsync(() => Task.FromResult(chat.Messages.Any(message => Busy().IsMatch(message))), Soon, () => $"The chat got:\n{string.Join('\n', chat.Messages)}");
        (await oddity.StopAsync()).ShouldBe(0, oddity.Output.ToString());
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Polls until true.</summary>
    internal static async Task UntilAsync(Func<Task<bool>> condition, TimeSpan patience, Func<string> complaint)
    {
        long begun = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(begun) > patience) throw new TimeoutException(complaint());
            await Task.Delay(250, Cancel);
        }
    }

    private static AcceptanceProcess StartExporter(out int port)
    {
        port = AcceptanceProcess.FreePort();
        string[] collectors = [.. new[] { "cpu", "loadavg", "meminfo", "stat", "netdev", "diskstats", "filesystem" }.Select(name => $"--collector.{name}")];
        return AcceptanceProcess.Start(AcceptanceProcess.Find("prometheus-node-exporter"), ["--collector.disable-defaults", .. collectors, $"--web.listen-address=127.0.0.1:{port}"]);
    }

    private static AcceptanceProcess StartPrometheus(string folder, int exporterPort, out int port)
    {
        port = AcceptanceProcess.FreePort();
        string file = Path.Combine(folder, "prometheus.yml");
        File.WriteAllText(file, $$"""
            global: { scrape_interval: 1s, scrape_timeout: 1s }
            scrape_configs:
              - job_name: node
                static_configs: [{ targets: ["127.0.0.1:{{exporterPort}}"] }]
            """);
        string data = Path.Combine(folder, "prometheus");
        return AcceptanceProcess.Start(AcceptanceProcess.Find("prometheus"), [$"--config.file={file}", $"--storage.tsdb.path={data}", $"--web.listen-address=127.0.0.1:{port}"]);
    }

    /// <summary>
    /// A batch job that takes every processor until it is disposed, and no longer than its limit. It runs at the lowest priority, so that the server under test
    /// keeps up, and in many processes, so that it shows in what runs even where the machine was busy before.
    /// </summary>
    private static AcceptanceProcess BusyProcessors()
    {
        int processes = 48 * Environment.ProcessorCount;
        string spin = $"for i in $(seq {processes}); do (while :; do :; done) & done; wait";
        return AcceptanceProcess.Start("timeout", [$"{Burning.TotalSeconds}", "nice", "-n", "19", "sh", "-c", spin]);
    }

    private static async Task<long> SamplesAsync(OddityProcess oddity, string metric)
    {
        JsonElement page = await oddity.Http.GetFromJsonAsync<JsonElement>($"/api/v1/series?search={metric}&limit=1", Cancel);
        return page.GetProperty("data").EnumerateArray().Select(series => series.GetProperty("samples").GetInt64()).FirstOrDefault();
    }

    /// <summary>Connects and goes on collecting events by anomaly; the dictionary fills up while the test runs.</summary>
    private static async Task<ConcurrentDictionary<string, string>> ListenAsync(ClientWebSocket socket, Uri address)
    {
        await socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/ws/anomalies" }.Uri, Cancel);
        var events = new ConcurrentDictionary<string, string>();
        (await ReceiveAsync(socket)).GetProperty("type").GetString().ShouldBe("hello");
        _ = Task.Run(async () =>
        {
            while (socket.State == WebSocketState.Open)
            {
                JsonElement message = await ReceiveAsync(socket);
                if (message.TryGetProperty("anomaly", out JsonElement anomaly)) events.TryAdd(anomaly.GetProperty("id").GetString()!, message.GetProperty("type").GetString()!);
            }
        });
        return events;
    }

    private static async Task<JsonElement> ReceiveAsync(ClientWebSocket socket)
    {
        using var message = new MemoryStream();
        byte[] buffer = new byte[16_384];
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer, Cancel);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonDocument.Parse(message.Length == 0 ? "{}"u8.ToArray() : message.ToArray()).RootElement;
    }

    [GeneratedRegex(BusyPattern)]
    private static partial Regex Busy();
}
