using Microsoft.Extensions.Logging;
using Oddity.Connectors.Sources.Queues;
using Oddity.Engine;

namespace Oddity.Connectors.Sources.Redis;

/// <summary>
/// Reads a list or a stream of a Redis. Each message takes effect exactly once as long as Redis keeps what it has, also when several workers with data directories of
/// their own read it and are killed. Run it once the engine has recovered.
/// </summary>
/// <param name="options">What and from where.</param>
/// <param name="pipeline">Takes the samples and remembers how far the log takes this source.</param>
/// <param name="folder">Where the worker's name is kept; part of the data directory.</param>
/// <param name="time">Paces attempts.</param>
/// <param name="logger">Hears when it begins and ceases to fail, and of dead letters.</param>
public sealed class RedisSource(RedisOptions options, Pipeline pipeline, string folder, TimeProvider time, ILogger<RedisSource> logger) : ISource
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private readonly SourceHealth _health = new(options.Id, time, logger);

    public SourceStatus Status => _health.Status;

    public async Task RunAsync(CancellationToken cancel)
    {
        var pause = new QueuePause(time);
        while (!cancel.IsCancellationRequested)
        {
            pause.Begin();
            try
            {
                await ReadAsync(cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                break;
            }
            catch (Exception error) when (error is RedisException or IOException)
            {
                _health.Failed($"{options.Url.Host}:{options.Url.Port}: {error.Message}");
                await Task.Delay(pause.Failed(), time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        _health.Off();
    }

    private async Task ReadAsync(CancellationToken cancel)
    {
        string worker;
        using (var staging = new Staging(Path.Combine(folder, $"{options.Id}.staged"), $"{options.Id}/worker", pipeline))
        {
            staging.Begin();
            worker = staging.Worker;
        }

        IRedisQueue queue = options.IsStream ? new RedisStream(options, worker) : new RedisList(options, worker);
        var intake = new QueueIntake(pipeline, options.Id, options.Tenant, options.Backfill, _ => options.Kind, _health, logger);
        await using RedisConnection redis = await RedisConnection.OpenAsync(options, cancel);
        await queue.OpenAsync(redis, cancel);
        long told = 0;
        while (true)
        {
            RedisRound? round = await queue.NextAsync(redis, pipeline.PositionOf(queue.Place), cancel);
            if (round is { Messages.Count: > 0 })
                await intake.TakeAsync(round.Messages, [new(queue.Place, round.Position)], (letters, stop) => BuryAsync(queue, redis, letters, stop), (wait, stop) => Task.Delay(wait, time, stop), cancel);
            if (round is not null) await queue.DoneAsync(redis, round, cancel);
            if (round is not null || told == 0 || time.GetElapsedTime(told) > s_look)
            {
                told = time.GetTimestamp();
                _health.Ok($"{(options.IsStream ? "stream" : "list")} {options.Key} at {options.Url.Host}");
            }

            if (round is null) await Task.Delay(options.Poll, time, cancel);
        }
    }

    /// <summary>One that Redis refuses, because the key is something else, is lost; a broken connection begins the round anew.</summary>
    private async Task<IReadOnlyList<DeadLetter>> BuryAsync(IRedisQueue queue, RedisConnection redis, IReadOnlyList<DeadLetter> letters, CancellationToken cancel)
    {
        var lost = new List<DeadLetter>();
        if (options.DeadLetters is null) return lost;
        foreach (DeadLetter letter in letters)
        {
            try
            {
                await queue.BuryAsync(redis, letter, cancel);
            }
            catch (RedisException)
            {
                lost.Add(letter);
            }
        }

        return lost;
    }
}
