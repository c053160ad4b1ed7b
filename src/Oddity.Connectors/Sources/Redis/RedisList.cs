using System.Globalization;
using System.Text;
using Oddity.Connectors.Sources.Queues;

namespace Oddity.Connectors.Sources.Redis;

/// <summary>
/// Takes messages from a list. A script moves up to a thousand to a list of this worker's own and names the round; they go from there once the log has them and the
/// round's number. A worker that comes back finds its list and knows by the number whether it let it in.
/// </summary>
internal sealed class RedisList(RedisOptions options, string worker) : IRedisQueue
{
    private const int MostMessages = 1_000;

    /// <summary>Of what is in the worker's list from before, or else of the next messages: the round's number and the messages.</summary>
    private const string Take =
        """
        if redis.call('EXISTS', KEYS[2]) == 0 then
          local items = redis.call('LRANGE', KEYS[1], 0, ARGV[1] - 1)
          if #items == 0 then return {} end
          redis.call('RPUSH', KEYS[2], unpack(items))
          redis.call('LTRIM', KEYS[1], #items, -1)
          redis.call('SET', KEYS[3], ARGV[2])
        end
        return {redis.call('GET', KEYS[3]), redis.call('LRANGE', KEYS[2], 0, -1)}
        """;

    private readonly string _own = $"{options.Key}:oddity:{worker}";

    public string Place { get; } = $"{options.Id}/{options.Key}";

    public Task OpenAsync(RedisConnection redis, CancellationToken cancel) => Task.CompletedTask;

    public async Task<RedisRound?> NextAsync(RedisConnection redis, string? logged, CancellationToken cancel)
    {
        long last = long.Parse(logged ?? "0", CultureInfo.InvariantCulture);
        if (await redis.AskAsync(cancel, "EVAL", Take, 3, options.Key, _own, $"{_own}:round", MostMessages, last + 1) is not object?[] { Length: 2 } found) return null;
        string number = found[0] is byte[] text ? Encoding.UTF8.GetString(text) : throw new RedisException($"{_own}:round is missing");
        QueueMessage[] messages = [.. ((object?[])found[1]!).Select((item, index) => new QueueMessage(options.Key, 0, index, null, null, (byte[])item!))];
        return new(number, number == logged ? [] : messages);
    }

    public Task DoneAsync(RedisConnection redis, RedisRound round, CancellationToken cancel) => redis.AskAsync(cancel, "DEL", _own);

    public async Task BuryAsync(RedisConnection redis, DeadLetter letter, CancellationToken cancel)
    {
        byte[] body = RedisDeadLetter.ToJson(options, letter);
        await redis.AskAsync(cancel, "RPUSH", options.DeadLetters!, body);
    }
}
