using RabbitMQ.Client;

namespace Oddity.Server.Tests;

/// <summary>The real RabbitMQ on free loopback ports, with a name service (epmd) and a folder of its own.</summary>
internal sealed class RealRabbitMq : IAsyncDisposable
{
    private const string Script = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-rabbitmq-").FullName;
    private readonly int _port = AcceptanceProcess.FreePort(), _names = AcceptanceProcess.FreePort(), _distribution = AcceptanceProcess.FreePort();
    private RealProcess? _epmd;
    private RealProcess? _server;

    public Uri Url => new($"amqp://guest@127.0.0.1:{_port}");

    public static void Require() => RealProcess.Require(File.Exists(Script) && RealProcess.Find("epmd") is not null, "rabbitmq-server");

    public static async Task<RealRabbitMq> StartAsync()
    {
        var rabbit = new RealRabbitMq();
        try
        {
            rabbit._epmd = RealProcess.Start(RealProcess.Find("epmd")!, ["-address", "127.0.0.1", "-port", $"{rabbit._names}"]);
            await rabbit._epmd.ListensAsync(rabbit._names);
            await rabbit.StartServerAsync();
            return rabbit;
        }
        catch
        {
            await rabbit.DisposeAsync();
            throw;
        }
    }

    public async Task StartServerAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "plugins"), "[].\n");
        _server = RealProcess.Start(Script, [], new Dictionary<string, string>
        {
            ["HOME"] = _folder,
            ["RABBITMQ_ALLOW_INPUT"] = "1",
            ["RABBITMQ_NODENAME"] = $"oddity{_port}@localhost",
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = $"{_port}",
            ["RABBITMQ_DIST_PORT"] = $"{_distribution}",
            ["ERL_EPMD_PORT"] = $"{_names}",
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(_folder, "mnesia"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(_folder, "log"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder, "plugins"),
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
        });
        await _server.ListensAsync(_port);
    }

    /// <summary>SIGTERM: a RabbitMQ that is killed forgets acknowledgements that it had not written yet.</summary>
    public Task StopServerAsync() => _server!.StopAsync();

    public Task<IConnection> ConnectAsync() =>
        new ConnectionFactory { Uri = Url, Password = "guest" }.CreateConnectionAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        if (_epmd is not null) await _epmd.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
