namespace Oddity.Connectors.Sources.Kafka;

/// <summary>librdkafka's settings for what the options ask.</summary>
internal static class KafkaSettings
{
    public static IEnumerable<KeyValuePair<string, string>> Consumer(KafkaOptions options) => With(options, new()
    {
        ["group.id"] = options.Group,
        ["enable.auto.commit"] = "false",
        ["enable.auto.offset.store"] = "false",
        ["auto.offset.reset"] = options.FromOldest ? "earliest" : "latest",
        // All partitions are given up before any is taken over: what is in hand is then either committed or nobody's.
        ["partition.assignment.strategy"] = "range,roundrobin",
        ["session.timeout.ms"] = "10000",
        ["heartbeat.interval.ms"] = "1000",
        ["fetch.wait.max.ms"] = "100",
        // What waits in librdkafka is bounded by this and not by its 64 MiB.
        ["queued.max.messages.kbytes"] = "16384",
    });

    public static IEnumerable<KeyValuePair<string, string>> Producer(KafkaOptions options) => With(options, new()
    {
        ["acks"] = "all",
        ["message.timeout.ms"] = "10000",
        // A topic that is not there within this time is missing.
        ["topic.metadata.propagation.max.ms"] = "3000",
    });

    private static Dictionary<string, string> With(KafkaOptions options, Dictionary<string, string> settings)
    {
        settings["bootstrap.servers"] = options.Brokers;
        settings["client.id"] = "oddity";
        settings["reconnect.backoff.max.ms"] = "10000";
        settings["security.protocol"] = (options.User is null ? "" : "sasl_") + (options.Tls ? "ssl" : "plaintext");
        if (options.User is { } user) (settings["sasl.mechanism"], settings["sasl.username"], settings["sasl.password"]) = ("PLAIN", user, options.Password ?? "");
        foreach ((string name, string value) in options.Library) settings[name] = value;
        return settings;
    }
}
