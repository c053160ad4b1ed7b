namespace Oddity.Server.Configuration;

/// <summary>Where the server listens and what it takes.</summary>
internal sealed record HttpOptions
{
    /// <summary>Addresses to listen on. Default http://127.0.0.1:8080; port 0 picks a free one.</summary>
    public IReadOnlyList<Uri> Urls { get; init; } = [new("http://127.0.0.1:8080")];

    /// <summary>Further ports on the first address, for clients of the systems Oddity replaces. Default: none.</summary>
    public IReadOnlyList<int> CompatPorts { get; init; } = [];

    /// <summary>Port on the first address for OpenTelemetry's gRPC, which needs HTTP/2 to itself. Default 4317, 0 for none.</summary>
    public int OtlpGrpcPort { get; init; } = 4317;

    /// <summary>Port on the first address where OpenTelemetry's senders look for HTTP. Default 4318, 0 for none.</summary>
    public int OtlpHttpPort { get; init; } = 4318;

    /// <summary>A prefix under which every route answers too, such as "/api"; null for none.</summary>
    public string? ContextPath { get; init; }

    /// <summary>"smart-infra" makes <c>/metrics</c> answer JSON where the client takes anything; null, the default: the exposition text.</summary>
    public string? CompatProfile { get; init; }

    /// <summary>Most bytes of a request's body as sent. Default 32 MiB.</summary>
    public long MaxBodyBytes { get; init; } = 32L << 20;

    /// <summary>Most bytes of a request's body after decompression. Default 64 MiB.</summary>
    public long MaxDecompressedBytes { get; init; } = 64L << 20;

    /// <summary>Most connections at once. Default 10,000.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>Host names clients may use beside those of the addresses listened on; "*" for any. Default: none.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Origins of other sites whose pages may call the API and open WebSockets, such as "https://grafana.example". Default: none.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>Where people reach the dashboard, for links in messages; null: the first address listened on.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Most bytes that bodies of requests may hold in memory together. Default 512 MiB.</summary>
    public long MaxBodiesInFlightBytes { get; init; } = 512L << 20;

    /// <summary>Most dashboards that listen at once, by WebSocket and event stream. Default 1,000.</summary>
    public int MaxWatchers { get; init; } = 1_000;

    /// <summary>How long a listening dashboard may take nothing of what is sent to it before it is cut off. Default 10 s.</summary>
    public TimeSpan WatcherPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where the dashboard's files are; null, the default: the folder wwwroot beside the binary.</summary>
    public string? DashboardFolder { get; init; }
}
