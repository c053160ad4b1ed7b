using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Oddity.Server.Configuration;

namespace Oddity.Server;

/// <summary>The sockets: where they listen and what they put up with.</summary>
internal static class Listeners
{
    public static void Configure(KestrelServerOptions kestrel, HttpOptions http, ILogger log)
    {
        kestrel.AddServerHeader = false;
        KestrelServerLimits limits = kestrel.Limits;
        limits.MaxRequestBodySize = http.MaxBodyBytes;
        limits.MaxConcurrentConnections = http.MaxConnections;
        limits.MaxConcurrentUpgradedConnections = http.MaxConnections;
        limits.MaxRequestLineSize = 16 << 10;
        limits.MaxRequestHeadersTotalSize = 32 << 10;
        limits.MaxRequestHeaderCount = 100;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
        foreach (Uri url in http.Urls) Listen(kestrel, url, url.Port);
        foreach (int port in http.CompatPorts.Except(http.Urls.Select(url => url.Port))) Listen(kestrel, http.Urls[0], port);
        ListenIfFree(kestrel, http.Urls[0], http.OtlpHttpPort, HttpProtocols.Http1, log);
        ListenIfFree(kestrel, http.Urls[0], http.OtlpGrpcPort, HttpProtocols.Http2, log);
    }

    /// <summary>
    /// Ports that a sender would look for but that nobody asked for: one that another program has is no reason not to start. A server on a port picked
    /// freely (0) is one of many and leaves the usual ones alone.
    /// </summary>
    private static void ListenIfFree(KestrelServerOptions kestrel, Uri url, int port, HttpProtocols protocols, ILogger log)
    {
        if (port == 0 || (url.Port == 0 && port is 4317 or 4318)) return;
        IPAddress address = IPAddress.TryParse(url.DnsSafeHost, out IPAddress? own) ? own : IPAddress.Loopback;
        using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(address, port));
        }
        catch (SocketException)
        {
            log.LogWarning("Port {Port} is in use: no OpenTelemetry there; http.otlp_grpc_port and http.otlp_http_port name others", port);
            return;
        }

        kestrel.Listen(address, port, listen => listen.Protocols = protocols);
    }

    /// <summary>Opens them.</summary>
    /// <exception cref="IOException">One can't be opened; the message says which and why.</exception>
    public static async Task StartAsync(WebApplication app, HttpOptions http)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            throw new IOException($"{error.Message.TrimEnd('.')}. Stop what listens there, or choose another port with --urls http://127.0.0.1:PORT.", error);
        }
        catch (Exception error) when (error is SocketException or InvalidOperationException)
        {
            throw new IOException($"Can't listen on {string.Join(", ", http.Urls.Select(url => url.Authority))}: {error.Message}", error);
        }
    }

    private static void Listen(KestrelServerOptions kestrel, Uri url, int port)
    {
        // By the name localhost people mean IPv4 and IPv6; a free port, which 0 stands for, can't be the same for both.
        if (!IPAddress.TryParse(url.DnsSafeHost, out IPAddress? address) && port > 0) kestrel.ListenLocalhost(port);
        else kestrel.Listen(address ?? IPAddress.Loopback, port);
    }
}
