using System.Runtime.InteropServices;
using System.Text;

namespace Oddity.Connectors.Sources.Kafka;

/// <summary>Sends messages and says which arrived. Used from one thread.</summary>
internal sealed unsafe class KafkaProducer : KafkaClient
{
    private const int CopyPayload = 2;
    private int[] _outcome = [];

    public KafkaProducer(IEnumerable<KeyValuePair<string, string>> settings) => Open(0, settings, conf => Librdkafka.rd_kafka_conf_set_dr_msg_cb(conf, &OnDelivered));

    /// <summary>Sends all, and waits until each arrived or failed; an error code a message, 0 for arrived.</summary>
    public IReadOnlyList<int> Send(IReadOnlyList<(string Topic, byte[] Body, IReadOnlyList<(string Name, string Value)> Headers)> messages, TimeSpan limit)
    {
        _outcome = new int[messages.Count];
        Array.Fill(_outcome, int.MinValue);
        for (int i = 0; i < messages.Count; i++)
        {
            if (Produce(messages[i].Topic, messages[i].Body, messages[i].Headers, i + 1) is { } refused and not Librdkafka.NoError) _outcome[i] = refused;
        }

        _ = Librdkafka.rd_kafka_flush(Handle, (int)limit.TotalMilliseconds);
        return _outcome;
    }

    private int Produce(string topic, byte[] body, IReadOnlyList<(string Name, string Value)> headers, int number)
    {
        var held = new List<nint>();
        nint Text(string text)
        {
            held.Add(Marshal.StringToCoTaskMemUTF8(text));
            return held[^1];
        }

        var values = new List<Librdkafka.Value>
        {
            new() { Tag = Librdkafka.Value.OfTopic, First = Text(topic) },
            new() { Tag = Librdkafka.Value.OfFlags, First = CopyPayload },
            new() { Tag = Librdkafka.Value.OfOpaque, First = number },
        };
        foreach ((string name, string value) in headers)
            values.Add(new() { Tag = Librdkafka.Value.OfHeader, First = Text(name), Second = Text(value), Third = Encoding.UTF8.GetByteCount(value) });
        try
        {
            fixed (byte* payload = body)
            {
                values.Add(new() { Tag = Librdkafka.Value.OfValue, First = (nint)payload, Second = body.Length });
                fixed (Librdkafka.Value* all = CollectionsMarshal.AsSpan(values)) return Code(Librdkafka.rd_kafka_produceva(Handle, all, (nuint)values.Count));
            }
        }
        finally
        {
            foreach (nint text in held) Marshal.FreeCoTaskMem(text);
        }
    }

    private static int Code(nint error)
    {
        if (error == 0) return Librdkafka.NoError;
        int code = Librdkafka.rd_kafka_error_code(error);
        Librdkafka.rd_kafka_error_destroy(error);
        return code;
    }

    [UnmanagedCallersOnly]
    private static void OnDelivered(nint client, Librdkafka.Message* message, nint opaque)
    {
        int[] outcome = Of<KafkaProducer>(opaque)._outcome;
        int number = (int)message->Private - 1;
        if (number >= 0 && number < outcome.Length) outcome[number] = message->Error;
    }
}
