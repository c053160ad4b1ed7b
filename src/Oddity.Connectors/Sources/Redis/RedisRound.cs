using Oddity.Connectors.Sources.Queues;

namespace Oddity.Connectors.Sources.Redis;

/// <summary>Messages taken together.</summary>
/// <param name="Position">What the log has once they are let in.</param>
/// <param name="Messages">In order; none if they were let in before.</param>
internal sealed record RedisRound(string Position, IReadOnlyList<QueueMessage> Messages)
{
    /// <summary>Entries of a stream to acknowledge.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];
}
