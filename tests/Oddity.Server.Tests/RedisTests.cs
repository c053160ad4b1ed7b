using System.Text;
using System.Text.Json;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Queues;
using Oddity.Connectors.Sources.Redis;
using Oddity.Engine.Storage;

namespace Oddity.Server.Tests;

/// <summary>The Redis sources against the real thing.</summary>
[Collection("reliability")]
public sealed class RedisTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-queue-").FullName;
    private readonly long _startMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 600_000;
    private RealRedis _redis = null!;

    public async ValueTask InitializeAsync()
    {
        RealRedis.Require();
        _redis = await RealRedis.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_redis is not null) await _redis.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_take_effect_once_poison_is_put_aside_and_a_redis_that_comes_back_is_read_again(bool isStream)
    {
        await using (QueueWorker worker = await StartAsync(isStream))
        {
            await SendAsync(isStream, [.. Enumerable.Range(0, 2_500).Select(Event), "{"]);
            (await worker.ValuesAsync("m", 2_500)).ShouldBe(Numbers(2_500));
            await worker.UntilAsync(status => status.State == SourceState.Ok);
            await _redis.StopServerAsync();
            await worker.UntilAsync(status => status.State == SourceState.Failing);
            await _redis.StartServerAsync();
            await SendAsync(isStream, [.. Enumerable.Range(2_500, 10).Select(Event)]);
            (await worker.ValuesAsync("m", 2_510)).ShouldBe(Numbers(2_510));
        }

        await SendAsync(isStream, [Event(2_510)]);
        await using QueueWorker again = await StartAsync(isStream);
        (await again.ValuesAsync("m", 2_511)).ShouldBe(Numbers(2_511));
        await using RedisConnection redis = await _redis.ConnectAsync();
        object?[] dead = (object?[])(isStream ? await AskAsync(redis, "XRANGE", "q:dead-letters", "-", "+") : await AskAsync(redis, "LRANGE", "q:dead-letters", 0, -1))!;
        if (!isStream)
        {
            using JsonDocument letter = JsonDocument.Parse((byte[])dead.ShouldHaveSingleItem()!);
            (letter.RootElement.GetProperty("code").GetString(), letter.RootElement.GetProperty("body").GetString(), letter.RootElement.GetProperty("origin").GetString()).ShouldBe(("bad_json", "{", "q"));
        }
        else
        {
            object?[] fields = (object?[])((object?[])dead.ShouldHaveSingleItem()!)[1]!;
            fields.Select(field => Encoding.UTF8.GetString((byte[])field!)).Where((_, index) => index is 0 or 1 or 8 or 9).ShouldBe(["code", "bad_json", "body", "{"]);
        }
    }

    /// <summary>What a kill leaves behind before and after the log has a round.</summary>
    [Fact]
    public async Task What_a_killed_worker_had_taken_from_a_list_is_let_in_unless_the_log_has_it()
    {
        string worker = await WorkerAsync(isStream: false);
        await using RedisConnection redis = await _redis.ConnectAsync();
        await AskAsync(redis, "RPUSH", $"q:oddity:{worker}", Event(1));
        await AskAsync(redis, "SET", $"q:oddity:{worker}:round", 2);
        await using (QueueWorker taken = await StartAsync(false)) (await taken.ValuesAsync("m", 2)).ShouldBe([0, 1]);

        await AskAsync(redis, "RPUSH", $"q:oddity:{worker}", Event(1));
        await AskAsync(redis, "SET", $"q:oddity:{worker}:round", 2);
        await SendAsync(false, [Event(2)]);
        await using QueueWorker logged = await StartAsync(false);
        (await logged.ValuesAsync("m", 3)).ShouldBe([0, 1, 2]);
    }

    [Fact]
    public async Task What_a_killed_worker_was_given_of_a_stream_is_let_in_unless_the_log_has_it()
    {
        string worker = await WorkerAsync(isStream: true);
        await using RedisConnection redis = await _redis.ConnectAsync();
        byte[] first = (byte[])((object?[])((object?[])(await AskAsync(redis, "XRANGE", "q", "-", "+"))!)[0]!)[0]!;
        await AskAsync(redis, "XCLAIM", "q", "oddity", worker, 0, first, "FORCE");
        await AskAsync(redis, "XADD", "q", "*", "metric", "m", "value", 1, "timestamp", _startMs + 1);
        await AskAsync(redis, "XREADGROUP", "GROUP", "oddity", worker, "STREAMS", "q", ">");
        await SendAsync(true, [Event(2)]);

        await using QueueWorker again = await StartAsync(true);
        (await again.ValuesAsync("m", 3)).ShouldBe([0, 1, 2]);
    }

    /// <summary>Runs a worker until it has let one event in; its name.</summary>
    private async Task<string> WorkerAsync(bool isStream)
    {
        await SendAsync(isStream, [Event(0)]);
        await using (QueueWorker worker = await StartAsync(isStream)) await worker.ValuesAsync("m", 1);
        using var file = new StagedFile(Path.Combine(_folder, "queues", "redis.staged"));
        return StagedRound.From(file.Read()!).Worker;
    }

    private string Event(int number) => $"{{\"metric\":\"m\",\"value\":{number},\"timestamp\":{_startMs + number}}}";

    private static double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(number => (double)number)];

    private Task<QueueWorker> StartAsync(bool isStream) => QueueWorker.StartAsync(
        _folder, (pipeline, queues) => new RedisSource(_redis.Options("q", isStream), pipeline, queues, TimeProvider.System, QueueWorker.Log<RedisSource>()));

    private async Task SendAsync(bool isStream, IReadOnlyList<string> bodies)
    {
        await using RedisConnection redis = await _redis.ConnectAsync();
        if (!isStream) await AskAsync(redis, ["RPUSH", "q", .. bodies]);
        else foreach (string body in bodies) await AskAsync(redis, "XADD", "q", "*", "data", body);
    }

    private static Task<object?> AskAsync(RedisConnection redis, params IReadOnlyList<object> command) => redis.AskAsync(TestContext.Current.CancellationToken, command);
}
