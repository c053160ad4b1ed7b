using Oddity.Connectors.Sources.Kafka;
using Oddity.Connectors.Sources.Redis;
using RabbitMQ.Client;

namespace Oddity.Server.Tests;

/// <summary>Every message takes effect exactly once while servers that read a queue are killed, join and leave.</summary>
[Collection("reliability")]
public sealed class QueueKillTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-queue-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Kafka_at_20000_messages_a_second_with_workers_that_join_leave_and_are_killed()
    {
        RealKafka.Require();
        await using RealKafka kafka = await RealKafka.StartAsync();
        var load = new QueueLoad(int.Parse(Environment.GetEnvironmentVariable("QUEUE_MESSAGES") ?? "200000", System.Globalization.CultureInfo.InvariantCulture));
        using KafkaProducer producer = kafka.Producer();
        Task SendAsync(IReadOnlyList<byte[]> bodies)
        {
            producer.Send([.. bodies.Select(body => ("events", body, (IReadOnlyList<(string, string)>)[]))], TimeSpan.FromSeconds(30)).ShouldAllBe(outcome => outcome == 0);
            return Task.CompletedTask;
        }

        await kafka.CreateAsync("events");
        string yaml = kafka.Yaml("events");
        await using OddityProcess first = await StartAsync("first", "KAFKA", yaml);
        await using OddityProcess second = await StartAsync("second", "KAFKA", yaml);
        Task sending = Task.Run(() => load.SendAsync(SendAsync, group: 2_000, perSecond: 20_000), TestContext.Current.CancellationToken);
        await load.UntilAsync(load.Messages / 5, sending);
        await using OddityProcess third = await StartAsync("third", "KAFKA", yaml);
        await load.UntilAsync(load.Messages * 2 / 5, sending);
        await first.KillAsync();
        await load.UntilAsync(load.Messages * 3 / 5, sending);
        (await third.StopAsync()).ShouldBe(0);
        await load.UntilAsync(load.Messages * 4 / 5, sending);
        first.Restart();
        await second.KillAsync();
        second.Restart();
        await sending;
        third.Restart();
        foreach (OddityProcess server in new[] { first, second, third }) await server.WaitUntilReadyAsync();

        await load.CheckAsync(first, second, third);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Redis_while_two_workers_are_killed(bool isStream)
    {
        RealRedis.Require();
        await using RealRedis redis = await RealRedis.StartAsync();
        await using RedisConnection connection = await redis.ConnectAsync();
        async Task SendAsync(IReadOnlyList<byte[]> bodies)
        {
            if (!isStream) await connection.AskAsync(TestContext.Current.CancellationToken, ["RPUSH", "raw_events", .. bodies]);
            else foreach (byte[] body in bodies) await connection.AskAsync(TestContext.Current.CancellationToken, "XADD", "raw_events", "*", "event", body);
        }

        await KillAsync("REDIS", $"[{{url: '{redis.Url}', password: hunter2, {(isStream ? "stream" : "list")}: raw_events}}]", SendAsync);
    }

    [Fact]
    public async Task RabbitMq_while_two_workers_are_killed()
    {
        RealRabbitMq.Require();
        await using RealRabbitMq rabbit = await RealRabbitMq.StartAsync();
        await using IConnection connection = await rabbit.ConnectAsync();
        await using IChannel channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), TestContext.Current.CancellationToken);
        await channel.QueueDeclareAsync("events", durable: true, exclusive: false, autoDelete: false, cancellationToken: TestContext.Current.CancellationToken);
        Task SendAsync(IReadOnlyList<byte[]> bodies) =>
            Task.WhenAll(bodies.Select(body => channel.BasicPublishAsync("", "events", false, new BasicProperties { Persistent = true }, body, TestContext.Current.CancellationToken).AsTask()));

        await KillAsync("RABBITMQ", $"[{{url: '{rabbit.Url}', password: guest, queue: events, prefetch: 500}}]", SendAsync);
    }

    /// <summary>Two workers on one queue, killed in turn five times each while messages come.</summary>
    private async Task KillAsync(string kind, string yaml, Func<IReadOnlyList<byte[]>, Task> send)
    {
        var load = new QueueLoad(30_000);
        await using OddityProcess first = await StartAsync("first", kind, yaml);
        await using OddityProcess second = await StartAsync("second", kind, yaml);
        Task sending = Task.Run(() => load.SendAsync(send, group: 100, perSecond: 5_000), TestContext.Current.CancellationToken);
        for (int kill = 1; kill <= 6; kill++)
        {
            await load.UntilAsync(load.Messages * kill / 7, sending);
            OddityProcess victim = kill % 2 == 0 ? first : second;
            await victim.KillAsync();
            victim.Restart();
        }

        await sending;
        await first.WaitUntilReadyAsync();
        await second.WaitUntilReadyAsync();
        await load.CheckAsync(first, second);
    }

    private Task<OddityProcess> StartAsync(string folder, string kind, string yaml) => OddityProcess.StartAsync(
        Path.Combine(_folder, folder),
        ["--detector", "none"],
        new Dictionary<string, string> { [$"ODDITY_SOURCES__{kind}"] = yaml, ["ODDITY_HTTP__OTLP_GRPC_PORT"] = "0", ["ODDITY_HTTP__OTLP_HTTP_PORT"] = "0" });
}
