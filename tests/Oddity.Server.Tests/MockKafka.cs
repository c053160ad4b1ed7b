using System.Runtime.InteropServices;

namespace Oddity.Server.Tests;

/// <summary>librdkafka's mock cluster: no Kafka, but it speaks the current versions of the protocol, headers among them.</summary>
internal sealed class MockKafka : IDisposable
{
    private const string Library = "librdkafka.so.1";
    private readonly nint _client;

    public MockKafka()
    {
        nint conf = rd_kafka_conf_new();
        byte[] error = new byte[512];
        rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", error, 512).ShouldBe(0);
        _client = rd_kafka_new(0, conf, error, 512);
        Brokers = Marshal.PtrToStringUTF8(rd_kafka_mock_cluster_bootstraps(rd_kafka_handle_mock_cluster(_client)))!;
    }

    public string Brokers { get; }

    /// <summary>The first message of a topic with its headers.</summary>
    public (string Body, Dictionary<string, string> Headers) First(string topic)
    {
        nint conf = rd_kafka_conf_new();
        byte[] error = new byte[512];
        foreach ((string name, string value) in new[] { ("bootstrap.servers", Brokers), ("group.id", "reader"), ("auto.offset.reset", "earliest") })
            rd_kafka_conf_set(conf, name, value, error, 512).ShouldBe(0);
        nint consumer = rd_kafka_new(1, conf, error, 512);
        nint list = rd_kafka_topic_partition_list_new(1);
        rd_kafka_topic_partition_list_add(list, topic, -1);
        rd_kafka_subscribe(consumer, list).ShouldBe(0);
        for (int attempt = 0; attempt < 150; attempt++)
        {
            nint message = rd_kafka_consumer_poll(consumer, 200);
            if (message == 0 || Marshal.ReadInt32(message) != 0) continue;
            string body = Marshal.PtrToStringUTF8(Marshal.ReadIntPtr(message, 24), (int)Marshal.ReadIntPtr(message, 32));
            var headers = new Dictionary<string, string>();
            rd_kafka_message_headers(message, out nint all).ShouldBe(0);
            for (int i = 0; rd_kafka_header_get_all(all, i, out nint name, out nint value, out nint size) == 0; i++)
                headers[Marshal.PtrToStringUTF8(name)!] = Marshal.PtrToStringUTF8(value, (int)size);
            rd_kafka_message_destroy(message);
            rd_kafka_consumer_close(consumer).ShouldBe(0);
            rd_kafka_topic_partition_list_destroy(list);
            rd_kafka_destroy(consumer);
            return (body, headers);
        }

        throw new TimeoutException($"Nothing came to {topic}.");
    }

    public void Dispose() => rd_kafka_destroy(_client);

    [DllImport(Library)]
    private static extern nint rd_kafka_conf_new();

    [DllImport(Library)]
    private static extern int rd_kafka_conf_set(nint conf, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, byte[] error, nint size);

    [DllImport(Library)]
    private static extern nint rd_kafka_new(int type, nint conf, byte[] error, nint size);

    [DllImport(Library)]
    private static extern void rd_kafka_destroy(nint client);

    [DllImport(Library)]
    private static extern nint rd_kafka_handle_mock_cluster(nint client);

    [DllImport(Library)]
    private static extern nint rd_kafka_mock_cluster_bootstraps(nint cluster);

    [DllImport(Library)]
    private static extern nint rd_kafka_topic_partition_list_new(int size);

    [DllImport(Library)]
    private static extern nint rd_kafka_topic_partition_list_add(nint list, [MarshalAs(UnmanagedType.LPUTF8Str)] string topic, int partition);

    [DllImport(Library)]
    private static extern void rd_kafka_topic_partition_list_destroy(nint list);

    [DllImport(Library)]
    private static extern int rd_kafka_subscribe(nint client, nint list);

    [DllImport(Library)]
    private static extern nint rd_kafka_consumer_poll(nint client, int ms);

    [DllImport(Library)]
    private static extern int rd_kafka_consumer_close(nint client);

    [DllImport(Library)]
    private static extern int rd_kafka_message_headers(nint message, out nint headers);

    [DllImport(Library)]
    private static extern int rd_kafka_header_get_all(nint headers, nint index, out nint name, out nint value, out nint size);

    [DllImport(Library)]
    private static extern void rd_kafka_message_destroy(nint message);
}
