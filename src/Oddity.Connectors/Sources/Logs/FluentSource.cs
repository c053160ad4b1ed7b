using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Oddity.Engine.Intake;
using Oddity.Engine.Logs;

namespace Oddity.Connectors.Sources.Logs;

/// <summary>
/// Fluentd's forward protocol over TCP, as Fluent Bit and Fluentd speak it to each other: MessagePack, with an answer once entries are stored where the sender
/// asks for one. Without the handshake by a shared key.
/// </summary>
public sealed class FluentSource(ListenOptions options, LogSink sink, TimeProvider time, ILogger<FluentSource> logger) : ISource
{
    private const int MaxMessage = 32 << 20;
    private static readonly TimeSpan Idle = TimeSpan.FromHours(1);

    private readonly SourceHealth _health = new("fluent", time, logger);

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
        using var server = new TcpServer(options.Listen, ServeAsync, logger);
        server.Start();
        Bound = server.Bound;
        _health.Ok($"listens on {Bound}");
        await server.RunAsync(cancel);
    }

    private async Task ServeAsync(NetworkStream stream, CancellationToken cancel)
    {
        try
        {
            await ReadAsync(stream, cancel);
        }
        catch (InvalidDataException mistake)
        {
            _health.Failed($"a sender was cut off: {mistake.Message}");
        }
    }

    /// <exception cref="InvalidDataException">What came is not of this protocol; there is no way to find the next message.</exception>
    private async Task ReadAsync(NetworkStream stream, CancellationToken cancel)
    {
        byte[] buffer = new byte[64 << 10];
        int length = 0, tried = 0;
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        while (true)
        {
            idle.CancelAfter(Idle);
            if (length == buffer.Length) Array.Resize(ref buffer, buffer.Length < MaxMessage ? buffer.Length * 2 : throw new InvalidDataException($"a message is larger than {MaxMessage} bytes"));
            int read = await stream.ReadAsync(buffer.AsMemory(length), idle.Token);
            if (read == 0) return;
            length += read;

            // A long message is looked at again only when it has grown by a part of itself, or nothing more is there: else the cost were quadratic.
            if (stream.DataAvailable && length < tried + (tried / 4)) continue;
            int at = 0;
            for (int whole; (whole = MessagePackReader.LengthOf(buffer.AsSpan(at, length - at))) > 0; at += whole) await TakeAsync(stream, buffer.AsMemory(at, whole), cancel);
            buffer.AsSpan(at, length - at).CopyTo(buffer);
            length -= at;
            tried = length;
        }
    }

    private async Task TakeAsync(NetworkStream stream, ReadOnlyMemory<byte> message, CancellationToken cancel)
    {
        var batch = new LogBatch(options.Tenant);
        string? chunk = FluentMessage.AddTo(batch, message.Span);
        IngestResult result = await sink.StoreAsync(batch, cancel);
        _health.Took(result, $"listens on {Bound}");
        if (chunk is null) return;
        byte[] id = Encoding.UTF8.GetBytes(chunk.Length > 255 ? chunk[..255] : chunk);
        await stream.WriteAsync((byte[])[0x81, 0xa3, .. "ack"u8, 0xd9, (byte)Math.Min(255, id.Length), .. id.AsSpan(0, Math.Min(255, id.Length))], cancel);
    }
}
