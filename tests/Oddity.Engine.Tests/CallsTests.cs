using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Detection;
using Oddity.Engine.Calls;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

/// <summary>Calls become series by interval, once each, whatever happens in between.</summary>
public sealed class CallsTests
{
    private const long Start = 1_767_225_600_000; // 2026-01-01, a whole minute.

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_calls_of_a_minute_are_rate_errors_quantiles_and_size()
    {
        var time = new Clock(Start);
        await using TestEngine engine = await TestEngine.StartAsync(time: time);
        await SendAsync(engine, Calls(100));
        await CloseAsync(engine, time);
        (await ReadAsync(engine, "api_requests_per_second{api_id=\"a\"}")).ShouldBeEmpty("the minute is not over");
        time.NowMs = Start + 76_000;
        await CloseAsync(engine, time);
        await engine.Pipeline.SettleAsync(Cancel);
        (await ReadAsync(engine, "api_requests_per_second{api_id=\"a\"}")).ShouldBe([(Start, 100 / 60.0)]);
        (await ReadAsync(engine, "api_error_rate{api_id=\"a\"}")).ShouldBe([(Start, 0.1)]);
        (await ReadAsync(engine, "api_success_rate{api_id=\"a\"}")).ShouldBe([(Start, 0.9)]);
        (await ReadAsync(engine, "api_response_size_bytes{api_id=\"a\"}"))[0].Value.ShouldBe(1000);
        foreach ((string name, double exact) in new[] { ("p50", 50.0), ("p95", 95.0), ("p99", 99.0) })
            (await ReadAsync(engine, $"api_latency_{name}_ms{{api_id=\"a\"}}"))[0].Value.ShouldBe(exact, exact * 0.008);
        (await ReadAsync(engine, "api_requests_per_second{api_id=\"a\",endpoint=\"GET /x/:id\"}")).ShouldBe([(Start, 100 / 60.0)]);
        engine.Pipeline.Calls.Waiting.ShouldBe(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task How_calls_are_sent_changes_nothing(int portion)
    {
        var time = new Clock(Start);
        await using TestEngine engine = await TestEngine.StartAsync(time: time);
        Call[] calls = [.. Calls(300).Select((call, i) => call with { LatencyMs = 0.1 * ((i * 7919 % 1000) + 1) })];
        if (portion == 7) Array.Reverse(calls);
        foreach (Call[] part in calls.Chunk(portion)) await SendAsync(engine, part);
        time.NowMs = Start + 76_000;
        await CloseAsync(engine, time);
        await engine.Pipeline.SettleAsync(Cancel);
        double[] figures = new double[4];
        string[] names = ["api_latency_p50_ms", "api_latency_p95_ms", "api_latency_p99_ms", "api_response_size_bytes"];
        for (int i = 0; i < names.Length; i++) figures[i] = (await ReadAsync(engine, names[i] + "{api_id=\"a\"}")).Single().Value;
        double[] sorted = [.. calls.Select(call => call.LatencyMs).Order()];
        figures[0].ShouldBe(sorted[149], sorted[149] * 0.008);
        figures[1].ShouldBe(sorted[284], sorted[284] * 0.008);
        figures[2].ShouldBe(sorted[296], sorted[296] * 0.008);
        Figures.TryAdd(portion, figures);
        Figures.Values.ShouldAllBe(other => other.SequenceEqual(figures));
    }

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<int, double[]> Figures = new();

    [Fact]
    public async Task A_late_call_corrects_its_minute()
    {
        var time = new Clock(Start);
        await using TestEngine engine = await TestEngine.StartAsync(time: time);
        await SendAsync(engine, Calls(60));
        time.NowMs = Start + 76_000;
        await CloseAsync(engine, time);
        await SendAsync(engine, Calls(60));
        await CloseAsync(engine, time);
        await engine.Pipeline.SettleAsync(Cancel);
        (await ReadAsync(engine, "api_requests_per_second{api_id=\"a\"}")).ShouldBe([(Start, 1.0), (Start, 2.0)]);
        new CallQueries(engine.Pipeline.Calls).Total("default", CallKind.Api, Start, Start + 60_000).Calls.ShouldBe(120);
    }

    [Fact]
    public async Task Who_is_called_no_more_has_a_rate_of_nothing_for_an_hour()
    {
        var time = new Clock(Start - 60_000);
        await using TestEngine engine = await TestEngine.StartAsync(time: time);
        CallCloser closer = Closer(engine, time);
        await closer.CloseAsync(Cancel);
        time.NowMs = Start + 1000;
        await SendAsync(engine, Calls(6));
        for (int minute = 1; minute < 100; minute++)
        {
            time.NowMs = Start + (minute * 60_000) + 16_000;
            await closer.CloseAsync(Cancel);
        }

        await engine.Pipeline.SettleAsync(Cancel);
        List<(long TimeMs, double Value)> rates = await ReadAsync(engine, "api_requests_per_second{api_id=\"a\"}");
        rates[0].ShouldBe((Start, 0.1));
        rates.Skip(1).ShouldBe(Enumerable.Range(1, 60).Select(minute => (Start + (minute * 60_000L), 0.0)));
    }

    [Fact]
    public async Task A_kill_loses_no_call_and_repeats_no_sample()
    {
        var time = new Clock(Start);
        string[] folders = [.. Enumerable.Range(0, 4).Select(_ => Directory.CreateTempSubdirectory("oddity-calls-").FullName)];
        try
        {
            await using (TestEngine engine = await TestEngine.StartAsync(folders[0], time: time))
            {
                await SendAsync(engine, Calls(60));
                TestEngine.Copy(folders[0], folders[1]); // Killed while they wait.
                time.NowMs = Start + 76_000;

                // Killed after the samples are in the log and before the calls are taken away: the token and the samples of an earlier life.
                await engine.Pipeline.Database.WriteAsync(statements => statements.Execute("UPDATE calls SET token = 'calls:0:1767225600000:1'"));
                TestEngine.Copy(folders[0], folders[2]);
                await CloseAsync(engine, time);
                TestEngine.Copy(folders[0], folders[3]); // Killed after all of it.
            }

            foreach (string folder in folders.Skip(1))
            {
                await using TestEngine again = await TestEngine.StartAsync(folder, time: time);
                await CloseAsync(again, time);
                await CloseAsync(again, time);
                await again.Pipeline.SettleAsync(Cancel);
                (await ReadAsync(again, "api_requests_per_second{api_id=\"a\"}")).ShouldBe([(Start, 1.0)]);
                again.Pipeline.Calls.Waiting.ShouldBe(0);
                new CallQueries(again.Pipeline.Calls).Total("default", CallKind.Api, Start, Start + 60_000).Calls.ShouldBe(60);
            }

            // The step in the middle again: the samples are in the log under the token already.
            await using TestEngine middle = await TestEngine.StartAsync(folders[0], time: time);
            await SendAsync(middle, [.. Calls(60).Select(call => call with { TimeMs = call.TimeMs + 60_000 })]);
            await middle.Pipeline.Database.WriteAsync(statements => statements.Execute("UPDATE calls SET token = 'calls:0:1767225660000:9'"));
            var samples = new IngestBatch("default");
            samples.NextRecord();
            samples.Add(SeriesKey.Create("default", "api_requests_per_second", [new("api_id", "a")]), Start + 60_000, 1.0);
            await middle.Pipeline.IngestAsync(samples, new(Backfill: true, IdempotencyKey: "calls:0:1767225660000:9"), Cancel);
            time.NowMs += 60_000;
            await CloseAsync(middle, time);
            await middle.Pipeline.SettleAsync(Cancel);
            (await ReadAsync(middle, "api_requests_per_second{api_id=\"a\"}")).ShouldBe([(Start, 1.0), (Start + 60_000, 1.0)]);
        }
        finally
        {
            foreach (string folder in folders) Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_repeat_with_the_same_key_is_counted_once()
    {
        var time = new Clock(Start);
        await using TestEngine engine = await TestEngine.StartAsync(time: time);
        for (int i = 0; i < 3; i++) await SendAsync(engine, Calls(10), new(IdempotencyKey: "once"));
        engine.Pipeline.Calls.Waiting.ShouldBe(10);
    }

    [Fact]
    public async Task Messages_that_a_queue_gives_again_are_counted_once()
    {
        var time = new Clock(Start);
        await using TestEngine engine = await TestEngine.StartAsync(time: time);
        foreach (string place in new[] { "7", "7", "8" }) await SendAsync(engine, Calls(10), new() { Positions = [new("kafka/group/calls/0", place)] });
        engine.Pipeline.Calls.Waiting.ShouldBe(20);
    }

    [Fact]
    public async Task Endpoints_beyond_the_bound_are_others_and_stay_so_after_a_restart()
    {
        var time = new Clock(Start);
        string folder = Directory.CreateTempSubdirectory("oddity-calls-").FullName;
        try
        {
            for (int life = 0; life < 2; life++)
            {
                await using TestEngine engine = await TestEngine.StartAsync(folder, time: time);
                await SendAsync(engine, [.. Enumerable.Range(0, 300).Select(i => Calls(1)[0] with { Operation = $"/e{(life == 0 ? i : 299 - i):000}x", TimeMs = time.NowMs })]);
                time.NowMs += 76_000;
                await CloseAsync(engine, time);
                await engine.Pipeline.SettleAsync(Cancel);
                SeriesInfo[] rates = [.. engine.Pipeline.ListSeries("default", "api_requests_per_second", null, 1000)];
                rates.Length.ShouldBe(1 + CallNames.MaxOperations + 1);
                rates.ShouldContain(series => series.Key.Label("endpoint") == "/e000x");
                rates.ShouldNotContain(series => series.Key.Label("endpoint") == "/e299x");
                (await ReadAsync(engine, "api_requests_per_second{api_id=\"a\",endpoint=\"(other)\"}")).Count.ShouldBe(life + 1);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("/users/42/orders?x=1", "/users/:id/orders")]
    [InlineData("/a/3fa85f64-5717-4562-b3fc-2c963f66afa6#f", "/a/:id")]
    [InlineData("/deadbeef/deadbee1/v2", "/deadbeef/:id/v2")]
    [InlineData("https://x.example/u/7", "/u/:id")]
    [InlineData("", "")]
    [InlineData("/", "/")]
    public void Ids_are_taken_out_of_paths(string path, string name) => CallNames.PathName(path).ShouldBe(name);

    [Fact]
    public async Task More_than_may_wait_are_refused()
    {
        var time = new Clock(Start);
        await using TestEngine engine = await TestEngine.StartAsync(time: time, change: options => options with { Calls = new() { MaxWaiting = 100 } });
        (await SendAsync(engine, Calls(100))).Outcome.ShouldBe(IngestOutcome.Stored);
        IngestResult refused = await SendAsync(engine, Calls(1));
        (refused.Outcome, refused.Limit).ShouldBe((IngestOutcome.Overloaded, "calls"));
        refused.RetryAfter.ShouldNotBeNull();
        time.NowMs = Start + 76_000;
        await CloseAsync(engine, time);
        (await SendAsync(engine, Calls(1))).Outcome.ShouldBe(IngestOutcome.Stored);
    }

    private static Call[] Calls(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Call("a", "GET /x/:id", Start + i, i + 1, i % 10 == 0, 1000))];

    private static Task<IngestResult> SendAsync(TestEngine engine, Call[] calls, IngestOptions? options = null)
    {
        var batch = new IngestBatch("default");
        foreach (Call call in calls)
        {
            int record = batch.NextRecord();
            batch.Add(SeriesKey.Create("default", "api_error", [new("api_id", call.Service)]), call.TimeMs, call.Failed ? 1 : 0);
            batch.Calls.Add((record, call));
        }

        return engine.Pipeline.IngestAsync(batch, options ?? IngestOptions.Live, Cancel);
    }

    private static CallCloser Closer(TestEngine engine, TimeProvider time) => new(engine.Pipeline, time, NullLogger<CallCloser>.Instance);

    private static Task CloseAsync(TestEngine engine, TimeProvider time) => Closer(engine, time).CloseAsync(Cancel);

    private static async Task<List<(long TimeMs, double Value)>> ReadAsync(TestEngine engine, string series)
    {
        SeriesKey.TryParse("default", series, out SeriesKey key).ShouldBeTrue(series.ToString(CultureInfo.InvariantCulture));
        Sample[] samples = await engine.Pipeline.ReadSamplesAsync(key, long.MinValue, long.MaxValue, 1000, Cancel);
        return [.. samples.Select(sample => (sample.TimeMs, sample.Value))];
    }

    private sealed class Clock(long nowMs) : TimeProvider
    {
        public long NowMs { get; set; } = nowMs;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(NowMs);
    }
}
