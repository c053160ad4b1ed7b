using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Oddity.Engine;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Sources.Statsd;

/// <summary>Listens for StatsD on UDP and TCP, and stores at each flush what came since the one before.</summary>
public sealed class StatsdSource(ListenOptions options, TimeSpan flushInterval, Pipeline pipeline, TimeProvider time, ILogger<StatsdSource> logger) : ISource
{
    private readonly SourceHealth _health = new("statsd", time, logger);
    private readonly StatsdAggregator _aggregator = new(options.Tenant);
    private string? _trouble;
    private TcpServer? _server;

    public SourceStatus Status => _health.Status;

    /// <summary>Where it listens for TCP; null while it does not.</summary>
    public IPEndPoint? Bound => _server?.Bound;

    /// <summary>Where it listens for UDP; null while it does not.</summary>
    public IPEndPoint? BoundUdp { get; private set; }

    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            await Task.WhenAll(KeepAsync(UdpAsync, cancel), KeepAsync(TcpAsync, cancel), FlushAsync(cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            _health.Off();
        }
    }

    private Task KeepAsync(Func<CancellationToken, Task> listen, CancellationToken cancel) => TcpServer.KeepAsync(
        options.Listen,
        stop =>
        {
            _trouble = null;
            return listen(stop);
        },
        failure => _health.Failed(_trouble = failure),
        time,
        cancel);

    private async Task TcpAsync(CancellationToken cancel)
    {
        using var server = new TcpServer(
            options.Listen, (stream, stop) => LineStream.ReadAsync(stream, TakeAsync, () => _aggregator.Refuse("a line is too long, or has no end"), stop), logger);
        server.Start();
        _server = server;
        await server.RunAsync(cancel);

        Task TakeAsync(ReadOnlyMemory<byte> lines, CancellationToken stop)
        {
            _aggregator.Take(lines.Span);
            return Task.CompletedTask;
        }
    }

    private async Task UdpAsync(CancellationToken cancel)
    {
        using var socket = new Socket(options.Listen.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(options.Listen);
        BoundUdp = (IPEndPoint)socket.LocalEndPoint!;
        byte[] buffer = new byte[64 << 10];
        var from = new IPEndPoint(options.Listen.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        while (true)
        {
            SocketReceiveFromResult received = await socket.ReceiveFromAsync(buffer, from, cancel);
            _aggregator.Take(buffer.AsSpan(0, received.ReceivedBytes));
        }
    }

    private async Task FlushAsync(CancellationToken cancel)
    {
        long intervalMs = (long)flushInterval.TotalMilliseconds;
        while (true)
        {
            long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds(), nextMs = ((nowMs / intervalMs) + 1) * intervalMs;
            await Task.Delay(TimeSpan.FromMilliseconds(nextMs - nowMs), time, cancel);
            long stored = _aggregator.Taken;
            Batch batch = pipeline.BeginBatch(options.Tenant, NamedSeries.Protocol, IngestOptions.Live);
            _aggregator.Flush(nextMs, flushInterval, batch);
            IngestResult result = await pipeline.CommitAsync(batch, CancellationToken.None);
            string detail = $"{stored} lines" + (_aggregator.Refused > 0 ? $"; {_aggregator.Refused} refused, the last: {_aggregator.Reason}" : "");
            if (_trouble is null) _health.Took(result, detail);
        }
    }
}
