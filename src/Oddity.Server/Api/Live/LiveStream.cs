using System.Buffers;
using System.Text;
using System.Text.Json;
using Oddity.Engine.Live;

namespace Oddity.Server.Api.Live;

/// <summary>One dashboard on server-sent events: the same messages as on the WebSocket, the anomaly itself as data.</summary>
internal sealed class LiveStream(HttpContext context, LiveFeed.Subscription subscription, TimeSpan patience, TimeProvider time)
{
    /// <summary>How often a comment is sent, so that proxies keep the connection and a dead one is noticed.</summary>
    public static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(20);

    /// <summary>Serves until the dashboard leaves or the server stops.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, context.RequestAborted);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await using IAsyncEnumerator<LiveMessage> messages = LiveReader.FollowAsync(subscription, end.Token).GetAsyncEnumerator(end.Token);
        try
        {
            Task<bool> next = messages.MoveNextAsync().AsTask();
            while (true)
            {
                if (await HappenedAsync(next, end.Token))
                {
                    if (!await next) return;
                    Write(messages.Current);
                    next = messages.MoveNextAsync().AsTask();
                }
                else
                {
                    context.Response.BodyWriter.Write(": ping\n\n"u8);
                }

                await FlushAsync();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The end of the answer tells the reader to come back later.
        }
    }

    /// <summary>True once there is a message; false when it is time for a ping.</summary>
    private async Task<bool> HappenedAsync(Task<bool> next, CancellationToken cancel)
    {
        if (next.IsCompleted) return true;
        using var tick = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task first = await Task.WhenAny(next, Task.Delay(PingInterval, time, tick.Token));
        await tick.CancelAsync();
        return first == next || cancel.IsCancellationRequested;
    }

    private void Write(LiveMessage message)
    {
        IBufferWriter<byte> writer = context.Response.BodyWriter;
        Encoding.ASCII.GetBytes($"event: {message.Type}\ndata: ", writer);

        // JSON has no line break of its own, so one data line is enough.
        writer.Write(message.Anomaly is null
            ? JsonSerializer.SerializeToUtf8Bytes(message, Json.Readable.LiveMessage)
            : JsonSerializer.SerializeToUtf8Bytes(message.Anomaly, Json.Readable.AnomalyBody));
        writer.Write("\n\n"u8);
    }

    /// <summary>A reader that takes nothing for too long is cut off.</summary>
    private async Task FlushAsync()
    {
        Task flush = context.Response.BodyWriter.FlushAsync(context.RequestAborted).AsTask();
        try
        {
            await flush.WaitAsync(patience, time);
        }
        catch (TimeoutException)
        {
            context.Abort();
            await flush.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new OperationCanceledException("The reader is too slow.");
        }
    }
}
