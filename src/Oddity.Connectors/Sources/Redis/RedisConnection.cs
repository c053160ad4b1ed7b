using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Oddity.Connectors.Sources.Redis;

/// <summary>
/// A connection that asks one thing at a time in Redis' own protocol (RESP2). An answer is a long, a text's bytes, null, or a list of those; an error is thrown.
/// </summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    private const int LongestLine = 64 << 10, LongestText = 512 << 20, MostItems = 1 << 20, Deepest = 8;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(15);

    private readonly TcpClient _tcp = new() { NoDelay = true };
    private Stream _stream = Stream.Null;
    private byte[] _buffer = new byte[64 << 10];
    private int _from, _to;

    private RedisConnection()
    {
    }

    /// <summary>Connects, signs in and selects the database.</summary>
    /// <exception cref="RedisException">Redis refuses.</exception>
    /// <exception cref="IOException">It can't be reached.</exception>
    public static async Task<RedisConnection> OpenAsync(RedisOptions options, CancellationToken cancel)
    {
        var connection = new RedisConnection();
        try
        {
            await connection.ConnectAsync(options, cancel);
            return connection;
        }
        catch (Exception error) when (error is SocketException or System.Security.Authentication.AuthenticationException)
        {
            await connection.DisposeAsync();
            throw new IOException(error.Message, error);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a command and waits for its answer, at most 15 s; after any exception but <see cref="RedisException"/> the connection is of no more use.</summary>
    public async Task<object?> AskAsync(CancellationToken cancel, params IReadOnlyList<object> command)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(s_limit);
        try
        {
            await _stream.WriteAsync(Encode(command), limit.Token);
            object? answer = await ReadAsync(0, limit.Token);
            return answer is RedisException refusal ? throw refusal : answer;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new IOException($"no answer to {command[0]} within {s_limit.TotalSeconds} s");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _tcp.Dispose();
    }

    private async Task ConnectAsync(RedisOptions options, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(s_limit);
        try
        {
            await _tcp.ConnectAsync(options.Url.Host, options.Url.IsDefaultPort || options.Url.Port < 0 ? 6379 : options.Url.Port, limit.Token);
            _stream = _tcp.GetStream();
            if (options.Url.Scheme == "rediss")
            {
                var tls = new SslStream(_stream);
                _stream = tls;
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = options.Url.Host }, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new IOException($"no connection within {s_limit.TotalSeconds} s");
        }

        string user = Uri.UnescapeDataString(options.Url.UserInfo.Split(':')[0]);
        if (options.Password is { } password) await (user.Length > 0 ? AskAsync(cancel, "AUTH", user, password) : AskAsync(cancel, "AUTH", password));
        if (options.Url.AbsolutePath.Trim('/') is { Length: > 0 } database) await AskAsync(cancel, "SELECT", database);
    }

    private static ReadOnlyMemory<byte> Encode(IReadOnlyList<object> command)
    {
        using var bytes = new MemoryStream();
        void Text(string text) => bytes.Write(Encoding.UTF8.GetBytes(text));
        Text($"*{command.Count}\r\n");
        foreach (object part in command)
        {
            byte[] value = part as byte[] ?? Encoding.UTF8.GetBytes(Convert.ToString(part, CultureInfo.InvariantCulture)!);
            Text($"${value.Length}\r\n");
            bytes.Write(value);
            Text("\r\n");
        }

        return bytes.ToArray();
    }

    private async Task<object?> ReadAsync(int depth, CancellationToken cancel)
    {
        string line = await LineAsync(cancel);
        char kind = line.Length > 0 ? line[0] : ' ';
        if (kind == '+') return Encoding.UTF8.GetBytes(line[1..]);
        if (kind == '-') return new RedisException(line[1..]);
        if (!long.TryParse(line.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)) throw new IOException("this does not speak Redis' protocol");
        switch (kind)
        {
            case ':':
                return number;
            case '$' when number is >= 0 and <= LongestText:
                byte[] text = await BytesAsync((int)number, cancel);
                await BytesAsync(2, cancel);
                return text;
            case '*' when number is >= 0 and <= MostItems && depth < Deepest:
                object?[] items = new object?[number];
                for (int i = 0; i < items.Length; i++) items[i] = await ReadAsync(depth + 1, cancel);
                return items;
            case '$' or '*' when number == -1:
                return null;
            default:
                throw new IOException("this does not speak Redis' protocol");
        }
    }

    private async Task<string> LineAsync(CancellationToken cancel)
    {
        while (true)
        {
            int length = _buffer.AsSpan(_from, _to - _from).IndexOf("\r\n"u8);
            if (length >= 0)
            {
                string line = Encoding.UTF8.GetString(_buffer, _from, length);
                _from += length + 2;
                return line;
            }

            if (_to - _from > LongestLine) throw new IOException("a line without end");
            await FillAsync(cancel);
        }
    }

    private async Task<byte[]> BytesAsync(int count, CancellationToken cancel)
    {
        byte[] bytes = new byte[count];
        for (int done = 0; done < count;)
        {
            if (_from == _to) await FillAsync(cancel);
            int part = Math.Min(count - done, _to - _from);
            _buffer.AsSpan(_from, part).CopyTo(bytes.AsSpan(done));
            _from += part;
            done += part;
        }

        return bytes;
    }

    private async Task FillAsync(CancellationToken cancel)
    {
        if (_from == _to) (_from, _to) = (0, 0);
        if (_to == _buffer.Length)
        {
            byte[] larger = _from > 0 ? _buffer : new byte[_buffer.Length * 2];
            _buffer.AsSpan(_from, _to - _from).CopyTo(larger);
            (_buffer, _to, _from) = (larger, _to - _from, 0);
        }

        int read = await _stream.ReadAsync(_buffer.AsMemory(_to), cancel);
        if (read == 0) throw new IOException("the connection was closed");
        _to += read;
    }
}
