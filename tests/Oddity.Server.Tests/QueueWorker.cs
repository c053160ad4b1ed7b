using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Connectors.Sources;
using Oddity.Detection;
using Oddity.Engine;
using Oddity.Engine.Series;

namespace Oddity.Server.Tests;

/// <summary>An engine on a folder with one source that runs until it is disposed.</summary>
internal sealed class QueueWorker : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Pipeline _pipeline;
    private readonly Task _running;

    private QueueWorker(Pipeline pipeline, ISource source) => (_pipeline, Source, _running) = (pipeline, source, source.RunAsync(_stop.Token));

    public ISource Source { get; }

    /// <summary>Opens the folder, which stays, and starts what <paramref name="make"/> makes for it.</summary>
    public static async Task<QueueWorker> StartAsync(string folder, Func<Pipeline, string, ISource> make)
    {
        Pipeline pipeline = Pipeline.Open(new() { DataDirectory = folder, Watch = new() { Detector = "none" } }, [], TimeProvider.System, NullLoggerFactory.Instance);
        await pipeline.Recovered;
        return new(pipeline, make(pipeline, Path.Combine(folder, "queues")));
    }

    public static ILogger<T> Log<T>() => NullLogger<T>.Instance;

    /// <summary>The values of a metric that are stored, in time order.</summary>
    public async Task<double[]> ValuesAsync(string metric)
    {
        Sample[] samples = await _pipeline.ReadSamplesAsync(SeriesKey.Create(SeriesKey.DefaultTenant, metric), 0, long.MaxValue, int.MaxValue, TestContext.Current.CancellationToken);
        return [.. samples.Select(sample => sample.Value)];
    }

    /// <summary>Waits until so many values are stored and gives them.</summary>
    public async Task<double[]> ValuesAsync(string metric, int count)
    {
        long begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            double[] values = await ValuesAsync(metric);
            if (values.Length >= count) return values;
            if (TimeProvider.System.GetElapsedTime(begin) > TimeSpan.FromSeconds(60)) throw new TimeoutException($"{values.Length} of {count} values; {Source.Status}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public async Task UntilAsync(Func<SourceStatus, bool> condition)
    {
        long begin = TimeProvider.System.GetTimestamp();
        while (!condition(Source.Status))
        {
            if (TimeProvider.System.GetElapsedTime(begin) > TimeSpan.FromSeconds(60)) throw new TimeoutException($"{Source.Status}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _pipeline.DisposeAsync();
        _stop.Dispose();
    }
}
