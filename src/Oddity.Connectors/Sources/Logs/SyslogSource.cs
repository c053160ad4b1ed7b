using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Oddity.Engine.Intake;
using Oddity.Engine.Logs;

namespace Oddity.Connectors.Sources.Logs;

/// <summary>Syslog over UDP and TCP on one port. Over TCP a sender waits until what it sent is stored; over UDP what finds no room is lost, as always there.</summary>
public sealed class SyslogSource : ISource
{
    private const int MostConnections = 256;
    private const int MostPerBatch = 2_000;
    private static readonly TimeSpan Idle = TimeSpan.FromHours(1);

    private readonly LogListenOptions _options;
    private readonly LogSink _sink;
    private readonly ILogger _logger;
    private readonly SourceHealth _health;
    private int _connections;

    /// <param name="options">Where it listens, whose the lines are.</param>
    /// <param name="sink">Stores them.</param>
    /// <param name="time">For its status.</param>
    /// <param name="logger">Hears when it fails.</param>
    public SyslogSource(LogListenOptions options, LogSink sink, TimeProvider time, ILogger<SyslogSource> logger) =>
        (_options, _sink, _logger, _health) = (options, sink, logger, new("syslog", time, logger));

    public SourceStatus Status => _health.Status;

    /// <summary>Where it listens; null before it does.</summary>
    public IPEndPoint? Bound { get; private set; }

    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                using var tcp = new TcpListener(_options.Listen);
                tcp.Start();
                Bound = (IPEndPoint)tcp.LocalEndpoint;
                using var udp = new UdpClient(new IPEndPoint(_options.Listen.Address, Bound.Port));
                udp.Client.ReceiveBufferSize = 4 << 20;
                _health.Ok($"listens on {Bound}");
                await Task.WhenAll(AcceptAsync(tcp, cancel), ReceiveAsync(udp, cancel));
            }
            catch (SocketException error)
            {
                _health.Failed($"{_options.Listen} can't be listened on: {error.Message}");
                await Task.Delay(TimeSpan.FromSeconds(5), cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        _health.Off();
    }

    private async Task ReceiveAsync(UdpClient udp, CancellationToken cancel)
    {
        while (true)
        {
            UdpReceiveResult first = await udp.ReceiveAsync(cancel);
            var batch = new LogBatch(_options.Tenant);
            SyslogMessage.AddTo(batch, first.Buffer, _sink.NowMs);
            while (udp.Available > 0 && batch.RecordCount < MostPerBatch) SyslogMessage.AddTo(batch, (await udp.ReceiveAsync(cancel)).Buffer, _sink.NowMs);
            await StoreAsync(batch, cancel);
        }
    }

    private async Task AcceptAsync(TcpListener listener, CancellationToken cancel)
    {
        while (true)
        {
            TcpClient client = await listener.AcceptTcpClientAsync(cancel);
            if (Volatile.Read(ref _connections) >= MostConnections) client.Dispose();
            else _ = Task.Run(() => ServeAsync(client, cancel), CancellationToken.None);
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken cancel)
    {
        Interlocked.Increment(ref _connections);
        try
        {
            using (client)
            {
                await ReadAsync(client.GetStream(), cancel);
            }
        }
        catch (Exception ended) when (ended is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            _logger.LogDebug(ended, "A syslog connection ended");
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private async Task ReadAsync(NetworkStream stream, CancellationToken cancel)
    {
        var framing = new SyslogFraming();
        byte[] buffer = new byte[64 << 10];
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        while (true)
        {
            idle.CancelAfter(Idle);
            int read = await stream.ReadAsync(buffer, idle.Token);
            var batch = new LogBatch(_options.Tenant);
            if (read > 0) framing.Take(buffer.AsSpan(0, read), message => SyslogMessage.AddTo(batch, message.Span, _sink.NowMs));
            else framing.End(message => SyslogMessage.AddTo(batch, message.Span, _sink.NowMs));
            await StoreAsync(batch, cancel);
            if (read == 0) return;
        }
    }

    private async Task StoreAsync(LogBatch batch, CancellationToken cancel)
    {
        if (batch.RecordCount == 0) return;
        IngestResult result = await _sink.StoreAsync(batch, cancel);
        _health.Took(result, $"listens on {Bound}");
    }
}
