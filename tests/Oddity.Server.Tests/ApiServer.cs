using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Engine;
using Oddity.Engine.Series;
using Oddity.Server.Api;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Tests;

/// <summary>The HTTP side on a real Kestrel at a free loopback port, over a real pipeline in a folder of its own, open to anyone.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;

    private ApiServer(WebApplication app, Pipeline pipeline, string folder)
    {
        (_app, Pipeline, _folder) = (app, pipeline, folder);
        Address = new(app.Urls.First());
        Http = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None, AllowAutoRedirect = false }) { BaseAddress = Address };
    }

    public Pipeline Pipeline { get; }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public static async Task<ApiServer> StartAsync(
        HttpOptions? http = null, string? detector = null, WatchOptions? watch = null, TimeProvider? time = null)
    {
        string folder = Directory.CreateTempSubdirectory("oddity-api-").FullName;
        http ??= new();
        http = http with { DashboardFolder = http.DashboardFolder ?? Path.Combine(folder, "no-dashboard") };
        time ??= TimeProvider.System;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton(time);
        builder.Services.AddApi(http, time);
        var engine = new EngineOptions { DataDirectory = Path.Combine(folder, "data"), Shards = 2, Watch = watch ?? new() { Detector = detector ?? "zscore" } };
        Pipeline pipeline = Pipeline.Open(engine, [], time, NullLoggerFactory.Instance);
        builder.Services.AddSingleton(_ => pipeline);
        WebApplication app = builder.Build();
        app.UseApi(http);
        app.Use((context, next) =>
        {
            context.Features.Set(Caller.Anyone);
            return next(context);
        });
        app.MapApi();
        await pipeline.Recovered;
        await app.StartAsync();
        return new(app, pipeline, folder);
    }

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
        await _app.StopAsync();
        await Pipeline.DisposeAsync();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
