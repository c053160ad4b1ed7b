using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Tests;

/// <summary>The whole server on a free loopback port, with authentication unless told otherwise; a browser of its own without cookies.</summary>
internal sealed class SecurityServer : IAsyncDisposable
{
    public const string Password = "correct horse battery";
    private readonly string _folder;

    private SecurityServer(RunningServer running, string folder)
    {
        (Running, _folder) = (running, folder);
        Http = Client();
    }

    public RunningServer Running { get; }

    public string DataDirectory => Path.Combine(_folder, "data");

    /// <summary>Sends what it is told and keeps no cookies.</summary>
    public HttpClient Http { get; }

    public static async Task<SecurityServer> StartAsync(HttpOptions? http = null, AuthOptions? auth = null, string? folder = null, TimeProvider? time = null)
    {
        folder ??= Directory.CreateTempSubdirectory("oddity-security-").FullName;
        var options = new ServerOptions
        {
            Engine = new() { DataDirectory = Path.Combine(folder, "data"), Shards = 1 },
            Http = (http ?? new()) with { Urls = http?.Urls is { Count: > 0 } urls && urls[0].Port != 8080 ? urls : [new("http://127.0.0.1:0")], DashboardFolder = folder },
            Auth = auth ?? new(),
            Sources = new() { Host = false },
        };
        return new(await Program.StartAsync(options, time ?? TimeProvider.System, NullLoggerFactory.Instance), folder);
    }

    public HttpClient Client() => new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Running.BoundAddress };

    /// <summary>Makes the first account; returns its session's cookie.</summary>
    public async Task<string> SetUpAsync(string name = "ada")
    {
        using HttpResponseMessage answer = await PostAsync("/api/v1/auth/setup", new { token = Running.SetupToken, name, password = Password });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return Cookie(answer)!;
    }

    public Task<HttpResponseMessage> PostAsync(string path, object body, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, path, body, headers);

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>A token of that scope, made by the holder of the cookie.</summary>
    public async Task<string> TokenAsync(string cookie, string scope)
    {
        using HttpResponseMessage answer = await PostAsync("/api/v1/tokens", new { name = scope, scope }, ("Cookie", cookie), Change);
        return (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty("token").GetString()!;
    }

    public static (string Name, string Value) Change => (AccessGate.ChangeHeader, AccessGate.ChangeHeaderValue);

    public static (string Name, string Value) Bearer(string token) => ("Authorization", $"Bearer {token}");

    /// <summary>The session cookie an answer sets, as a Cookie header takes it; null if it sets none.</summary>
    public static string? Cookie(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? cookies) ? cookies.First(cookie => cookie.StartsWith(SessionCookie.Name, StringComparison.Ordinal)).Split(';')[0] : null;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Running.DisposeAsync();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Stops, and starts another on the same data directory.</summary>
    public async Task<SecurityServer> RestartAsync()
    {
        Http.Dispose();
        await Running.DisposeAsync();
        return await StartAsync(folder: _folder);
    }
}
