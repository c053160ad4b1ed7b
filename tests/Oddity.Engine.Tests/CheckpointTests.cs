using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

public class CheckpointTests
{
    [Fact]
    public async Task What_comes_while_one_is_written_down_is_not_in_it_and_not_lost()
    {
        string copy = Directory.CreateTempSubdirectory("oddity-test-").FullName;
        try
        {
            await using TestEngine engine = await TestEngine.StartAsync();
            for (int round = 0; round < 12; round++)
            {
                Task checkpoint = round % 3 == 2 ? engine.Pipeline.CheckpointAsync(CancellationToken.None) : Task.CompletedTask;
                for (int batch = 0; batch < 4; batch++) await SendAsync(engine, series: 1500, (round * 4) + batch);
                await checkpoint;
            }

            await engine.Pipeline.SettleAsync(CancellationToken.None);
            TestEngine.Copy(engine.Directory, copy);
            List<string> anomalies = await engine.ExportAsync();
            anomalies.ShouldNotBeEmpty();
            string digest = (await engine.Pipeline.DigestAsync(CancellationToken.None)).Sha256;

            await using TestEngine again = await TestEngine.StartAsync(copy, options => options with { Shards = 3 });
            (await again.Pipeline.DigestAsync(CancellationToken.None)).Sha256.ShouldBe(digest);
            (await again.ExportAsync()).ShouldBe(anomalies);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    [Fact]
    public async Task A_detector_whose_state_is_damaged_starts_afresh_with_the_reason_and_the_series_goes_on()
    {
        string directory = Directory.CreateTempSubdirectory("oddity-test-").FullName;
        try
        {
            await using (TestEngine engine = await TestEngine.StartAsync(directory))
            {
                await engine.SendAsync("load", Enumerable.Range(0, 100).Select(i => (i * 1000L, 50 + Math.Sin(i))));
            }

            Flip(Path.Combine(directory, "oddity.db"));
            var told = new Told();
            using var loggers = new LoggersOf(told);
            await using TestEngine again = await TestEngine.StartAsync(directory, loggers: loggers);
            told.Warnings.ShouldHaveSingleItem().ShouldBe("1 detectors start afresh, load first: its state is damaged: the checksum is another");
            SeriesKey key = SeriesKey.Create("default", "load");
            (await again.Pipeline.ReadSamplesAsync(key, 0, long.MaxValue, 1000, CancellationToken.None)).Length.ShouldBe(100);
            await again.SendAsync("load", [(100_000, 51)]);
            await again.Pipeline.SettleAsync(CancellationToken.None);
            again.Pipeline.FindSeries(key)!.SampleCount.ShouldBe(101);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>The last bit of the last detector's checksum.</summary>
    private static void Flip(string file)
    {
        using var database = new SqliteConnection($"Data Source={file};Pooling=False");
        database.Open();
        using SqliteCommand read = database.CreateCommand();
        read.CommandText = "SELECT state FROM series";
        byte[] state = (byte[])read.ExecuteScalar()!;
        state[^1] ^= 1;
        using SqliteCommand write = database.CreateCommand();
        write.CommandText = "UPDATE series SET state = $state";
        write.Parameters.AddWithValue("$state", state);
        write.ExecuteNonQuery().ShouldBe(1);
    }

    private static Task<IngestResult> SendAsync(TestEngine engine, int series, int step)
    {
        var batch = new IngestBatch(SeriesKey.DefaultTenant);
        for (int i = 0; i < series; i++)
        {
            batch.NextRecord();
            batch.Add(SeriesKey.Create(SeriesKey.DefaultTenant, "m", [new("i", $"{i}")]), step * 1000L, (i + step) % 331 == 330 ? 1e6 : 50 + Math.Sin(i + step));
        }

        return engine.Pipeline.IngestAsync(batch, new(Backfill: true), CancellationToken.None);
    }

    private sealed class LoggersOf(ILogger logger) : ILoggerFactory
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => logger;

        public void Dispose()
        {
        }
    }

    private sealed class Told : ILogger
    {
        public List<string> Warnings { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Warning) Warnings.Add(formatter(state, exception));
        }
    }
}
