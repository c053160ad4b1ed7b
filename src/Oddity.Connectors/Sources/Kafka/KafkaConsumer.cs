using System.Runtime.InteropServices;
using System.Text;
using Oddity.Connectors.Sources.Queues;

namespace Oddity.Connectors.Sources.Kafka;

/// <summary>A member of a consumer group. All of it happens on the thread that calls; callbacks come out of <see cref="Poll"/> and <see cref="Dispose"/>.</summary>
internal sealed unsafe class KafkaConsumer : KafkaClient
{
    private readonly Func<IReadOnlyList<KafkaOffset>, IReadOnlyList<KafkaOffset>> _assigned;
    private readonly Action _revoked;
    private readonly Dictionary<nint, string> _topics = [];
    private Exception? _broken;
    private bool _closing;
    private bool _paused;

    /// <param name="settings">librdkafka's own names and values.</param>
    /// <param name="topics">What to subscribe to.</param>
    /// <param name="assigned">Told which partitions are now this member's; says where to begin.</param>
    /// <param name="revoked">Told that no partition is this member's any more.</param>
    public KafkaConsumer(
        IEnumerable<KeyValuePair<string, string>> settings, IEnumerable<string> topics, Func<IReadOnlyList<KafkaOffset>, IReadOnlyList<KafkaOffset>> assigned, Action revoked)
    {
        (_assigned, _revoked) = (assigned, revoked);
        Open(1, settings, conf => Librdkafka.rd_kafka_conf_set_rebalance_cb(conf, &OnRebalance));
        Check(Librdkafka.rd_kafka_poll_set_consumer(Handle));
        Check(With([.. topics.Select(topic => new KafkaOffset(topic, -1))], list => Librdkafka.rd_kafka_subscribe(Handle, list)));
    }

    /// <summary>Partitions that are this member's now.</summary>
    public IReadOnlyList<KafkaOffset> Assignment { get; private set; } = [];

    /// <summary>The next message; null if none came in time.</summary>
    /// <exception cref="KafkaException">A topic is missing, or the like; it may be there later.</exception>
    public QueueMessage? Poll(TimeSpan limit)
    {
        Librdkafka.Message* message = Librdkafka.rd_kafka_consumer_poll(Handle, (int)limit.TotalMilliseconds);
        if (_broken is { } broken)
        {
            _broken = null;
            if (message is not null) Librdkafka.rd_kafka_message_destroy(message);
            throw new KafkaException(0, $"taking over partitions failed: {broken.Message}");
        }

        if (message is null) return null;
        try
        {
            if (message->Error != Librdkafka.NoError)
                throw new KafkaException(message->Error, message->Topic == 0 ? Librdkafka.Text(message->Error) : $"{Name(message->Topic)}: {Librdkafka.Text(message->Error)}");
            long timeMs = Librdkafka.rd_kafka_message_timestamp(message, out int kind);
            byte[] body = new ReadOnlySpan<byte>(message->Payload, (int)message->Length).ToArray();
            return new(Name(message->Topic), message->Partition, message->Offset, kind == 0 || timeMs < 0 ? null : timeMs, null, body);
        }
        finally
        {
            Librdkafka.rd_kafka_message_destroy(message);
        }
    }

    /// <summary>What the group has committed, with its notes.</summary>
    /// <exception cref="KafkaException">The broker does not say.</exception>
    public IReadOnlyList<KafkaOffset> Committed(IReadOnlyList<KafkaOffset> places, TimeSpan limit)
    {
        var found = new List<KafkaOffset>();
        Check(With(places, list =>
        {
            int error = Librdkafka.rd_kafka_committed(Handle, list, (int)limit.TotalMilliseconds);
            for (int i = 0; i < list->Count && error == Librdkafka.NoError; i++)
            {
                Librdkafka.Partition* item = list->Items + i;
                error = item->Error;
                string note = item->Metadata is null ? "" : Encoding.UTF8.GetString((byte*)item->Metadata, (int)item->MetadataSize);
                found.Add(new(places[i].Topic, places[i].Partition, item->Offset < 0 ? null : item->Offset, note));
            }

            return error;
        }));
        return found;
    }

