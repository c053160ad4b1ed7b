using System.Text;

namespace Oddity.Connectors.Sources.Queues;

/// <summary>Messages that a worker has on disk before it tells the broker that they are its own; let in once the broker agreed.</summary>
/// <param name="Number">Counts a worker's rounds; the log says which was let in last.</param>
/// <param name="Worker">Who took them over.</param>
/// <param name="Spans">Which part of which partition.</param>
/// <param name="Messages">In the order they came.</param>
internal sealed record StagedRound(long Number, string Worker, IReadOnlyList<StagedRound.Span> Spans, IReadOnlyList<QueueMessage> Messages)
{
    /// <summary>Messages from one number up to before another.</summary>
    public readonly record struct Span(string Topic, int Partition, long From, long To);

    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(Number);
        writer.Write(Worker);
        writer.Write(Spans.Count);
        foreach (Span span in Spans)
        {
            writer.Write(span.Topic);
            writer.Write(span.Partition);
            writer.Write(span.From);
            writer.Write(span.To);
        }

        writer.Write(Messages.Count);
        foreach (QueueMessage message in Messages)
        {
            writer.Write(message.Topic);
            writer.Write(message.Partition);
            writer.Write(message.Number);
            writer.Write(message.TimeMs ?? long.MinValue);
            writer.Write(message.Id is not null);
            if (message.Id is not null) writer.Write(message.Id);
            writer.Write(message.Body.Length);
            writer.Write(message.Body);
        }

        writer.Flush();
        return bytes.ToArray();
    }

    public static StagedRound From(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        (long number, string worker) = (reader.ReadInt64(), reader.ReadString());
        var spans = new Span[reader.ReadInt32()];
        for (int i = 0; i < spans.Length; i++) spans[i] = new(reader.ReadString(), reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt64());
        var messages = new QueueMessage[reader.ReadInt32()];
        for (int i = 0; i < messages.Length; i++)
        {
            (string topic, int partition, long at, long timeMs) = (reader.ReadString(), reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt64());
            string? id = reader.ReadBoolean() ? reader.ReadString() : null;
            messages[i] = new(topic, partition, at, timeMs == long.MinValue ? null : timeMs, id, reader.ReadBytes(reader.ReadInt32()));
        }

        return new(number, worker, spans, messages);
    }
}
