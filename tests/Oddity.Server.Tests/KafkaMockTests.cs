using System.Text;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Kafka;

namespace Oddity.Server.Tests;

/// <summary>The Kafka source against the current versions of the protocol.</summary>
[Collection("reliability")]
public sealed class KafkaMockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-queue-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_dead_letter_has_its_body_reason_and_origin_and_a_restart_goes_on_where_the_log_is()
    {
        RealProcess.Require(Librdkafka.Missing() is null && OperatingSystem.IsLinux(), "librdkafka");
        using var kafka = new MockKafka();
        var options = new KafkaOptions { Brokers = kafka.Brokers, Topics = [new("events")] };
        using var producer = new KafkaProducer(KafkaSettings.Producer(options));
        long nowMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        Send("{\"metric\":\"m\",\"value\":\"high\"}");
        Send($"{{\"metric\":\"m\",\"value\":1,\"timestamp\":{nowMs}}}");
        await using (QueueWorker worker = await StartAsync())
        {
            await worker.ValuesAsync("m", 1);
            (string body, Dictionary<string, string> headers) = kafka.First("events.dead-letters");
            body.ShouldBe("{\"metric\":\"m\",\"value\":\"high\"}");
            (headers["oddity-code"], headers["oddity-source"], headers["oddity-topic"], headers["oddity-offset"]).ShouldBe(("bad_value", "kafka", "events", "0"));
            headers["oddity-reason"].ShouldNotBeEmpty();
            int.Parse(headers["oddity-partition"], System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(0, 3);
        }

        // Without a time of its own an event has its message's.
        Send("{\"metric\":\"m\",\"value\":2}");
        await using QueueWorker again = await StartAsync();
        (await again.ValuesAsync("m", 2)).ShouldBe([1, 2]);

        void Send(string body) => producer.Send([("events", Encoding.UTF8.GetBytes(body), [])], TimeSpan.FromSeconds(30)).ShouldBe([0]);
        Task<QueueWorker> StartAsync() =>
            QueueWorker.StartAsync(_folder, (pipeline, queues) => new KafkaSource(options, pipeline, queues, TimeProvider.System, QueueWorker.Log<KafkaSource>()));
    }

    [Fact]
    public async Task A_wrong_setting_and_brokers_that_are_not_there_are_told_and_end_nothing()
    {
        RealProcess.Require(Librdkafka.Missing() is null, "librdkafka");
        var options = new KafkaOptions { Brokers = $"127.0.0.1:{AcceptanceProcess.FreePort()}", Topics = [new("events")] };
        await using (QueueWorker away = await StartAsync(options)) await away.UntilAsync(status => status.State == SourceState.Failing && status.Detail!.StartsWith(options.Brokers, StringComparison.Ordinal));
        await using QueueWorker wrong = await StartAsync(options with { Library = [new("no.such.setting", "1")] });
        await wrong.UntilAsync(status => status.State == SourceState.Failing && status.Detail!.Contains("no.such.setting", StringComparison.Ordinal));

        Task<QueueWorker> StartAsync(KafkaOptions with) =>
            QueueWorker.StartAsync(_folder, (pipeline, queues) => new KafkaSource(with, pipeline, queues, TimeProvider.System, QueueWorker.Log<KafkaSource>()));
    }
}
