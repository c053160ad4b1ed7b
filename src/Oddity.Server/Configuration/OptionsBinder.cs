using Oddity.Connectors.Sources.Prometheus;
using Oddity.Connectors.Sources.Scrape;
using Oddity.Engine;
using Oddity.Engine.Alerting;
using Oddity.Engine.Logs;
using Oddity.Engine.Series;

namespace Oddity.Server.Configuration;

/// <summary>Turns settings into the options tree; checks what only shows when several are seen together.</summary>
internal sealed class OptionsBinder(SettingReader reader)
{
    public ServerOptions Bind()
    {
        string dataDir = reader.Read(Settings.DataDir);
        reader.Read(Settings.Role);
        LogLevel logLevel = reader.Read(Settings.LogLevel);
        EngineOptions engine = BindEngine(dataDir);
        HttpOptions http = BindHttp();
        AuthOptions auth = BindAuth(http);
        Preset? preset = reader.Read(Settings.Preset);
        WatchOptions watch = new DetectionBinder(reader).Bind(preset);
        SourceOptions sources = BindSources(engine);
        ChannelOptions channels = BindChannels();
        AlertingOptions alerting = new AlertingBinder(reader).Bind(preset, channels, http);
        engine = engine with { Watch = watch, Alerting = alerting };
        return new() { Engine = engine, Http = http, Auth = auth, Logs = BindLogs(), Sources = sources, Channels = channels, LogLevel = logLevel };
    }

    private EngineOptions BindEngine(string dataDir) => new()
    {
        DataDirectory = dataDir,
        Retention = reader.Read(Settings.Retention),
        MaxBytes = reader.Read(Settings.Quota),
        Shards = reader.Read(Settings.Shards) is > 0 and int shards ? shards : Environment.ProcessorCount,
        CheckpointInterval = reader.Read(Settings.CheckpointInterval),
        IdleAfter = reader.Read(Settings.IdleAfter),
        MaxAhead = reader.Read(Settings.MaxAhead),
        MaxSeriesPerTenant = reader.Read(Settings.MaxSeries),
        MaxSamplesPerSecond = reader.Read(Settings.MaxSamplesPerSecond),
        MaxQueuedBytes = reader.Read(Settings.MaxQueued),
        Calls = new() { TraceQuotaBytes = reader.Read(Settings.TraceQuota) },
    };

    private LogOptions BindLogs() => new() { Retention = reader.Read(Settings.LogsRetention), MaxBytes = reader.Read(Settings.LogsMaxBytes) };

    private HttpOptions BindHttp() => new()
    {
        Urls = BindUrls(),
        CompatPorts = reader.Read(Settings.CompatPorts),
        OtlpGrpcPort = reader.Read(Settings.OtlpGrpcPort),
        OtlpHttpPort = reader.Read(Settings.OtlpHttpPort),
        ContextPath = reader.Read(Settings.ContextPath),
        CompatProfile = reader.Read(Settings.CompatProfile),
        MaxBodyBytes = reader.Read(Settings.MaxBody),
        MaxDecompressedBytes = reader.Read(Settings.MaxDecompressed),
        MaxBodiesInFlightBytes = reader.Read(Settings.MaxBodiesInFlight),
        MaxWatchers = reader.Read(Settings.MaxWatchers),
        MaxConnections = reader.Read(Settings.MaxConnections),
        AllowedHosts = reader.Read(Settings.AllowedHosts),
        CorsOrigins = [.. reader.Read(Settings.CorsOrigins).Select(origin => origin.ToLowerInvariant())],
        PublicUrl = reader.Read(Settings.PublicUrl),
    };

