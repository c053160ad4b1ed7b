using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Engine.Alerting;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

/// <summary>A pipeline on a folder of its own, which goes with it.</summary>
internal sealed class TestEngine : IAsyncDisposable
{
    private readonly bool _ownsDirectory;

    private TestEngine(string directory, bool ownsDirectory, Pipeline pipeline) => (Directory, _ownsDirectory, Pipeline) = (directory, ownsDirectory, pipeline);

    public string Directory { get; }

    public Pipeline Pipeline { get; }

    public static async Task<TestEngine> StartAsync(
        string? directory = null, Func<EngineOptions, EngineOptions>? change = null, IReadOnlyList<IChannel>? channels = null, TimeProvider? time = null,
        ILoggerFactory? loggers = null)
    {
        string folder = directory ?? System.IO.Directory.CreateTempSubdirectory("oddity-test-").FullName;
        var options = new EngineOptions
        {
            DataDirectory = folder,
            Shards = 2,
            CheckpointInterval = TimeSpan.FromHours(1),
            Watch = new() { Detector = "zscore" },
        };
        Pipeline pipeline = Pipeline.Open(change?.Invoke(options) ?? options, channels ?? [], time ?? TimeProvider.System, loggers ?? NullLoggerFactory.Instance);
        await pipeline.Recovered;
        return new(folder, directory is null, pipeline);
    }

    /// <summary>Backfills samples of one metric, one record each.</summary>
    public Task<IngestResult> SendAsync(string metric, IEnumerable<(long TimeMs, double Value)> samples, IngestOptions? options = null)
    {
        var batch = new IngestBatch(SeriesKey.DefaultTenant);
        SeriesKey key = SeriesKey.Create(SeriesKey.DefaultTenant, metric);
        foreach ((long timeMs, double value) in samples)
        {
            batch.NextRecord();
            batch.Add(key, timeMs, value);
        }

        return Pipeline.IngestAsync(batch, options ?? new(Backfill: true), CancellationToken.None);
    }

    public async Task<List<string>> ExportAsync()
    {
        var lines = new List<string>();
        await foreach (string line in Pipeline.ExportAnomaliesAsync(null, CancellationToken.None)) lines.Add(line);
        return lines;
    }

    /// <summary>The files of a data directory as a kill would leave them.</summary>
    public static void Copy(string from, string to)
    {
        System.IO.Directory.CreateDirectory(Path.Combine(to, "log"));
        string[] files = [.. System.IO.Directory.GetFiles(from, "oddity.db*"), .. System.IO.Directory.GetFiles(Path.Combine(from, "log"))];
        foreach (string file in files) File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)), overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        await Pipeline.DisposeAsync();
        if (_ownsDirectory) System.IO.Directory.Delete(Directory, recursive: true);
    }
}
