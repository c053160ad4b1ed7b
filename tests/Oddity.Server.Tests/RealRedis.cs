using Oddity.Connectors.Sources.Redis;

namespace Oddity.Server.Tests;

/// <summary>The real Redis on a free loopback port, which has on disk what it acknowledged.</summary>
internal sealed class RealRedis : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-redis-").FullName;
    private readonly int _port = AcceptanceProcess.FreePort();
    private RealProcess? _server;

    public Uri Url => new($"redis://127.0.0.1:{_port}/0");

    public static void Require() => RealProcess.Require(RealProcess.Find("redis-server") is not null, "redis-server");

    public static async Task<RealRedis> StartAsync()
    {
        var redis = new RealRedis();
        await redis.StartServerAsync();
        return redis;
    }

    public async Task StartServerAsync()
    {
        _server = RealProcess.Start(
            RealProcess.Find("redis-server")!, ["--bind", "127.0.0.1", "--port", $"{_port}", "--dir", _folder, "--save", "", "--appendonly", "yes", "--requirepass", "hunter2"]);
        await _server.ListensAsync(_port);
    }

    /// <summary>SIGKILL.</summary>
    public async Task StopServerAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    public RedisOptions Options(string key, bool isStream) => new() { Url = Url, Password = "hunter2", Key = key, IsStream = isStream, DeadLetters = $"{key}:dead-letters" };

    public Task<RedisConnection> ConnectAsync() => RedisConnection.OpenAsync(Options("", false), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await StopServerAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
