using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Oddity.Connectors.Sources;

/// <summary>
/// Takes lines over TCP, for protocols that have no answers. What a connection brings waits until what it brought before is stored: a sender that is too
/// fast is slowed down by its own connection, and memory is bounded by the number of connections.
/// </summary>
/// <param name="at">Where it listens; port 0 picks a free one.</param>
/// <param name="take">Takes whole lines.</param>
/// <param name="tooLong">Hears of a line that is longer than a buffer, or that has no end.</param>
/// <param name="logger">Hears why connections ended.</param>
internal sealed class LineServer(IPEndPoint at, Func<ReadOnlyMemory<byte>, CancellationToken, Task> take, Action tooLong, ILogger logger)
{
    private const int BufferSize = 64 << 10;
    private const int MostConnections = 256;
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);

    private int _connections;

    /// <summary>Where it listens now; null before it does.</summary>
    public IPEndPoint? Bound { get; private set; }

    /// <summary>Listens until cancelled.</summary>
    /// <exception cref="SocketException">The address cannot be had.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var listener = new TcpListener(at);
        listener.Start();
        Bound = (IPEndPoint)listener.LocalEndpoint;
        var open = new List<Task>();
        try
        {
            while (true)
            {
                TcpClient client = await listener.AcceptTcpClientAsync(cancel);
                open.RemoveAll(task => task.IsCompleted);
                if (Volatile.Read(ref _connections) >= MostConnections) client.Dispose();
                else open.Add(Task.Run(() => ServeAsync(client, cancel), CancellationToken.None));
            }
        }
        finally
        {
            await Task.WhenAll(open).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken cancel)
    {
        Interlocked.Increment(ref _connections);
        using (client)
        {
            try
            {
                await ReadAsync(client.GetStream(), cancel);
            }
            catch (Exception ended) when (ended is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                logger.LogDebug(ended, "A connection ended");
            }
            finally
            {
                Interlocked.Decrement(ref _connections);
            }
        }
    }

    private async Task ReadAsync(NetworkStream stream, CancellationToken cancel)
    {
        byte[] buffer = new byte[BufferSize];
        int length = 0;
        bool skipping = false;
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        while (true)
        {
            idle.CancelAfter(Idle);
            int read = await stream.ReadAsync(buffer.AsMemory(length), idle.Token);
            if (read == 0) break;
            length += read;
            int start = 0;
            if (skipping)
            {
                int end = buffer.AsSpan(0, length).IndexOf((byte)'\n');
                start = end < 0 ? length : end + 1;
                skipping = end < 0;
            }

            int last = buffer.AsSpan(start, length - start).LastIndexOf((byte)'\n');
            if (last >= 0)
            {
                await take(buffer.AsMemory(start, last + 1), cancel);
                start += last + 1;
            }

            if (start == 0 && length == buffer.Length)
            {
                tooLong();
                (skipping, start) = (true, length);
            }

            buffer.AsSpan(start, length - start).CopyTo(buffer);
            length -= start;
        }

        if (length > 0 && !skipping) tooLong(); // A line without its end may be a part of one.
    }
}
