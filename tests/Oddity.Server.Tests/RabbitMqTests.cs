using System.Text;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Queues;
using Oddity.Connectors.Sources.RabbitMq;
using Oddity.Engine.Storage;
using RabbitMQ.Client;

namespace Oddity.Server.Tests;

/// <summary>The RabbitMQ source against the real thing.</summary>
[Collection("reliability")]
public sealed class RabbitMqTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-queue-").FullName;
    private readonly long _startMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 600_000;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Messages_take_effect_once_through_poison_a_broker_that_restarts_and_rounds_left_by_a_kill()
    {
        RealRabbitMq.Require();
        await using RealRabbitMq rabbit = await RealRabbitMq.StartAsync();
        var options = new RabbitMqOptions { Url = rabbit.Url, Password = "guest", Queue = "events", DeadLetters = "events.dead-letters", Prefetch = 300 };
        await using (QueueWorker worker = await StartAsync(options))
        {
            await worker.UntilAsync(status => status.State == SourceState.Failing);
            await SendAsync(rabbit, [.. Enumerable.Range(0, 1_000).Select(Event), "{"]);
            (await worker.ValuesAsync("m", 1_000)).ShouldBe(Numbers(1_000));
            await worker.UntilAsync(status => status.State == SourceState.Ok);
            await rabbit.StopServerAsync();
            await worker.UntilAsync(status => status.State == SourceState.Failing);
            await rabbit.StartServerAsync();
            await SendAsync(rabbit, [.. Enumerable.Range(1_000, 100).Select(Event)]);
            (await worker.ValuesAsync("m", 1_100)).ShouldBe(Numbers(1_100));
        }

        // A round that was staged, and of which the broker knows nothing, is nobody's; one that left its marker is this worker's.
        using (var file = new StagedFile(Path.Combine(_folder, "queues", "rabbitmq.staged")))
        {
            StagedRound last = StagedRound.From(file.Read()!);
            file.Write((last with { Number = last.Number + 1, Messages = [new("events", 0, 0, null, null, Encoding.UTF8.GetBytes(Event(-1)))] }).ToBytes());
        }

        await using (QueueWorker dropped = await StartAsync(options))
        {
            await SendAsync(rabbit, [Event(1_100)]);
            (await dropped.ValuesAsync("m", 1_101)).ShouldBe(Numbers(1_101));
        }

        using (var file = new StagedFile(Path.Combine(_folder, "queues", "rabbitmq.staged")))
        {
            StagedRound last = StagedRound.From(file.Read()!);
            file.Write((last with { Number = last.Number + 1, Messages = [new("events", 0, 0, null, null, Encoding.UTF8.GetBytes(Event(1_101)))] }).ToBytes());
            await using IConnection connection = await rabbit.ConnectAsync();
            await using IChannel channel = await ChannelAsync(connection);
            await channel.BasicPublishAsync("", $"oddity.rabbitmq.{last.Worker}", false, new BasicProperties { Persistent = true }, Encoding.UTF8.GetBytes($"{last.Number + 1}"), TestContext.Current.CancellationToken);
            BasicGetResult? dead = await channel.BasicGetAsync("events.dead-letters", true, TestContext.Current.CancellationToken);
            Encoding.UTF8.GetString(dead.ShouldNotBeNull().Body.Span).ShouldBe("{");
            Encoding.UTF8.GetString((byte[])dead.BasicProperties.Headers!["oddity-code"]!).ShouldBe("bad_json");
            dead.MessageCount.ShouldBe(0u);
        }

        await using QueueWorker letIn = await StartAsync(options);
        (await letIn.ValuesAsync("m", 1_102)).ShouldBe(Numbers(1_102));
    }

    private string Event(int number) => $"{{\"metric\":\"m\",\"value\":{number},\"timestamp\":{_startMs + number}}}";

    private static double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(number => (double)number)];

    private Task<QueueWorker> StartAsync(RabbitMqOptions options) => QueueWorker.StartAsync(
        _folder, (pipeline, queues) => new RabbitMqSource(options, pipeline, queues, TimeProvider.System, QueueWorker.Log<RabbitMqSource>()));

    private static Task<IChannel> ChannelAsync(IConnection connection) => connection.CreateChannelAsync(new CreateChannelOptions(true, true), TestContext.Current.CancellationToken);

    private static async Task SendAsync(RealRabbitMq rabbit, IReadOnlyList<string> bodies)
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        await using IConnection connection = await rabbit.ConnectAsync();
        await using IChannel channel = await ChannelAsync(connection);
        await channel.QueueDeclareAsync("events", durable: true, exclusive: false, autoDelete: false, cancellationToken: cancel);
        await Task.WhenAll(bodies.Select(body => channel.BasicPublishAsync("", "events", false, new BasicProperties { Persistent = true }, Encoding.UTF8.GetBytes(body), cancel).AsTask()));
    }
}
