using Microsoft.Extensions.Logging;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Simulator;

/// <summary>The simulator within the server, as <c>--demo</c> starts it: its series are those of <c>POST /ingest</c>, with the label <c>host="demo"</c>.</summary>
public sealed class SimulatorSource(
    SimulatorOptions options, Func<IngestBatch, IngestOptions, CancellationToken, Task<IngestResult>> sink, TimeProvider time, ILogger<SimulatorSource> logger) : ISource
{
    private static readonly KeyValuePair<string, string>[] Labels = [new("host", "demo")];
    private static readonly SeriesKey Vector = Key("system_metrics");
    private static readonly SeriesKey[] Dimensions = [Key("system_metrics_cpu"), Key("system_metrics_disk"), Key("system_metrics_memory")];

    private readonly SimulatedMachine _machine = new(options.Seed, options.AnomalousShare);
    private readonly SourceHealth _health = new("simulator", time, logger);

    public SourceStatus Status => _health.Status;

    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(options.Interval, time);
        try
        {
            do await SendAsync(cancel);
            while (await timer.WaitForNextTickAsync(cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            _health.Off();
        }
    }

    private async Task SendAsync(CancellationToken cancel)
    {
        SimulatedMachine.Reading reading = _machine.Next();
        var batch = new IngestBatch(SeriesKey.DefaultTenant);
        batch.NextRecord();
        batch.AddVector(Vector, Dimensions, time.GetUtcNow().ToUnixTimeMilliseconds(), [reading.Cpu, reading.Disk, reading.Memory]);
        _health.Took(await sink(batch, IngestOptions.Live, cancel), $"made-up readings, {options.AnomalousShare:P0} of them odd");
    }

    private static SeriesKey Key(string metric) => SeriesKey.Create(SeriesKey.DefaultTenant, metric, Labels);
}
