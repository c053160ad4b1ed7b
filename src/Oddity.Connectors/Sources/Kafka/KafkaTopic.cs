using Oddity.Connectors.Sources.Queues;

namespace Oddity.Connectors.Sources.Kafka;

/// <summary>A topic to read.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What its messages are.</param>
public sealed record KafkaTopic(string Name, QueueKind Kind = QueueKind.Events);
