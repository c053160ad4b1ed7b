namespace Oddity.Connectors.Sources.Kafka;

/// <summary>An offset of a partition, with the note that was committed beside it.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">Which of its partitions.</param>
/// <param name="Offset">The next message; null where none is known.</param>
/// <param name="Note">Text committed with it; empty for none.</param>
internal readonly record struct KafkaOffset(string Topic, int Partition, long? Offset = null, string Note = "");
