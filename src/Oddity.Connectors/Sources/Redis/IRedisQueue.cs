using Oddity.Connectors.Sources.Queues;

namespace Oddity.Connectors.Sources.Redis;

/// <summary>What a list and a stream have in common: rounds of messages that stay this worker's until it says that they are done.</summary>
internal interface IRedisQueue
{
    /// <summary>Name in the log.</summary>
    string Place { get; }

    /// <summary>Called once a connection.</summary>
    Task OpenAsync(RedisConnection redis, CancellationToken cancel);

    /// <summary>The next round; null if there is nothing. One without messages has been let in before and needs only <see cref="DoneAsync"/>.</summary>
    /// <param name="redis">Where.</param>
    /// <param name="logged">The position that the log has; null for none.</param>
    /// <param name="cancel">Ends the waiting.</param>
    Task<RedisRound?> NextAsync(RedisConnection redis, string? logged, CancellationToken cancel);

    /// <summary>The log has the round.</summary>
    Task DoneAsync(RedisConnection redis, RedisRound round, CancellationToken cancel);

    /// <summary>Puts a message where it can be looked at.</summary>
    Task BuryAsync(RedisConnection redis, DeadLetter letter, CancellationToken cancel);
}
