using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Oddity.Engine.Live;

namespace Oddity.Server.Api.Live;

/// <summary>
/// One dashboard on a WebSocket. Two loops: one sends what happens, one listens for the close; the first to end ends the other. A reader that
/// takes nothing for so long as it is given is cut off.
/// </summary>
internal sealed class LiveSocket(WebSocket socket, LiveFeed.Subscription subscription, TimeSpan patience)
{
    /// <summary>Longest message a dashboard may send; what it says is ignored.</summary>
    private const int MaxReceived = 64 << 10;

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    /// <summary>Serves until the dashboard leaves or the server stops.</summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken aborted)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, aborted);
        Task<WebSocketCloseStatus> receiving = ReceiveAsync(aborted);
        Task sending = SendAsync(end.Token);
        await Task.WhenAny(receiving, sending);
        await end.CancelAsync();
        await EndOf(sending);
        WebSocketCloseStatus status = stopping.IsCancellationRequested ? WebSocketCloseStatus.EndpointUnavailable
            : receiving.IsCompletedSuccessfully ? receiving.Result : WebSocketCloseStatus.NormalClosure;
        await CloseAsync(status, stopping.IsCancellationRequested ? "The server is stopping." : null);
        socket.Abort();
        await EndOf(receiving);
    }

    /// <summary>Waits for a loop's end; how it ended is no matter here.</summary>
    private static ConfiguredTaskAwaitable EndOf(Task loop) => loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task SendAsync(CancellationToken cancel)
    {
        // Not the token of the loop: to cancel a send tears the connection down, and a stopping server still wants to say goodbye.
        using var tooLong = new CancellationTokenSource();
        await foreach (LiveMessage message in LiveReader.FollowAsync(subscription, cancel))
        {
            tooLong.CancelAfter(patience);
            await socket.SendAsync(message.Text, WebSocketMessageType.Text, endOfMessage: true, tooLong.Token);
            if (!tooLong.TryReset()) return;
        }
    }

    /// <summary>Listens until the other side closes or says too much; the status to close with.</summary>
    private async Task<WebSocketCloseStatus> ReceiveAsync(CancellationToken aborted)
    {
        byte[] buffer = new byte[1024];
        for (int length = 0; ;)
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), aborted);
            if (received.MessageType == WebSocketMessageType.Close) return WebSocketCloseStatus.NormalClosure;
            length = received.EndOfMessage ? 0 : length + received.Count;
            if (length > MaxReceived) return WebSocketCloseStatus.MessageTooBig;
        }
    }

    /// <summary>Says goodbye and waits a little for the answer: to hang up at once could make the other side lose it.</summary>
    private async Task CloseAsync(WebSocketCloseStatus status, string? why)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
        using var tooLong = new CancellationTokenSource(Farewell);
        try
        {
            await socket.CloseAsync(status, why, tooLong.Token);
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or InvalidOperationException)
        {
            // They are gone already.
        }
    }
}
