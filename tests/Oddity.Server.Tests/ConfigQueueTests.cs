using Oddity.Connectors.Sources.Kafka;
using Oddity.Connectors.Sources.Queues;
using Oddity.Connectors.Sources.RabbitMq;
using Oddity.Connectors.Sources.Redis;
using Oddity.Server.Configuration;

namespace Oddity.Server.Tests;

/// <summary>The settings of queues, in full and in the short forms of the systems Oddity replaces.</summary>
public sealed class ConfigQueueTests
{
    [Fact]
    public void Without_any_nothing_is_read()
    {
        SourceOptions sources = ConfigurationText.Good().Sources;

        sources.Kafka.ShouldBeEmpty();
        sources.RabbitMq.ShouldBeEmpty();
        sources.Redis.ShouldBeEmpty();
    }

    [Fact]
    public void All_that_can_be_said_is_bound()
    {
        string secret = Path.GetTempFileName();
        File.WriteAllText(secret, "hunter2\n");
        SourceOptions sources = ConfigurationText.Good(
            $$"""
            sources:
              kafka:
                - brokers: [a:9092, b:9092]
                  group: g
                  topics: [{name: x, kind: events}, {name: y}]
                  dead_letters: none
                  start: newest
                  backfill: true
                  tls: true
                  user: u
                  password_file: {{secret}}
                  library: {ssl.ca.location: /ca.pem}
                - {id: other, brokers: 'c:9092', topics: [{name: x}]}
              rabbitmq:
                - {url: 'amqp://u@h/v', queue: q, password_file: {{secret}}, prefetch: 7}
              redis:
                - {list: raw_events}
                - {url: 'rediss://:pw@h:1/2', stream: s, group: g, dead_letters: d}
            """,
            new() { ["REDIS_URL"] = "redis://r:6380/3", ["REDIS_PASSWORD"] = "p", ["SLEEP_ON_EMPTY"] = "0.5" }).Sources;
        File.Delete(secret);

        KafkaOptions kafka = sources.Kafka[0];
        (kafka.Id, kafka.Brokers, kafka.Group, kafka.DeadLetters, kafka.FromOldest, kafka.Backfill, kafka.Tls, kafka.User, kafka.Password)
            .ShouldBe(("kafka", "a:9092,b:9092", "g", null, false, true, true, "u", "hunter2"));
        kafka.Topics.ShouldBe([new("x"), new("y")]);
        kafka.Library.ShouldHaveSingleItem().Key.ShouldBe("ssl.ca.location");
        (sources.Kafka[1].Id, sources.Kafka[1].Group, sources.Kafka[1].DeadLetters).ShouldBe(("other", "anomaly-ingest-group", "{topic}.dead-letters"));
        RabbitMqOptions rabbit = sources.RabbitMq.Single();
        (rabbit.Queue, rabbit.Password, rabbit.Prefetch, rabbit.DeadLetters).ShouldBe(("q", "hunter2", 7, "q.dead-letters"));
        RedisOptions list = sources.Redis[0], stream = sources.Redis[1];
        (list.Url.Authority, list.Password, list.Key, list.IsStream, list.DeadLetters, list.Poll).ShouldBe(("r:6380", "p", "raw_events", false, "raw_events:dead-letters", TimeSpan.FromSeconds(0.5)));
        (stream.Id, stream.Password, stream.Key, stream.IsStream, stream.Group, stream.DeadLetters).ShouldBe(("redis-2", "pw", "s", true, "g", "d"));
    }

    [Fact]
    public void The_short_names_make_one_source_and_no_more()
    {
        KafkaOptions kafka = ConfigurationText.Good(environment: new() { ["KAFKA_BROKER"] = "h:1", ["KAFKA_GROUP_ID"] = "g" }).Sources.Kafka.Single();
        (kafka.Brokers, kafka.Group).ShouldBe(("h:1", "g"));
        kafka.Topics.ShouldBe([new("events")]);

        LoadedConfiguration both = ConfigurationText.Load(environment: new() { ["KAFKA_BROKER_URL"] = "h:1", ["KAFKA_TOPIC_METRICS"] = "api-metrics", ["KAFKA_TOPIC_LOGS"] = "api-logs" });
        both.Options.Sources.Kafka.Single().Topics.ShouldBe([new("api-metrics", QueueKind.ApiCalls)]);
        both.Notices.ShouldHaveSingleItem().ShouldStartWith("kafka.topic_logs");

        ConfigurationText.Good(environment: new() { ["KAFKA_TOPIC"] = "t" }).Sources.Kafka.Single().Brokers.ShouldBe("localhost:9092");
        ConfigurationText.Good("sources: {kafka: [{topics: [{name: t}]}]}", new() { ["KAFKA_BROKER_URL"] = "h:1" }).Sources.Kafka.Single().Brokers.ShouldBe("h:1");

        LoadedConfiguration redis = ConfigurationText.Load(environment: new() { ["REDIS_URL"] = "redis://h" });
        redis.Options.Sources.Redis.ShouldBeEmpty();
        redis.Notices.ShouldHaveSingleItem().ShouldContain("sources.redis");
    }

    [Fact]
    public void Every_mistake_is_named_with_its_key()
    {
        string[] mistakes = ConfigurationText.Mistakes(
            """
            sources:
              kafka:
                - {topics: []}
                - {id: 'a/b', brokers: x, user: u, topics: [{name: t, kind: metric}, {name: t}], library: {group.id: x}, retries: 3}
              rabbitmq:
                - {url: 'http://h', queue: q, dead_letters: q, prefetch: 0}
              redis:
                - {id: kafka, url: 'amqp://h', list: l, stream: s, password_file: /nowhere}
                - {}
            """);

        string[] keys =
        [
            "sources.kafka[0].brokers", "sources.kafka[0].topics", "sources.kafka[1].id", "sources.kafka[1].password", "sources.kafka[1].topics[0].kind", "sources.kafka[1].topics[1].name",
            "sources.kafka[1].library.group.id", "sources.kafka[1].retries", "sources.rabbitmq[0].url", "sources.rabbitmq[0].dead_letters", "sources.rabbitmq[0].prefetch",
            "sources.redis[0].id", "sources.redis[0].url", "sources.redis[0].list", "sources.redis[0].password_file", "sources.redis[1].list",
        ];
        foreach (string key in keys) mistakes.ShouldContain(mistake => mistake.StartsWith(key + ":"), key);
        mistakes.Length.ShouldBe(keys.Length);
    }

    [Fact]
    public void Defaults_of_the_options_are_those_of_the_settings()
    {
        KafkaOptions kafka = ConfigurationText.Good("sources: {kafka: [{brokers: b, topics: [{name: t}]}]}").Sources.Kafka.Single();
        kafka.ShouldBe(new KafkaOptions { Brokers = "b", Topics = kafka.Topics, Library = kafka.Library });
        ConfigurationText.Good("sources: {rabbitmq: [{url: 'amqp://h', queue: q}]}").Sources.RabbitMq.Single()
            .ShouldBe(new RabbitMqOptions { Url = new("amqp://h"), Queue = "q", DeadLetters = "q.dead-letters" });
        ConfigurationText.Good("sources: {redis: [{list: l}]}").Sources.Redis.Single()
            .ShouldBe(new RedisOptions { Url = new("redis://localhost:6379"), Key = "l", DeadLetters = "l:dead-letters" });
        QueueKinds.Has(QueueKind.Events).ShouldBeTrue();
    }
}
