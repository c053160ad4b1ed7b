using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Oddity.Connectors.Tests;

/// <summary>A server on loopback that answers whatever a test tells it, byte for byte if need be. One request a connection.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Func<Request, Answer> _answer;
    private readonly ConcurrentQueue<Request> _requests = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public FakeServer(Func<Request, Answer> answer, int port = 0)
    {
        _answer = answer;
        _listener = new(IPAddress.Loopback, port);
        _listener.Start();
        _loop = AcceptAsync();
    }

    /// <summary>What came in.</summary>
    public sealed record Request(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body)
    {
        public string Path => Uri.UnescapeDataString(Target.Split('?')[0]);

        /// <summary>Values of the query and of a form body, in order.</summary>
        public IEnumerable<string> Values(string name) =>
            (Target.Contains('?') ? Target[(Target.IndexOf('?') + 1)..] : "").Split('&')
            .Concat(Method == "POST" ? Body.Split('&') : [])
            .Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2 && pair[0] == name)
            .Select(pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')));
    }

    /// <summary>What goes out.</summary>
    /// <param name="Status">The status; 0 closes the connection without an answer.</param>
    /// <param name="Body">The body.</param>
    public sealed record Answer(int Status, string Body = "")
    {
        public string ContentType { get; init; } = "application/json";

        public IReadOnlyList<string> Headers { get; init; } = [];

        /// <summary>Bytes of the body after which the connection is closed; null sends it all.</summary>
        public int? CutAfter { get; init; }

        /// <summary>Never answers; holds the connection open.</summary>
        public bool Hang { get; init; }
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri Url => new($"http://127.0.0.1:{Port}/");

    public IReadOnlyList<Request> Requests => [.. _requests];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true) open.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(open).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            NetworkStream stream = client.GetStream();
            if (await ReadAsync(stream) is not { } request) return;
            _requests.Enqueue(request);
            Answer answer = _answer(request);
            if (answer.Hang) await Task.Delay(Timeout.Infinite, _stop.Token);
            if (answer.Status == 0) return;
            byte[] body = Encoding.UTF8.GetBytes(answer.Body);
            string head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} X\r\nContent-Type: {answer.ContentType}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n")
                + string.Concat(answer.Headers.Select(header => header + "\r\n")) + "\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), _stop.Token);
            await stream.WriteAsync(body.AsMemory(0, answer.CutAfter ?? body.Length), _stop.Token);
        }
    }

    private async Task<Request?> ReadAsync(NetworkStream stream)
    {
        var bytes = new List<byte>();
        byte[] one = new byte[4096];
        int headEnd = -1, length = 0;
        string[] lines = [];
        while (headEnd < 0 || bytes.Count < headEnd + length)
        {
            int read = await stream.ReadAsync(one, _stop.Token);
            if (read == 0) return null;
            bytes.AddRange(one.AsSpan(0, read));
            if (headEnd >= 0) continue;
            string text = Encoding.ASCII.GetString([.. bytes]);
            headEnd = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (headEnd < 0) continue;
            lines = text[..headEnd].Split("\r\n");
            headEnd += 4;
            string? declared = lines.FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
            length = declared is null ? 0 : int.Parse(declared.Split(':')[1], CultureInfo.InvariantCulture);
        }

        string[] first = lines[0].Split(' ');
        var headers = lines.Skip(1).Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0].Trim(), pair => pair[1].Trim(), StringComparer.OrdinalIgnoreCase);
        return new(first[0], first[1], headers, Encoding.UTF8.GetString([.. bytes], headEnd, length));
    }
}
