using Microsoft.Extensions.Logging;
using Oddity.Connectors.Sources.Queues;
using Oddity.Engine;
using RabbitMQ.Client.Exceptions;

namespace Oddity.Connectors.Sources.RabbitMq;

/// <summary>
/// Reads a queue. Each message takes effect exactly once, also when several workers with data directories of their own read it and are killed; a broker that is
/// itself killed repeats what it had not written. Run it once the engine has recovered.
/// </summary>
/// <param name="options">What and from where.</param>
/// <param name="pipeline">Takes the samples and remembers how far the log takes this source.</param>
/// <param name="folder">Where the round in hand is kept; part of the data directory.</param>
/// <param name="time">Paces attempts.</param>
/// <param name="logger">Hears when it begins and ceases to fail, and of dead letters.</param>
public sealed class RabbitMqSource(RabbitMqOptions options, Pipeline pipeline, string folder, TimeProvider time, ILogger<RabbitMqSource> logger) : ISource
{
    private readonly SourceHealth _health = new(options.Id, time, logger);

    public SourceStatus Status => _health.Status;

    public async Task RunAsync(CancellationToken cancel)
    {
        var intake = new QueueIntake(pipeline, options.Id, options.Tenant, options.Backfill, _ => options.Kind, _health, logger);
        var pause = new QueuePause(time);
        while (!cancel.IsCancellationRequested)
        {
            pause.Begin();
            try
            {
                using var staging = new Staging(Path.Combine(folder, $"{options.Id}.staged"), $"{options.Id}/{options.Queue}", pipeline);
                await using var session = new RabbitMqSession(options, staging, intake, _health, time);
                await session.RunAsync(cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                break;
            }
            catch (Exception error) when (IsOutside(error))
            {
                _health.Failed($"{options.Url.Host}:{options.Url.Port}: {(error is BrokerUnreachableException { InnerException: { } inner } ? inner.Message : error.Message)}");
                await Task.Delay(pause.Failed(), time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        _health.Off();
    }

    /// <summary>What RabbitMQ, the network or the disk did; the client ends some waits for an answer with a cancellation that nobody asked for.</summary>
    private static bool IsOutside(Exception error) =>
        error is RabbitMQClientException or IOException or System.Net.Sockets.SocketException or TimeoutException or OperationCanceledException
            or System.Threading.Channels.ChannelClosedException or ObjectDisposedException;
}
