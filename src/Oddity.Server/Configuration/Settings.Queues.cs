namespace Oddity.Server.Configuration;

/// <summary>Queues that are read.</summary>
internal static partial class Settings
{
    private static Setting[] Queues =>
    [
        KafkaSources, RabbitMqSources, RedisSources, KafkaBrokers, KafkaGroup, KafkaTopic, KafkaTopicMetrics, KafkaTopicLogs, RedisUrl, RedisHost,
        RedisPort, RedisPassword, RedisPoll,
    ];

    public static Structure KafkaSources { get; } = new(
        "sources.kafka", "list of {brokers, group, topics, …}", "", "Kafka topics to read, each with its kind (docs/sources/kafka.md).");

    public static Structure RabbitMqSources { get; } = new(
        "sources.rabbitmq", "list of {url, queue, kind, …}", "", "RabbitMQ queues to read (docs/sources/rabbitmq.md).");

    public static Structure RedisSources { get; } = new(
        "sources.redis", "list of {list or stream, kind, …}", "", "Redis lists and streams to read (docs/sources/redis.md).");

    public static Setting<string?> KafkaBrokers { get; } = new(
        "kafka.brokers", Kinds.OptionalText, null, "Kafka brokers to begin with, `host:port` separated by commas, where `sources.kafka` names none; with these or a topic alone, one source.")
    {
        Aliases = ["KAFKA_BROKER_URL", "KAFKA_BROKER"],
    };

    public static Setting<string> KafkaGroup { get; } = new("kafka.group", Kinds.Text, "anomaly-ingest-group", "Consumer group where `sources.kafka` names none.")
    {
        Aliases = ["KAFKA_GROUP_ID"],
    };

    public static Setting<string?> KafkaTopic { get; } = new("kafka.topic", Kinds.OptionalText, null, "A topic of events.")
    {
        Aliases = ["KAFKA_TOPIC"],
        DefaultMeaning = "events, if no other topic is named",
    };

    public static Setting<string?> KafkaTopicMetrics { get; } = new("kafka.topic_metrics", Kinds.OptionalText, null, "A topic of API calls.")
    {
        Aliases = ["KAFKA_TOPIC_METRICS"],
    };

    public static Setting<string?> KafkaTopicLogs { get; } = new("kafka.topic_logs", Kinds.OptionalText, null, "A topic of log lines.")
    {
        Aliases = ["KAFKA_TOPIC_LOGS"],
    };

    public static Setting<string?> RedisUrl { get; } = new("redis.url", Kinds.OptionalText, null, "Redis where `sources.redis` names none: `redis://host:6379/0`, with TLS `rediss://`.")
    {
        Aliases = ["REDIS_URL"],
        Secret = true,
    };

    public static Setting<string> RedisHost { get; } = new("redis.host", Kinds.Text, "localhost", "Host of that Redis, instead of an address.")
    {
        Aliases = ["REDIS_HOST"],
    };

    public static Setting<int> RedisPort { get; } = new("redis.port", Kinds.Whole(1, 65_535), 6379, "Port of that Redis, instead of an address.")
    {
        Aliases = ["REDIS_PORT"],
    };

    public static Setting<string?> RedisPassword { get; } = new("redis.password", Kinds.OptionalText, null, "Password of that Redis.")
    {
        Aliases = ["REDIS_PASSWORD"],
        Secret = true,
    };

    public static Setting<TimeSpan> RedisPoll { get; } = new(
        "redis.poll",
        Kinds.DurationIn(Second).Checked(value => value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromMinutes(1), "is not between 1ms and 1m"),
        TimeSpan.FromMilliseconds(100),
        "How long to wait before looking again where nothing was.")
    {
        Aliases = ["SLEEP_ON_EMPTY"],
    };
}
