using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Oddity.Connectors.Outbound;

/// <summary>
/// The one way out to other servers. No redirects, cookies or proxy; the address is checked when the connection is made, so that a name which
/// changes its mind does not slip through; answers and time are bounded. Thread-safe.
/// </summary>
public sealed class OutboundHttp : IDisposable
{
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromDays(1);

    private const int FirstBuffer = 1 << 20;

    private readonly OutboundOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    public OutboundHttp(OutboundOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectCallback = ConnectAsync,
            MaxResponseHeadersLength = 32,
            MaxResponseDrainSize = 0,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ActivityHeadersPropagator = null,
        };
        _client = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends once and reads the answer, up to the limit.</summary>
    /// <exception cref="OutboundException">No connection, no answer in time, or an address that is not allowed.</exception>
    public async Task<OutboundAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            (ReadOnlyMemory<byte> body, bool truncated) = await ReadAsync(response.Content, either.Token);
            return new(response.StatusCode, body, truncated, response.Content.Headers.ContentType?.MediaType, RetryAfter(response.Headers.RetryAfter));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new OutboundException($"no answer within {_options.Timeout.TotalSeconds:0.###} s");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or InvalidDataException)
        {
            throw failure as OutboundException ?? failure.InnerException as OutboundException ?? new OutboundException(Reason(failure), failure);
        }
    }

    public void Dispose() => _client.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        string host = context.DnsEndPoint.Host;
        IPAddress[] addresses = IPAddress.TryParse(host, out IPAddress? literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancel);
        IPAddress[] allowed = Array.FindAll(addresses, IsAllowed);
        if (allowed.Length == 0 && addresses.Length > 0) throw new OutboundException($"{host} leads to an address that is not allowed") { MayRetry = false };
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool IsAllowed(IPAddress address) => Addresses.KindOf(address) switch
    {
        AddressKind.Public => true,
        AddressKind.Private => _options.AllowPrivate,
        _ => false,
    };

    private async Task<(ReadOnlyMemory<byte> Body, bool Truncated)> ReadAsync(HttpContent content, CancellationToken cancel)
    {
        await using Stream stream = await content.ReadAsStreamAsync(cancel);
        long expected = content.Headers.ContentLength is { } told and > 0 ? Math.Min(told + 1, FirstBuffer) : 16 << 10;
        byte[] buffer = new byte[Math.Min(expected, _options.MaxAnswerBytes)];
        for (int length = 0; ;)
        {
            if (length == buffer.Length)
            {
                if (length >= _options.MaxAnswerBytes) return (buffer, await stream.ReadAsync(new byte[1], cancel) > 0);
                Array.Resize(ref buffer, (int)Math.Min(_options.MaxAnswerBytes, 2L * length));
            }

            int read = await stream.ReadAsync(buffer.AsMemory(length), cancel);
            if (read == 0) return (buffer.AsMemory(0, length), false);
            length += read;
        }
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        TimeSpan? wait = header?.Delta ?? (header?.Date - _time.GetUtcNow());
        return wait is not { } span ? null : span < TimeSpan.Zero ? TimeSpan.Zero : span > LongestRetryAfter ? LongestRetryAfter : span;
    }

    /// <summary>What failed, in words that cannot hold more of the address than its host.</summary>
    private static string Reason(Exception failure) => failure switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "the host's name is not known",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError, InnerException: SocketException socket } => $"no connection: {socket.SocketErrorCode}",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "the TLS handshake failed",
        HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http => $"no answer: {http.HttpRequestError}",
        InvalidDataException => "the answer's compression is broken",
        _ => "the connection broke",
    };
}
