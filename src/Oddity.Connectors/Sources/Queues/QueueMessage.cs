namespace Oddity.Connectors.Sources.Queues;

/// <summary>One message as a broker gave it.</summary>
/// <param name="Topic">The topic, queue, list or stream.</param>
/// <param name="Partition">The topic's part; 0 where there are none.</param>
/// <param name="Number">Its place there: the offset, or how many came before it in its round.</param>
/// <param name="TimeMs">When it was sent, Unix milliseconds; null if the broker does not say.</param>
/// <param name="Id">What the sender or the broker calls it; null for nothing.</param>
/// <param name="Body">What it says.</param>
internal sealed record QueueMessage(string Topic, int Partition, long Number, long? TimeMs, string? Id, byte[] Body)
{
    /// <summary>For people, and for dead letters.</summary>
    public string Origin => Id is null ? $"{Topic}/{Partition}/{Number}" : $"{Topic}/{Id}";
}
