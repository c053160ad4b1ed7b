using Microsoft.Extensions.Logging;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Sources.Host;

/// <summary>This machine's processor, memory, disks and network, every few seconds: something real to see at once.</summary>
public sealed class HostSource : ISource
{
    private readonly HostOptions _options;
    private readonly Func<IngestBatch, IngestOptions, CancellationToken, Task<IngestResult>> _sink;
    private readonly TimeProvider _time;
    private readonly Func<HostReading> _read;
    private readonly HostMetrics _metrics;
    private readonly SourceHealth _health;
    private long _lastTick;

    public HostSource(
        HostOptions options, Func<IngestBatch, IngestOptions, CancellationToken, Task<IngestResult>> sink, TimeProvider time, ILogger<HostSource> logger)
        : this(options, sink, time, logger, OperatingSystem.IsLinux() ? LinuxHost.Read : PortableHost.Read)
    {
    }

    internal HostSource(
        HostOptions options, Func<IngestBatch, IngestOptions, CancellationToken, Task<IngestResult>> sink, TimeProvider time, ILogger logger, Func<HostReading> read)
    {
        (_options, _sink, _time, _read) = (options, sink, time, read);
        _metrics = new(options);
        _health = new("host", time, logger);
    }

    public SourceStatus Status => _health.Status;

    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(_options.Interval, _time);
        try
        {
            do await MeasureAsync(cancel);
            while (await timer.WaitForNextTickAsync(cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            _health.Off();
        }
    }

    /// <summary>One reading. What the sink cannot take is left out: the next reading is newer anyway.</summary>
    internal async Task MeasureAsync(CancellationToken cancel)
    {
        HostReading reading;
        try
        {
            reading = _read();
        }
        catch (Exception mistake)
        {
            _health.Failed($"this machine cannot be read: {mistake.Message}");
            return;
        }

        long tick = _time.GetTimestamp();
        IngestBatch batch = _metrics.Take(reading, _time.GetElapsedTime(_lastTick, tick), _time.GetUtcNow().ToUnixTimeMilliseconds());
        _lastTick = tick;
        if (batch.Rows.Count == 0) _health.Failed("this system tells nothing about itself");
        else _health.Took(await _sink(batch, IngestOptions.Live, cancel), $"{batch.Rows.Count} series every {_options.Interval.TotalSeconds:0.###} s");
    }
}
