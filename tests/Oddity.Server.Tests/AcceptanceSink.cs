using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Oddity.Server.Tests;

/// <summary>A chat server's incoming webhook on loopback: answers "ok" as Slack does and keeps what it was sent.</summary>
internal sealed class AcceptanceSink : IAsyncDisposable
{
    private readonly WebApplication _app;

    private AcceptanceSink(WebApplication app) => _app = app;

    public ConcurrentQueue<string> Messages { get; } = new();

    public Uri Address => new($"{_app.Urls.First()}/services/T0/B0/secret");

    public static async Task<AcceptanceSink> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        var sink = new AcceptanceSink(app);
        app.Run(async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            sink.Messages.Enqueue(await body.ReadToEndAsync(context.RequestAborted));
            await context.Response.WriteAsync("ok", context.RequestAborted);
        });
        await app.StartAsync();
        return sink;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
