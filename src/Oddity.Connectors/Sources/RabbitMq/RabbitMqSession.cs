using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Oddity.Connectors.Sources.Queues;
using RabbitMQ.Client;

namespace Oddity.Connectors.Sources.RabbitMq;

/// <summary>
/// One connection, in rounds: take messages; put them on disk; in one transaction acknowledge them and leave a marker with the round's number in a queue of this
/// worker's own; let them in. The marker tells a worker that comes back whether the round it had in hand became its own (docs/decisions/0010-queues.md).
/// </summary>
internal sealed class RabbitMqSession(RabbitMqOptions options, Staging staging, QueueIntake intake, SourceHealth health, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan s_linger = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    private IConnection? _connection;
    private IChannel _channel = null!;
    private string _markers = "";

    /// <summary>Works until cancelled, or until the connection fails.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        StagedRound? left = staging.Begin();
        _markers = $"oddity.{options.Id}.{staging.Worker}";
        var factory = new ConnectionFactory { Uri = options.Url, AutomaticRecoveryEnabled = false, TopologyRecoveryEnabled = false, ClientProvidedName = "oddity" };
        if (options.Password is { } password) factory.Password = password;
        _connection = await factory.CreateConnectionAsync(cancel);
        _channel = await _connection.CreateChannelAsync(null, cancel);
        if (options is { DeadLetters: { } dead, DeadLetterExchange: "" }) await _channel.QueueDeclareAsync(dead, durable: true, exclusive: false, autoDelete: false, cancellationToken: cancel);
        RabbitMqInbox markers = await TakeMarkersAsync(cancel);
        HashSet<long> committed = await ReadMarkersAsync(markers, cancel);
        if (left is not null && committed.Contains(left.Number)) await LetInAsync(left, cancel);

        await _channel.QueueDeclarePassiveAsync(options.Queue, cancel);
        await _channel.BasicQosAsync(0, (ushort)options.Prefetch, false, cancel);
        var inbox = new RabbitMqInbox(_channel);
        await _channel.BasicConsumeAsync(options.Queue, autoAck: false, inbox, cancel);
        while (true)
        {
            List<RabbitMqInbox.Delivery> taken = await GatherAsync(inbox.Deliveries, cancel);
            if (taken.Count > 0) await TakeAsync(taken, markers, cancel);
            health.Ok($"queue {options.Queue} at {options.Url.Host}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
    }

    /// <summary>
    /// Only one consumer may have the markers, and RabbitMQ ends the one of a connection that broke after it has done all that the connection had asked: whoever gets
    /// them knows that nothing of an earlier life is still on its way.
    /// </summary>
    private async Task<RabbitMqInbox> TakeMarkersAsync(CancellationToken cancel)
    {
        await _channel.QueueDeclareAsync(_markers, durable: true, exclusive: false, autoDelete: false, cancellationToken: cancel);
        await _channel.TxSelectAsync(cancel);
        var inbox = new RabbitMqInbox(_channel);
        await _channel.BasicConsumeAsync(_markers, autoAck: false, consumerTag: "", noLocal: false, exclusive: true, arguments: null, consumer: inbox, cancellationToken: cancel);
        return inbox;
    }

    /// <summary>All that were there: those that come before one sent just now.</summary>
    private async Task<HashSet<long>> ReadMarkersAsync(RabbitMqInbox markers, CancellationToken cancel)
    {
        string now = $"begin {time.GetTimestamp().ToString(CultureInfo.InvariantCulture)}";
        await MarkAsync(now, cancel);
        await _channel.TxCommitAsync(cancel);
        var found = new HashSet<long>();
        while (true)
        {
            string text = Encoding.UTF8.GetString((await markers.Deliveries.ReadAsync(cancel)).Body);
            if (text == now) return found;
            if (long.TryParse(text, CultureInfo.InvariantCulture, out long number)) found.Add(number);
        }
    }

    private async Task<List<RabbitMqInbox.Delivery>> GatherAsync(ChannelReader<RabbitMqInbox.Delivery> deliveries, CancellationToken cancel)
    {
        var taken = new List<RabbitMqInbox.Delivery>();
        using (var look = CancellationTokenSource.CreateLinkedTokenSource(cancel))
        {
            look.CancelAfter(s_look);
            try
            {
                taken.Add(await deliveries.ReadAsync(look.Token));
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                return taken;
            }
        }

        using var linger = new CancellationTokenSource(s_linger, time);
        while (taken.Count < options.Prefetch)
        {
            if (deliveries.TryRead(out RabbitMqInbox.Delivery next)) taken.Add(next);
            else if (!await MoreAsync(deliveries, linger.Token)) break;
        }

        return taken;
    }

    private static async Task<bool> MoreAsync(ChannelReader<RabbitMqInbox.Delivery> deliveries, CancellationToken linger)
    {
        try
        {
            return await deliveries.WaitToReadAsync(linger);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task TakeAsync(List<RabbitMqInbox.Delivery> taken, RabbitMqInbox markers, CancellationToken cancel)
    {
        QueueMessage[] messages = [.. taken.Select((delivery, index) => new QueueMessage(options.Queue, 0, index, delivery.TimeMs, delivery.Id, delivery.Body))];
        StagedRound round = staging.Stage([], messages);

        // Markers that are here are of rounds that were let in.
        while (markers.Deliveries.TryRead(out RabbitMqInbox.Delivery old)) await _channel.BasicAckAsync(old.Tag, false, cancel);
        foreach (RabbitMqInbox.Delivery delivery in taken) await _channel.BasicAckAsync(delivery.Tag, false, cancel);
        await MarkAsync(round.Number.ToString(CultureInfo.InvariantCulture), cancel);
        await _channel.TxCommitAsync(cancel);
        await LetInAsync(round, cancel);
    }

    private ValueTask MarkAsync(string text, CancellationToken cancel) =>
        _channel.BasicPublishAsync("", _markers, false, new BasicProperties { Persistent = true }, Encoding.UTF8.GetBytes(text), cancel);

    private Task LetInAsync(StagedRound round, CancellationToken cancel) =>
        intake.TakeAsync(round.Messages, [staging.Done(round)], BuryAsync, (wait, stop) => Task.Delay(wait, time, stop), cancel);

    private async Task<IReadOnlyList<DeadLetter>> BuryAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancel)
    {
        if (options.DeadLetters is not { } dead) return [];
        foreach (DeadLetter letter in letters)
        {
            var properties = new BasicProperties
            {
                Persistent = true,
                Headers = new Dictionary<string, object?>
                {
                    ["oddity-code"] = letter.Code,
                    ["oddity-reason"] = letter.Detail,
                    ["oddity-source"] = options.Id,
                    ["oddity-queue"] = options.Queue,
                },
            };
            if (letter.Message.Id is { } id) properties.MessageId = id;
            await _channel.BasicPublishAsync(options.DeadLetterExchange, dead, false, properties, letter.Message.Body, cancel);
        }

        await _channel.TxCommitAsync(cancel);
        return [];
    }
}