    /// <summary>`http.urls` as a whole, or host and port; a port from a stronger place than the addresses replaces the port of the first.</summary>
    private IReadOnlyList<Uri> BindUrls()
    {
        IReadOnlyList<string> texts = reader.Read(Settings.Urls, out Origin urlsOrigin);
        string host = reader.Read(Settings.Host, out Origin hostOrigin);
        int port = reader.Read(Settings.Port, out Origin portOrigin);
        if (texts.Count == 0) texts = [$"http://{(host.Contains(':', StringComparison.Ordinal) && host[0] != '[' ? $"[{host}]" : host)}:{port}"];
        var urls = new List<Uri>();
        foreach (string text in texts.SelectMany(text => text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            if (ListenAddress.TryParse(text, out Uri? url, out string wrong)) urls.Add(url);
            else if (urlsOrigin == Origin.Default) reader.Mistake(Settings.Host.Key, wrong, hostOrigin);
            else reader.Mistake(Settings.Urls.Key, wrong, urlsOrigin);
        }

        if (urls.Count > 0 && portOrigin.Place > urlsOrigin.Place) urls[0] = new UriBuilder(urls[0]) { Port = port }.Uri;
        return urls.Count > 0 ? urls : new HttpOptions().Urls;
    }

    private AuthOptions BindAuth(HttpOptions http)
    {
        var auth = new AuthOptions
        {
            Required = reader.Read(Settings.AuthRequired, out Origin modeOrigin),
            AllowInsecureRemote = reader.Read(Settings.AllowInsecureRemote),
            SessionIdle = reader.Read(Settings.SessionIdle),
            SessionAbsolute = reader.Read(Settings.SessionAbsolute),
        };
        if (!auth.Required && !auth.AllowInsecureRemote && http.Urls.FirstOrDefault(url => !ListenAddress.IsLoopback(url)) is { } open)
        {
            reader.Mistake(
                Settings.AuthRequired.Key,
                $"'none' would open everything to whoever reaches {open.Authority}. Listen on 127.0.0.1, or set AUTH_ALLOW_INSECURE_REMOTE=1 if that is meant",
                modeOrigin);
        }

        return auth;
    }

    private SourceOptions BindSources(EngineOptions engine)
    {
        bool host = reader.Read(Settings.HostEnabled);
        TimeSpan hostInterval = reader.Read(Settings.HostInterval);
        bool demo = reader.Read(Settings.Simulator);
        IReadOnlyList<PrometheusOptions> prometheus = BindPrometheus(engine);
        ScrapeOptions scrape = new ScrapeBinder(reader).Bind();
        var listen = new ListenBinder(reader);
        var queues = new QueueBinder(reader);
        return new()
        {
            Host = host,
            HostInterval = hostInterval,
            Demo = demo,
            ProbePrivate = reader.Read(Settings.ProbePrivate),
            Prometheus = prometheus,
            Scrape = scrape,
            Graphite = listen.Port(Settings.GraphiteListen, Settings.GraphiteTenant),
            Statsd = listen.Port(Settings.StatsdListen, Settings.StatsdTenant),
            StatsdFlushInterval = reader.Read(Settings.StatsdFlushInterval),
            Syslog = listen.Port(Settings.SyslogListen, Settings.SyslogTenant),
            Fluent = listen.Port(Settings.FluentListen, Settings.FluentTenant),
            LogFiles = listen.Files(engine.DataDirectory),
            Kafka = queues.BindKafka(),
            RabbitMq = queues.BindRabbitMq(),
            Redis = queues.BindRedis(),
        };
    }

    /// <summary>Several servers share their settings; a label then tells their series apart.</summary>
    private PrometheusOptions[] BindPrometheus(EngineOptions engine)
    {
        IReadOnlyList<Uri> urls = reader.Read(Settings.PrometheusUrls);
        var shared = new PrometheusOptions
        {
            Url = new("http://localhost:9090"),
            Interval = reader.Read(Settings.PrometheusInterval),
            Step = reader.Read(Settings.PrometheusStep),
            Metrics = reader.Read(Settings.PrometheusMetrics),
            Match = reader.Read(Settings.PrometheusMatch),
            BearerToken = reader.Read(Settings.PrometheusToken),
            Login = BindLogin(),
            MaxCatchUp = engine.Retention,
            MaxMetrics = reader.Read(Settings.PrometheusMaxMetrics),
        };
        return
        [
            .. urls.Select((url, index) => shared with
            {
                Url = url,
                Id = index == 0 ? shared.Id : $"{shared.Id}-{index + 1}",
                Labels = urls.Count == 1 ? [] : [new("prometheus", url.Authority)],
            }),
        ];
    }

    private (string Name, string Password)? BindLogin()
    {
        string? user = reader.Read(Settings.PrometheusUser, out Origin origin);
        string? password = reader.Read(Settings.PrometheusPassword, out Origin passwordOrigin);
        if (user is not null && password is null) reader.Mistake(Settings.PrometheusUser.Key, "a user needs a password", origin);
        if (user is null && password is not null) reader.Mistake(Settings.PrometheusPassword.Key, "a password needs a user", passwordOrigin);
        return user is not null && password is not null ? (user, password) : null;
    }

    private ChannelOptions BindChannels() => new()
    {
        SlackWebhook = reader.Read(Settings.SlackWebhook),
        Webhook = reader.Read(Settings.Webhook),
        WebhookSecret = reader.Read(Settings.WebhookSecret),
    };
}
