using System.Net.Sockets;

namespace Oddity.Connectors.Sources;

/// <summary>Lines from a connection that brings nothing else, for protocols that have no answers.</summary>
internal static class LineStream
{
    private const int BufferSize = 64 << 10;
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);

    /// <summary>Reads until the sender ends or says nothing for half an hour.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="take">Takes whole lines; reading goes on when it is done.</param>
    /// <param name="tooLong">Hears of a line that is longer than a buffer, or that has no end.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task ReadAsync(NetworkStream stream, Func<ReadOnlyMemory<byte>, CancellationToken, Task> take, Action tooLong, CancellationToken cancel)
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
