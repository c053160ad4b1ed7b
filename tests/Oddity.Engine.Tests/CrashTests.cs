using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

/// <summary>What a crash, a batch nobody expected, or a part that died may not do: lose, repeat, hang, or keep the next start from succeeding.</summary>
public sealed class CrashTests : IDisposable
{
    private const long Noon = 1_700_000_000_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("oddity-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_series_and_a_vector_of_one_name_in_one_batch_are_both_taken()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        var batch = new IngestBatch("default");
        batch.NextRecord();
        batch.Add(Key("system"), Noon, 1);
        batch.NextRecord();
        batch.AddVector(Key("system"), [Key("a"), Key("b")], Noon, [1, 2]);
        (await engine.Pipeline.IngestAsync(batch, new(Backfill: true), CancellationToken.None)).Accepted.ShouldBe(2);
        await SettleAsync(engine);
        new[] { "system", "a", "b" }.ShouldAllBe(name => engine.Pipeline.FindSeries(Key(name))!.SampleCount == 1);
    }

    [Fact]
    public async Task Records_without_samples_leave_nothing_in_the_queue()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        var batch = new IngestBatch("default");
        batch.NextRecord();
        (await engine.Pipeline.IngestAsync(batch, new(Backfill: true), CancellationToken.None)).Outcome.ShouldBe(IngestOutcome.Stored);
        await SettleAsync(engine);
        engine.Pipeline.QueueDepth.ShouldBe(0);
    }

    [Fact]
    public async Task A_vector_of_nothing_harms_nobody()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        var batch = new IngestBatch("default");
        batch.NextRecord();
        batch.AddVector(Key("system"), [], Noon, []);
        await engine.Pipeline.IngestAsync(batch, new(Backfill: true), CancellationToken.None);
        await SettleAsync(engine);
        engine.Pipeline.Failure.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Odd_characters_in_names_survive_the_store_the_log_and_the_export()
    {
        string[] values = ["\0", "a\0b", "\"\\\n\r\t", "it's; DROP TABLE series;--", "😀", "{a=\"b\"}", "\u0001", "\uFFFD\u2028", " ", "%_*"];
        SeriesKey[] keys = [.. values.Select(value => SeriesKey.Create("default", "m", [new("l", value)]))];
        SeriesKey[] names = [.. new[] { "a b", "{}", "\"", "😀", "a,b=c", "*" }.Select(Key)];
        SeriesKey[] all = [.. keys, .. names];
        for (int run = 0; run < 3; run++)
        {
            await using TestEngine engine = await TestEngine.StartAsync(_directory);
            var batch = new IngestBatch("default");
            foreach (SeriesKey key in all)
            {
                for (int i = 0; i < 11; i++)
                {
                    batch.NextRecord();
                    batch.Add(key, Noon + (run * 1_000_000L) + i, i == 10 ? 200 : 50);
                }
            }

            (await engine.Pipeline.IngestAsync(batch, new(Backfill: true), CancellationToken.None)).Rejected.ShouldBe(0);
            await SettleAsync(engine);
            all.ShouldAllBe(key => engine.Pipeline.FindSeries(key)!.SampleCount == 11 * (run + 1));
            (await ListAsync(engine)).Select(anomaly => anomaly.Series).Distinct().ShouldBe(all, ignoreOrder: true);
            (await engine.ExportAsync()).Count.ShouldBe((await ListAsync(engine)).Count);
        }
    }

    [Fact]
    public async Task A_report_that_cannot_be_written_is_refused_and_the_engine_lives_on()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        foreach (double value in new[] { double.NaN, double.PositiveInfinity })
        {
            await Should.ThrowAsync<ArgumentException>(() => engine.Pipeline.ReportAsync(Key("m"), Noon, value, Severity.High, "", CancellationToken.None));
        }

        await engine.Pipeline.ReportAsync(Key("m"), Noon, 1, Severity.High, "half a pair: \uD800, and \0", CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        (await ListAsync(engine)).ShouldHaveSingleItem();
        engine.Pipeline.Failure.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Requests_that_wait_for_the_disk_count_against_the_bound()
    {
        await using TestEngine engine = await TestEngine.StartAsync(change: options => options with { MaxQueuedBytes = 10_000 });
        using var hold = new ManualResetEventSlim();
        engine.Pipeline.Log.BeforeSync = () => hold.Wait(CancellationToken.None);
        Task<IngestResult>[] sent = [.. Enumerable.Range(0, 50).Select(_ => engine.SendAsync("m", Enumerable.Repeat((Noon, 1.0), 100)))];
        IngestOutcome[] early = [.. sent.Where(task => task.IsCompleted).Select(task => task.Result.Outcome)];
        hold.Set();
        await Task.WhenAll(sent);
        early.Length.ShouldBeGreaterThan(40);
        early.ShouldAllBe(outcome => outcome == IngestOutcome.Overloaded);
        await SettleAsync(engine);
        (await engine.SendAsync("m", [(Noon, 1.0)])).Outcome.ShouldBe(IngestOutcome.Stored);
    }

    [Fact]
    public async Task When_a_vector_is_calm_again_the_explanation_still_names_the_value_that_stood_out()
    {
        await using TestEngine engine = await TestEngine.StartAsync(change: options => options with { Watch = new() { Detector = "none", Limits = [] } });
        for (int i = 0; i < 60; i++) await SendRowAsync(engine, i, 40 + (i * 7 % 11), 60 + (i * 3 % 5), 50 + (i * 5 % 7));
        await SendRowAsync(engine, 66, 41, 61, 95);
        for (int i = 67; i < 76; i++) await SendRowAsync(engine, i, 50, 62, 53);
        Anomaly anomaly = (await ListAsync(engine)).ShouldHaveSingleItem();
        anomaly.EndMs.ShouldNotBeNull();
        anomaly.Explanation.ShouldStartWith("system_metrics_memory was 95");
    }

    [Fact]
    public async Task After_a_crash_and_another_configuration_nothing_goes_on_that_nobody_follows()
    {
        await using (TestEngine engine = await TestEngine.StartAsync())
        {
            await engine.Pipeline.CheckpointAsync(CancellationToken.None);
            await engine.SendAsync("m", [.. Enumerable.Repeat((Noon, 50.0), 10), (Noon, 200.0)]);
            await SettleAsync(engine);
            (await ListAsync(engine)).ShouldHaveSingleItem().EndMs.ShouldBeNull();
            Copy(engine.Directory, _directory);
        }

        await using TestEngine after = await TestEngine.StartAsync(_directory, options => options with { Watch = new() { Detector = "none", Limits = [] } });
        (await ListAsync(after)).ShouldHaveSingleItem().EndMs.ShouldBe(Noon);
    }

    [Fact]
    public async Task A_start_that_fails_lets_go_of_the_directory()
    {
        await using (TestEngine engine = await TestEngine.StartAsync(_directory))
        {
            await engine.SendAsync("m", [(Noon, 1)]);
            await SettleAsync(engine);
            await engine.Pipeline.CheckpointAsync(CancellationToken.None);
            await engine.Pipeline.Database.WriteAsync(sql => sql.Execute("UPDATE series SET key = '{'"));
        }

        for (int attempt = 0; attempt < 2; attempt++)
        {
            Should.Throw<InvalidDataException>(() => Pipeline.Open(new() { DataDirectory = _directory }, [], TimeProvider.System, NullLoggerFactory.Instance));
        }
    }

    [Fact]
    public async Task After_a_dead_part_stopping_ends_and_questions_fail()
    {
        TestEngine engine = await TestEngine.StartAsync(_directory);
        await engine.SendAsync("m", [(Noon, 1)]);
        await SettleAsync(engine);
        // A table that is gone stands for whatever the sink cannot get over.
        await engine.Pipeline.Database.WriteAsync(sql => sql.Execute("DROP TABLE anomalies"));
        Task report = engine.Pipeline.ReportAsync(Key("m"), Noon, 1, Severity.High, "", CancellationToken.None);
        await Should.ThrowAsync<Exception>(() => engine.Pipeline.Failure.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Task checkpoint = engine.Pipeline.CheckpointAsync(CancellationToken.None);
        await engine.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        (await Should.ThrowAsync<Exception>(() => report.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken))).ShouldNotBeOfType<TimeoutException>();
        (await Should.ThrowAsync<Exception>(() => checkpoint.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken))).ShouldNotBeOfType<TimeoutException>();
    }

    [Fact]
    public async Task A_checkpoint_that_fails_is_tried_again()
    {
        using var errors = new ErrorCount();
        var options = new EngineOptions { DataDirectory = _directory, CheckpointInterval = TimeSpan.FromMilliseconds(1) };
        await using Pipeline pipeline = Pipeline.Open(options, [], TimeProvider.System, errors);
        await pipeline.Recovered;
        await pipeline.Database.WriteAsync(sql => sql.Execute("CREATE TRIGGER refuse BEFORE INSERT ON series BEGIN SELECT RAISE(ABORT, 'no'); END"));
        var batch = new IngestBatch("default");
        batch.NextRecord();
        batch.Add(Key("m"), Noon, 1);
        await pipeline.IngestAsync(batch, new(Backfill: true), CancellationToken.None);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (errors.Count < 2) await Task.Delay(10, limit.Token);
        await pipeline.Database.WriteAsync(sql => sql.Execute("DROP TRIGGER refuse"));
        while (pipeline.Database.Read(Stored) == 0) await Task.Delay(10, limit.Token);
    }

    private static long Stored(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM series";
        return (long)command.ExecuteScalar()!;
    }

    private static SeriesKey Key(string name) => SeriesKey.Create("default", name);

    private static Task SettleAsync(TestEngine engine) => engine.Pipeline.SettleAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

    private static async Task SendRowAsync(TestEngine engine, int i, double cpu, double disk, double memory)
    {
        var batch = new IngestBatch("default");
        batch.NextRecord();
        batch.AddVector(Key("system_metrics"), [Key("system_metrics_cpu"), Key("system_metrics_disk"), Key("system_metrics_memory")], Noon + (i * 3000L), [cpu, disk, memory]);
        await engine.Pipeline.IngestAsync(batch, new(Backfill: true), CancellationToken.None);
    }

    private static async Task<IReadOnlyList<Anomaly>> ListAsync(TestEngine engine)
    {
        await SettleAsync(engine);
        return (await engine.Pipeline.ListAnomaliesAsync(new() { Tenant = "default", Limit = 1000 }, CancellationToken.None)).Items;
    }

    /// <summary>The files as a kill would leave them: everything is settled, so nothing is being written.</summary>
    private static void Copy(string from, string to)
    {
        TestEngine.Copy(from, to);
    }

    private sealed class ErrorCount : ILoggerFactory, ILogger
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) Interlocked.Increment(ref _count);
        }

        public void Dispose()
        {
        }
    }
}
