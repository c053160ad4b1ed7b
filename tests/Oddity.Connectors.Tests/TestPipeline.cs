using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Engine;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Tests;

/// <summary>A real pipeline on a folder of its own, for sources that end in one.</summary>
internal sealed class TestPipeline : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-source-").FullName;

    private TestPipeline(TimeProvider time) => Pipeline = Pipeline.Open(
        new() { DataDirectory = _folder, Shards = 1, CheckpointInterval = TimeSpan.FromHours(1), Watch = new() { Detector = "zscore" } }, [], time, NullLoggerFactory.Instance);

    public Pipeline Pipeline { get; }

    public static async Task<TestPipeline> StartAsync(TimeProvider? time = null)
    {
        var started = new TestPipeline(time ?? TimeProvider.System);
        await started.Pipeline.Recovered;
        return started;
    }

    public async Task<(long TimeMs, double Value)[]> SamplesAsync(string series)
    {
        await Pipeline.SettleAsync(TestContext.Current.CancellationToken);
        SeriesKey.TryParse(SeriesKey.DefaultTenant, series, out SeriesKey key).ShouldBeTrue(series);
        return [.. (await Pipeline.ReadSamplesAsync(key, long.MinValue, long.MaxValue, 10_000, TestContext.Current.CancellationToken)).Select(sample => (sample.TimeMs, sample.Value))];
    }

    public async Task<double[]> ValuesAsync(string series) => [.. (await SamplesAsync(series)).Select(sample => sample.Value)];

    /// <summary>Waits until a series has so many samples.</summary>
    public async Task UntilAsync(string series, int samples, Func<string> why)
    {
        long begin = TimeProvider.System.GetTimestamp();
        while ((await SamplesAsync(series)).Length < samples)
        {
            if (TimeProvider.System.GetElapsedTime(begin) > TimeSpan.FromSeconds(60)) throw new TimeoutException($"{series} has not {samples} samples: {why()}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Pipeline.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