    /// <summary>Commits; returns when the coordinator has it.</summary>
    /// <exception cref="KafkaException">It has not, or nobody knows.</exception>
    public void Commit(IReadOnlyList<KafkaOffset> offsets) => Check(With(offsets, list =>
    {
        int error = Librdkafka.rd_kafka_commit(Handle, list, 0);
        for (int i = 0; i < list->Count && error == Librdkafka.NoError; i++) error = list->Items[i].Error;
        return error;
    }));

    /// <summary>No messages until <see cref="Resume"/>; the membership goes on as long as <see cref="Poll"/> is called.</summary>
    public void Pause()
    {
        if (_paused) return;
        _paused = Assignment.Count > 0;
        With(Assignment, list => Librdkafka.rd_kafka_pause_partitions(Handle, list));
    }

    /// <summary>librdkafka takes a partition that was not paused back to where it began, hence the flag.</summary>
    public void Resume()
    {
        if (!_paused) return;
        _paused = false;
        With(Assignment, list => Librdkafka.rd_kafka_resume_partitions(Handle, list));
    }

    /// <summary>Leaves the group.</summary>
    public override void Dispose()
    {
        _closing = true;
        if (Handle != 0) _ = Librdkafka.rd_kafka_consumer_close(Handle);
        base.Dispose();
    }

    [UnmanagedCallersOnly]
    private static void OnRebalance(nint client, int what, Librdkafka.PartitionList* partitions, nint opaque) => Of<KafkaConsumer>(opaque).Rebalance(client, what, partitions);

    /// <summary>An exception must not pass through librdkafka: <see cref="Poll"/> throws it.</summary>
    private void Rebalance(nint client, int what, Librdkafka.PartitionList* partitions)
    {
        try
        {
            // A partition that goes away paused would come back so.
            Resume();
            Assignment = [];
            if (what != Librdkafka.AssignPartitions || _closing)
            {
                _revoked();
                _ = Librdkafka.rd_kafka_assign(client, null);
                return;
            }

            var given = new List<KafkaOffset>();
            for (int i = 0; i < partitions->Count; i++) given.Add(new(Marshal.PtrToStringUTF8((nint)partitions->Items[i].Topic)!, partitions->Items[i].Number));
            IReadOnlyList<KafkaOffset> begin = _assigned(given);
            Check(With(begin, list => Librdkafka.rd_kafka_assign(client, list)));
            Assignment = given;
        }
        catch (Exception error)
        {
            _broken = error;
            _ = Librdkafka.rd_kafka_assign(client, null);
        }
    }

    private string Name(nint topic)
    {
        if (!_topics.TryGetValue(topic, out string? name))
        {
            if (_topics.Count > 10_000) _topics.Clear();
            _topics[topic] = name = Marshal.PtrToStringUTF8(Librdkafka.rd_kafka_topic_name(topic))!;
        }

        return name;
    }

    private static void Check(int error)
    {
        if (error != Librdkafka.NoError) throw new KafkaException(error, Librdkafka.Text(error));
    }

    private delegate int ListUse(Librdkafka.PartitionList* list);

    private static int With(IReadOnlyList<KafkaOffset> offsets, ListUse use)
    {
        Librdkafka.PartitionList* list = Librdkafka.rd_kafka_topic_partition_list_new(offsets.Count);
        try
        {
            foreach (KafkaOffset offset in offsets)
            {
                Librdkafka.Partition* item = Librdkafka.rd_kafka_topic_partition_list_add(list, offset.Topic, offset.Partition);
                item->Offset = offset.Offset ?? Librdkafka.NoOffset;
                if (offset.Note.Length == 0) continue;
                item->MetadataSize = (nuint)Encoding.UTF8.GetByteCount(offset.Note);
                item->Metadata = Librdkafka.malloc(item->MetadataSize);
                Encoding.UTF8.GetBytes(offset.Note, new Span<byte>(item->Metadata, (int)item->MetadataSize));
            }

            return use(list);
        }
        finally
        {
            Librdkafka.rd_kafka_topic_partition_list_destroy(list);
        }
    }
}
