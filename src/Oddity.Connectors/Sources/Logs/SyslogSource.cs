using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Oddity.Engine.Intake;
using Oddity.Engine.Logs;

namespace Oddity.Connectors.Sources.Logs;

/// <summary>Syslog over UDP and TCP on one port. Over TCP a sender waits until what it sent is stored; over UDP what finds no room is lost, as always there.</summary>
public sealed class SyslogSource(ListenOptions options, LogSink sink, TimeProvider time, ILogger<SyslogSource> logger) : ISource
{
    private const int MostPerBatch = 2_000;
    private static readonly TimeSpan Idle = TimeSpan.FromHours(1);

    private readonly SourceHealth _health = new("syslog", time, logger);

    public SourceStatus Status => _health.Status;

    /// <summary>Where it listens; null before it does.</summary>
    public IPEndPoint? Bound { get; private set; }

    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            await TcpServer.KeepAsync(options.Listen, ListenAsync, _health.Failed, time, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            _health.Off();
        }
    }

    private async Task ListenAsync(CancellationToken cancel)
    {
        using var tcp = new TcpServer(options.Listen, ReadAsync, logger);
        tcp.Start();
        using var udp = new UdpClient(new IPEndPoint(options.Listen.Address, tcp.Bound!.Port));
        udp.Client.ReceiveBufferSize = 4 << 20;
        Bound = tcp.Bound;
        _health.Ok($"listens on {Bound}");
        await Task.WhenAll(tcp.RunAsync(cancel), ReceiveAsync(udp, cancel));
    }

    private async Task ReceiveAsync(UdpClient udp, CancellationToken cancel)
    {
        while (true)
        {
            UdpReceiveResult first = await udp.ReceiveAsync(cancel);
            var batch = new LogBatch(options.Tenant);
            SyslogMessage.AddTo(batch, first.Buffer, sink.NowMs);
            while (udp.Available > 0 && batch.RecordCount < MostPerBatch) SyslogMessage.AddTo(batch, (await udp.ReceiveAsync(cancel)).Buffer, sink.NowMs);
            await StoreAsync(batch, cancel);
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
            var batch = new LogBatch(options.Tenant);
            if (read > 0) framing.Take(buffer.AsSpan(0, read), message => SyslogMessage.AddTo(batch, message.Span, sink.NowMs));
            else framing.End(message => SyslogMessage.AddTo(batch, message.Span, sink.NowMs));
            await StoreAsync(batch, cancel);
            if (read == 0) return;
        }
    }

    private async Task StoreAsync(LogBatch batch, CancellationToken cancel)
    {
        if (batch.RecordCount == 0) return;
        IngestResult result = await sink.StoreAsync(batch, cancel);
        _health.Took(result, $"listens on {Bound}");
    }
}
