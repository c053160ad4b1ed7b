namespace Oddity.Server.Configuration;

/// <summary>How the server is reached and by whom.</summary>
internal static partial class Settings
{
    private static Setting[] Http =>
    [
        Urls, Host, Port, CompatPorts, OtlpGrpcPort, OtlpHttpPort, ContextPath, CompatProfile, MaxBody, MaxDecompressed, MaxBodiesInFlight,
        MaxConnections, MaxWatchers, AllowedHosts, CorsOrigins, PublicUrl, AuthRequired, AllowInsecureRemote, SessionIdle, SessionAbsolute,
    ];

    private static readonly Kind<long> BodySize = Kinds.Size.Checked(size => size is >= 1024 and <= 1L << 40, "is not between 1KiB and 1024GiB");

    public static Setting<IReadOnlyList<string>> Urls { get; } = new(
        "http.urls", Kinds.Texts, [], "Addresses to listen on, instead of `http.host` and `http.port`. Port 0 picks a free one.")
    {
        Option = "--urls",
        DefaultMeaning = "http://127.0.0.1:8080",
    };

    public static Setting<string> Host { get; } = new(
        "http.host", Kinds.Text, "127.0.0.1", "Address to listen on; 0.0.0.0 for every IPv4 address of the machine.");

    public static Setting<int> Port { get; } = new("http.port", Kinds.Whole(0, 65_535), 8080, "Port to listen on; 0 picks a free one.")
    {
        Aliases = ["SERVER_PORT", "BACKEND_PORT"],
        Option = "--port",
    };

    public static Setting<IReadOnlyList<int>> CompatPorts { get; } = new(
        "http.compat_ports",
        Kinds.List(Kinds.Whole(1, 65_535)),
        [],
        "Further ports on the first address, such as 8000,5000,5001,4173,3000 for clients of the systems Oddity replaces.")
    {
        Aliases = ["COMPAT_PORTS"],
    };

    public static Setting<int> OtlpGrpcPort { get; } = new(
        "http.otlp_grpc_port",
        Kinds.Whole(0, 65_535),
        4317,
        "Port on the first address for OpenTelemetry over gRPC; 0 for none. Where it is taken the server says so and goes on without.");

    public static Setting<int> OtlpHttpPort { get; } = new(
        "http.otlp_http_port",
        Kinds.Whole(0, 65_535),
        4318,
        "Port on the first address for OpenTelemetry over HTTP, besides the server's own; 0 for none. Where it is taken the server says so and goes on without.");

    public static Setting<string?> ContextPath { get; } = new(
        "http.context_path",
        Kinds.OptionalText.Checked(path => path is null || IsPath(path), "is not a path such as /api"),
        null,
        "A prefix under which every route answers too.")
    {
        Aliases = ["SERVER_SERVLET_CONTEXT_PATH"],
    };

    public static Setting<string?> CompatProfile { get; } = new(
        "http.compat_profile",
        Kinds.Word(("none", (string?)null), ("smart-infra", "smart-infra")),
        null,
        "`smart-infra`: `/metrics` answers JSON history to clients that take anything.")
    {
        Aliases = ["COMPAT_PROFILE"],
    };

    public static Setting<long> MaxBody { get; } = new("http.max_body", BodySize, 32L << 20, "Most bytes of a request's body as sent.");

    public static Setting<long> MaxDecompressed { get; } = new(
        "http.max_decompressed", BodySize, 64L << 20, "Most bytes of a request's body after decompression.");

    public static Setting<long> MaxBodiesInFlight { get; } = new(
        "http.max_bodies_in_flight", BodySize, 512L << 20, "Most bytes that bodies of requests may hold in memory together.");

    public static Setting<int> MaxConnections { get; } = new("http.max_connections", Kinds.Whole(1, 1_000_000), 10_000, "Most connections at once.");

    public static Setting<int> MaxWatchers { get; } = new("http.max_watchers", Kinds.Whole(1, 1_000_000), 1_000, "Most dashboards that listen at once.");

    public static Setting<IReadOnlyList<string>> AllowedHosts { get; } = new(
        "http.allowed_hosts", Kinds.Texts, [], "Host names clients may use beside the obvious ones (docs/security.md); `*` for any.");

    public static Setting<IReadOnlyList<string>> CorsOrigins { get; } = new(
        "http.cors_origins",
        Kinds.List(Kinds.Text.Checked(IsOrigin, "is not an origin such as https://grafana.example")),
        [],
        "Sites whose pages may call the API and open WebSockets.");

    public static Setting<Uri?> PublicUrl { get; } = new("http.public_url", Kinds.WebAddress, null, "Where people reach the dashboard, for links in messages.")
    {
        DefaultMeaning = "the first address listened on",
    };

    public static Setting<bool> AuthRequired { get; } = new(
        "auth.mode",
        Kinds.Word(("required", true), ("none", false)),
        true,
        "`required`: users sign in and programs send tokens. `none`: open to everybody, on loopback only.")
    {
        Aliases = ["AUTH_MODE"],
        Option = "--auth",
    };

    public static Setting<bool> AllowInsecureRemote { get; } = new(
        "auth.allow_insecure_remote", Kinds.Flag, false, "Allows `auth.mode: none` on addresses that other machines can reach.")
    {
        Aliases = ["AUTH_ALLOW_INSECURE_REMOTE"],
    };

    public static Setting<TimeSpan> SessionIdle { get; } = new(
        "auth.session_idle",
        Kinds.DurationBetween(TimeSpan.FromMinutes(1), TimeSpan.FromDays(365)),
        TimeSpan.FromHours(12),
        "How long a session lasts without a request.");

    public static Setting<TimeSpan> SessionAbsolute { get; } = new(
        "auth.session_absolute",
        Kinds.DurationBetween(TimeSpan.FromMinutes(1), TimeSpan.FromDays(365)),
        TimeSpan.FromDays(30),
        "How long a session lasts at most.");

    private static bool IsPath(string path) =>
        path.Length > 1 && path[0] == '/' && path[^1] != '/' && !path.Contains("//", StringComparison.Ordinal) && path.IndexOfAny(['?', '#', '%', ' ']) < 0;

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
        && uri.Scheme is "http" or "https"
        && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase);
}
