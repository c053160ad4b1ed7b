using System.Text;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Kafka;
using Oddity.Connectors.Sources.Queues;
using Oddity.Engine.Storage;

namespace Oddity.Server.Tests;

/// <summary>The Kafka source against the real broker.</summary>
[Collection("reliability")]
public sealed class KafkaTests(KafkaTests.Broker broker) : IClassFixture<KafkaTests.Broker>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-queue-").FullName;
    private readonly long _startMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 600_000;

    private RealKafka Kafka => broker.Kafka!;

    private KafkaProducer Producer => broker.Producer!;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Messages_take_effect_once_poison_goes_to_the_dead_letters_and_a_broker_that_comes_back_is_read_again()
    {
        RealKafka.Require();
        string[] poison = ["{", "{\"metric\":\"m\",\"value\":\"high\"}", $"[{Event(5)},{{\"metric\":\"m\"}}]"];
        await Kafka.CreateAsync("events");
        await Kafka.CreateAsync("events.dead-letters");
        Send("events", [.. Enumerable.Range(0, 1_000).Select(Event), .. poison, .. Enumerable.Range(1_000, 1_000).Select(Event)]);
        await using (QueueWorker worker = await StartAsync("a", Options("events")))
        {
            (await worker.ValuesAsync("m", 2_000)).ShouldBe(Numbers(2_000));
            Read("events.dead-letters", poison.Length).ShouldBe(poison, ignoreOrder: true);

            await Kafka.StopBrokerAsync();
            await worker.UntilAsync(status => status.State == SourceState.Failing);
            await Kafka.StartBrokerAsync();
            Send("events", Enumerable.Range(2_000, 500).Select(Event));
            (await worker.ValuesAsync("m", 2_500)).ShouldBe(Numbers(2_500));
            await worker.UntilAsync(status => status.State == SourceState.Ok);
        }

        Send("events", Enumerable.Range(2_500, 500).Select(Event));
        await using QueueWorker again = await StartAsync("a", Options("events"));
        (await again.ValuesAsync("m", 3_000)).ShouldBe(Numbers(3_000));
    }

    /// <summary>What a kill leaves behind at each point: messages on disk, and the commit made, or not made, or made by another worker.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("aaaaaaaaaa")]
    [InlineData("bbbbbbbbbb")]
    public async Task A_round_that_a_killed_worker_had_in_hand_is_let_in_just_when_it_was_committed_as_its_own(string? committer)
    {
        RealKafka.Require();
        string topic = $"staged-{committer ?? "none"}";
        KafkaOptions options = Options(topic);
        await Kafka.CreateAsync(topic);
        Send(topic, Enumerable.Range(0, 100).Select(Event));
        using (KafkaConsumer before = Consumer(options))
        {
            List<QueueMessage> messages = Take(before, 100);
            StagedRound.Span[] spans = [.. messages.GroupBy(message => message.Partition).Select(group => new StagedRound.Span(topic, group.Key, group.Min(message => message.Number), group.Max(message => message.Number) + 1))];
            using var file = new StagedFile(Path.Combine(_folder, "a", "queues", "kafka.staged"));
            file.Write(new StagedRound(1, "aaaaaaaaaa", spans, messages).ToBytes());
            if (committer is not null) before.Commit([.. spans.Select(span => new KafkaOffset(topic, span.Partition, span.To, new KafkaOwners("").With(committer, span.To)))]);
        }

        await using QueueWorker worker = await StartAsync("a", options);
        int[] expected = [.. Enumerable.Range(committer == "bbbbbbbbbb" ? 100 : 0, committer == "bbbbbbbbbb" ? 10 : 110)];
        Send(topic, Enumerable.Range(100, 10).Select(Event));
        (await worker.ValuesAsync("m", expected.Length)).ShouldBe(expected.Select(number => (double)number));
    }

    [Fact]
    public async Task Offsets_that_a_tool_set_back_are_read_again_and_commits_that_the_broker_forgot_are_not()
    {
        RealKafka.Require();
        KafkaOptions options = Options("reset");
        await Kafka.CreateAsync("reset");
        Send("reset", Enumerable.Range(0, 40).Select(Event));
        await using (QueueWorker worker = await StartAsync("a", options)) await worker.ValuesAsync("m", 40);
        using (KafkaConsumer tool = Consumer(options))
        {
            Poll(tool, () => tool.Assignment.Count == 4);
            IReadOnlyList<KafkaOffset> committed = tool.Committed(tool.Assignment, TimeSpan.FromSeconds(10));
            committed.Sum(offset => offset.Offset ?? 0).ShouldBe(40);
            tool.Commit([.. committed.Where(offset => offset.Offset > 0).Select(offset => offset with { Offset = 0 })]);
        }

        await using (QueueWorker forgotten = await StartAsync("a", options))
        {
            Send("reset", [Event(40)]);
            (await forgotten.ValuesAsync("m", 41)).ShouldBe(Numbers(41));
        }

        using (KafkaConsumer tool = Consumer(options))
        {
            Poll(tool, () => tool.Assignment.Count == 4);
            tool.Commit([.. tool.Assignment.Select(place => place with { Offset = 0 })]);
        }

        await using QueueWorker meant = await StartAsync("a", options);
        (await meant.ValuesAsync("m", 82)).Length.ShouldBe(82);
    }

    private string Event(int number) => $"{{\"metric\":\"m\",\"value\":{number},\"timestamp\":{_startMs + number}}}";

    private KafkaOptions Options(string topic) => Kafka.Options(new KafkaTopic(topic)) with { Group = topic };

    private static double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(number => (double)number)];

    private Task<QueueWorker> StartAsync(string folder, KafkaOptions options) => QueueWorker.StartAsync(
        Path.Combine(_folder, folder), (pipeline, queues) => new KafkaSource(options, pipeline, queues, TimeProvider.System, QueueWorker.Log<KafkaSource>()));

    private void Send(string topic, IEnumerable<string> bodies) =>
        Producer.Send([.. bodies.Select(body => (topic, Encoding.UTF8.GetBytes(body), (IReadOnlyList<(string, string)>)[]))], TimeSpan.FromSeconds(30)).ShouldAllBe(outcome => outcome == 0);

    private static KafkaConsumer Consumer(KafkaOptions options) => new(KafkaSettings.Consumer(options), options.Topics.Select(topic => topic.Name), given => given, () => { });

    private List<string> Read(string topic, int count)
    {
        using KafkaConsumer consumer = Consumer(Options(topic));
        return [.. Take(consumer, count).Select(message => Encoding.UTF8.GetString(message.Body))];
    }

    private static List<QueueMessage> Take(KafkaConsumer consumer, int count)
    {
        var messages = new List<QueueMessage>();
        Poll(consumer, () => messages.Count >= count, messages.Add);
        return messages;
    }

    private static void Poll(KafkaConsumer consumer, Func<bool> until, Action<QueueMessage>? take = null)
    {
        long begin = TimeProvider.System.GetTimestamp();
        while (!until())
        {
            if (consumer.Poll(TimeSpan.FromMilliseconds(200)) is { } message) take?.Invoke(message);
            if (TimeProvider.System.GetElapsedTime(begin) > TimeSpan.FromSeconds(60)) throw new TimeoutException(consumer.Trouble);
        }
    }

    /// <summary>One broker for all of them; none where it is not there.</summary>
    public sealed class Broker : IAsyncLifetime
    {
        internal RealKafka? Kafka { get; private set; }

        internal KafkaProducer? Producer { get; private set; }

        public async ValueTask InitializeAsync()
        {
            if (!RealKafka.Installed) return;
            Kafka = await RealKafka.StartAsync();
            Producer = Kafka.Producer();
        }

        public async ValueTask DisposeAsync()
        {
            Producer?.Dispose();
            if (Kafka is not null) await Kafka.DisposeAsync();
        }
    }
}
