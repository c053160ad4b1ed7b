using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Oddity.Connectors.Sources;

/// <summary>
/// Takes connections of protocols that are not HTTP, a bounded number at once. Whoever serves one reads on only after what it read is stored: a sender that is
/// too fast is slowed down by its own connection.
/// </summary>
/// <param name="at">Where it listens; port 0 picks a free one.</param>
/// <param name="serve">Serves a connection until its end.</param>
/// <param name="logger">Hears why connections ended.</param>
internal sealed class TcpServer(IPEndPoint at, Func<NetworkStream, CancellationToken, Task> serve, ILogger logger) : IDisposable
{
    private const int MostConnections = 256;
    private static readonly TimeSpan BindAgain = TimeSpan.FromSeconds(10);

    private readonly TcpListener _listener = new(at);
    private int _connections;

    /// <summary>Where it listens now; null before <see cref="Start"/>.</summary>
    public IPEndPoint? Bound { get; private set; }

    /// <summary>Runs something that listens, again and again where its address cannot be had, until cancelled.</summary>
    /// <param name="at">The address.</param>
    /// <param name="listen">Listens; ends by an exception.</param>
    /// <param name="failed">Hears why it can't.</param>
    /// <param name="time">Measures the pauses.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task KeepAsync(IPEndPoint at, Func<CancellationToken, Task> listen, Action<string> failed, TimeProvider time, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                await listen(cancel);
            }
            catch (SocketException failure)
            {
                failed($"cannot listen on {at}: {failure.SocketErrorCode}");
            }

            await Task.Delay(BindAgain, time, cancel);
        }
    }

    /// <exception cref="SocketException">The address cannot be had.</exception>
    public void Start()
    {
        _listener.Start();
        Bound = (IPEndPoint)_listener.LocalEndpoint;
    }

    /// <summary>Takes connections until cancelled, then waits for those that are open.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(cancel);
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

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(TcpClient client, CancellationToken cancel)
    {
        Interlocked.Increment(ref _connections);
        using (client)
        {
            try
            {
                await serve(client.GetStream(), cancel);
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
}
