using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Oddity.Connectors.Sources.RabbitMq;

/// <summary>Collects what a consumer gets, until somebody takes it; ends when the channel does.</summary>
internal sealed class RabbitMqInbox(IChannel channel) : AsyncDefaultBasicConsumer(channel)
{
    private readonly Channel<Delivery> _deliveries = System.Threading.Channels.Channel.CreateUnbounded<Delivery>();

    /// <summary>A message; what RabbitMQ calls it on this channel, and what its sender does.</summary>
    public readonly record struct Delivery(ulong Tag, string? Id, long? TimeMs, byte[] Body);

    /// <summary>Bounded by the prefetch that the consumer has.</summary>
    public ChannelReader<Delivery> Deliveries => _deliveries.Reader;

    public override Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        long? timeMs = properties.IsTimestampPresent() ? properties.Timestamp.UnixTime * 1_000 : null;
        _deliveries.Writer.TryWrite(new(deliveryTag, properties.IsMessageIdPresent() ? properties.MessageId : null, timeMs, body.ToArray()));
        return Task.CompletedTask;
    }

    public override Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        End(reason.ReplyText);
        return Task.CompletedTask;
    }

    /// <summary>RabbitMQ ends a consumer when its queue is deleted.</summary>
    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        End("the queue was deleted");
        return Task.CompletedTask;
    }

    private void End(string why) => _deliveries.Writer.TryComplete(new IOException(why));
}
