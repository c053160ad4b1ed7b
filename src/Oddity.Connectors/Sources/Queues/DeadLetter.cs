namespace Oddity.Connectors.Sources.Queues;

/// <summary>A message of which nothing was let in.</summary>
/// <param name="Message">As it came.</param>
/// <param name="Code">Why, a word for programs.</param>
/// <param name="Detail">Why, a sentence for people.</param>
internal sealed record DeadLetter(QueueMessage Message, string Code, string Detail);
