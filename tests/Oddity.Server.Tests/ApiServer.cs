using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Engine;
using Oddity.Engine.Series;
using Oddity.Server.Configuration;

namespace Oddity.Server.Tests;

/// <summary>The whole server on a free loopback port with a data directory of its own, open to anyone, without sources of its own.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private readonly RunningServer _server;
    private readonly string _folder;

    private ApiServer(RunningServer server, string folder)
    {
        (_server, _folder) = (server, folder);
        Pipeline = server.Services.GetRequiredService<Pipeline>();
        Http = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None, AllowAutoRedirect = false }) { BaseAddress = server.Address };
    }

    public Pipeline Pipeline { get; }

    public Uri Address => _server.Address;

    public HttpClient Http { get; }

    /// <summary>A part of the server.</summary>
    public T Service<T>()
        where T : notnull => _server.Services.GetRequiredService<T>();

    public static async Task<ApiServer> StartAsync(HttpOptions? http = null, WatchOptions? watch = null, TimeProvider? time = null)
    {
        string folder = Directory.CreateTempSubdirectory("oddity-api-").FullName;
        var options = new ServerOptions
        {
            Engine = new() { DataDirectory = Path.Combine(folder, "data"), Shards = 2, Watch = watch ?? new() { Detector = "zscore" } },
            Http = (http ?? new()) with { Urls = [new("http://127.0.0.1:0")], DashboardFolder = http?.DashboardFolder ?? Path.Combine(folder, "none") },
            Auth = new() { Required = false },
            Sources = new() { Host = false },
        };
        RunningServer server = await Program.StartAsync(options, time ?? TimeProvider.System, NullLoggerFactory.Instance);
        var started = new ApiServer(server, folder);
        await started.Pipeline.Recovered;
        return started;
    }

    /// <summary>All stored samples of a series of the default tenant, by time, once what was sent is applied.</summary>
    public async Task<(long TimeMs, double Value)[]> SamplesAsync(string series)
    {
        await SettleAsync();
        if (!SeriesKey.TryParse(SeriesKey.DefaultTenant, series, out SeriesKey key)) return [];
        return [.. (await Pipeline.ReadSamplesAsync(key, long.MinValue, long.MaxValue, 1000, TestContext.Current.CancellationToken)).Select(sample => (sample.TimeMs, sample.Value))];
    }

    /// <summary>Their values.</summary>
    public async Task<double[]> ValuesAsync(string series) => [.. (await SamplesAsync(series)).Select(sample => sample.Value)];

    /// <summary>Whether the newest anomaly goes on.</summary>
    public async Task<bool> OngoingAsync() => (await GetAsync("/api/v1/anomalies")).GetProperty("data")[0].GetProperty("ongoing").GetBoolean();

    public async Task<HttpResponseMessage> PostAsync(string path, string body, string? contentType = null) =>
        await Http.PostAsync(path, Content(Encoding.UTF8.GetBytes(body), contentType), TestContext.Current.CancellationToken);

    public static ByteArrayContent Content(byte[] body, string? contentType = null, string? encoding = null)
    {
        var content = new ByteArrayContent(body);
        if (contentType is not null) content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        if (encoding is not null) content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        return content;
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using HttpResponseMessage answer = await Http.GetAsync(path, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>What was acknowledged is applied, its anomalies can be asked for.</summary>
    public Task SettleAsync() => Pipeline.SettleAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
