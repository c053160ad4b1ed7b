using Microsoft.Extensions.Logging;
using Oddity.Connectors.Sources.Queues;
using Oddity.Engine;

namespace Oddity.Connectors.Sources.Kafka;

/// <summary>
/// Reads topics as a member of a consumer group. Each message takes effect exactly once, also when workers with data directories of their own join, leave and are killed.
/// Run it once the engine has recovered.
/// </summary>
/// <param name="options">What and from where.</param>
/// <param name="pipeline">Takes the samples and remembers how far the log takes this source.</param>
/// <param name="folder">Where the round in hand is kept; part of the data directory.</param>
/// <param name="time">Paces attempts.</param>
/// <param name="logger">Hears when it begins and ceases to fail, and of dead letters.</param>
public sealed class KafkaSource(KafkaOptions options, Pipeline pipeline, string folder, TimeProvider time, ILogger<KafkaSource> logger) : ISource
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(30);
    private readonly SourceHealth _health = new(options.Id, time, logger);

    public SourceStatus Status => _health.Status;

    /// <summary>librdkafka's calls block, so it has a thread of its own.</summary>
    public Task RunAsync(CancellationToken cancel) => Task.Factory.StartNew(() => Run(cancel), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken cancel)
    {
        Dictionary<string, QueueKind> kinds = options.Topics.ToDictionary(topic => topic.Name, topic => topic.Kind, StringComparer.Ordinal);
        var intake = new QueueIntake(pipeline, options.Id, options.Tenant, options.Backfill, topic => kinds.GetValueOrDefault(topic), _health, logger);
        var pause = new QueuePause(time);
        while (!cancel.IsCancellationRequested)
        {
            pause.Begin();
            try
            {
                if (Librdkafka.Missing() is { } missing)
                {
                    _health.Failed(missing);
                    cancel.WaitHandle.WaitOne(s_look);
                    continue;
                }

                using var staging = new Staging(Path.Combine(folder, $"{options.Id}.staged"), $"{options.Id}/{options.Group}", pipeline);
                using var session = new KafkaSession(options, pipeline, staging, intake, _health, time, cancel);
                session.Run();
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                break;
            }
            catch (Exception error) when (error is KafkaException or IOException)
            {
                _health.Failed($"{options.Brokers}: {error.Message}");
                cancel.WaitHandle.WaitOne(pause.Failed());
            }
        }

        _health.Off();
    }
}
