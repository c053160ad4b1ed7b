using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Oddity.Connectors.Channels;
using Oddity.Connectors.Outbound;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Graphite;
using Oddity.Connectors.Sources.Host;
using Oddity.Connectors.Sources.Kafka;
using Oddity.Connectors.Sources.Probes;
using Oddity.Connectors.Sources.Logs;
using Oddity.Connectors.Sources.Prometheus;
using Oddity.Connectors.Sources.RabbitMq;
using Oddity.Connectors.Sources.Redis;
using Oddity.Connectors.Sources.Scrape;
using Oddity.Connectors.Sources.Simulator;
using Oddity.Connectors.Sources.Statsd;
using Oddity.Detection;
using Oddity.Engine;
using Oddity.Engine.Alerting;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Calls;
using Oddity.Engine.Changes;
using Oddity.Engine.Logs;
using Oddity.Engine.Series;
using Oddity.Engine.Storage;
using Oddity.Server.Api;
using Oddity.Server.Api.Anomalies;
using Oddity.Server.Commands;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server;

/// <summary>
/// Oddity, one binary. <see cref="Commands"/> lists its verbs; <see cref="StartAsync"/> puts the server together in the order in which a sample flows.
/// </summary>
internal static class Program
{
    /// <summary>Without a verb it serves, so that `dotnet run` is all a newcomer types.</summary>
    public static Task<int> Main(string[] args) => CommandLine.RunAsync(Commands(), args.Length == 0 ? ["serve"] : args, Console.Out, Console.Error);

    /// <summary>Every verb. A new one is a file in Commands, its test, and a line here.</summary>
    internal static RootCommand Commands() => new("Oddity watches metrics and explains what is odd about them. Start with: oddity serve")
    {
        ServeCommand.Create(),
        ScoreCommand.Create(),
        EvaluateCommand.Create(),
        TemplatesCommand.Create(),
        SimulateCommand.Create(),
        ExportCommand.Create(),
        DigestCommand.Create(),
        VerifyCommand.Create(),
        BackupCommand.Create(),
        RestoreCommand.Create(),
        ConfigCommand.Create(),
    };

    /// <summary>Starts the server. What was started before a failure is stopped again.</summary>
    internal static async Task<RunningServer> StartAsync(ServerOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        var server = new RunningServer(loggers.CreateLogger<RunningServer>());
        try
        {
            // Nothing but our own settings: no appsettings.json, no ASPNETCORE_ variables.
            WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "oddity", ContentRootPath = AppContext.BaseDirectory });
            builder.Services.Replace(ServiceDescriptor.Singleton(loggers));
            builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
            builder.Services.AddSingleton(time);
            builder.Services.AddApi(options.Http, time);

            // The data directory: locked, opened, and what was logged before is replayed in the background. /readyz says when that is done.
            Pipeline? pipeline = null;
            OutboundHttp outbound = Outbound(server, time, allowPrivate: true);
            IChannel[] channels = [.. Channels(options.Channels, outbound, (key, ms, cancel) => ValueAtAsync(pipeline!, key, ms, cancel), time)];
            pipeline = Pipeline.Open(options.Engine, channels, time, loggers);
            server.OnStop("pipeline", pipeline.DisposeAsync);
            server.FailWith(pipeline.Failure, pipeline.Recovered);
            builder.Services.AddSingleton(pipeline);
            builder.Services.AddSingleton(options.Engine);
            var changes = new ChangeStore(pipeline.Database, options.Engine.Retention, time);
            builder.Services.AddSingleton(changes);
            var apis = new ApiStore(pipeline.Database);
            builder.Services.AddSingleton(apis);
            builder.Services.AddSingleton(new CallQueries(pipeline.Calls));
            builder.Services.AddSingleton(new AnomalyTrends(pipeline.Database));
            var closer = new CallCloser(pipeline, time, loggers.CreateLogger<CallCloser>());
            builder.Services.AddSingleton(closer);
            var probes = new ProbeSource(apis.All, Outbound(server, time, options.Sources.ProbePrivate), pipeline.IngestAsync, time, loggers.CreateLogger<ProbeSource>());
            builder.Services.AddSingleton(probes);
            builder.Services.AddSingleton(new VersionWatch(pipeline.Database, changes, time));

            var logs = LogStore.Open(options.Logs, options.Engine, pipeline, time, loggers);
            server.OnStop("logs", logs.DisposeAsync);
            server.FailWith(logs.Failure, logs.Recovered);
            builder.Services.AddSingleton(logs);

            // What brings samples in by itself; requests are the other way in.
            var sources = new RunningSources([.. Sources(options, pipeline, time, loggers), .. LogSources(options.Sources, logs, time, loggers)]);
            builder.Services.AddSingleton(sources);

            var accounts = new Accounts(new AccountStore(pipeline.Database), options.Auth, time);
            builder.Services.AddSingleton(accounts);
            builder.Services.AddSingleton(options.Auth);
            builder.Services.AddSingleton(new LoginThrottle(time));
            builder.Services.AddSingleton(new Origins(options.Http));
            string[] sites = [.. options.Http.CorsOrigins];
            builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.WithOrigins(sites).AllowAnyHeader().AllowAnyMethod()));
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listeners.Configure(kestrel, options.Http, loggers.CreateLogger("Oddity.Server")));

            // What every request passes, from the outside in.
            WebApplication app = builder.Build();
            server.OnStop("web host", app.DisposeAsync);
            app.UseMiddleware<SecurityHeaders>();
            app.UseMiddleware<HostGate>();
            app.UseCors();
            app.UseApi(options.Http);
            app.UseMiddleware<AccessGate>();
            app.MapAuth();
            app.MapTokens();
            app.MapApi();
            PermissionConvention.Require(((IEndpointRouteBuilder)app).DataSources);

            await Listeners.StartAsync(app, options.Http);
            server.OnStop("listeners", async () => await app.StopAsync());
            server.FailWith(server.Run("calls", closer.RunAsync), server.Run("probes", probes.RunAsync));
            server.FailWith(server.Run("sources", cancel => RunAsync(sources, pipeline, cancel)));
            server.Opened(app, accounts.SetupNeeded ? await accounts.CreateSetupTokenAsync() : null, options.Http.PublicUrl);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// A way out. Addresses that the settings name may be in private networks, as a Prometheus or a chat server of one's own mostly is; those that users
    /// name may not, unless the settings say so.
    /// </summary>
    private static OutboundHttp Outbound(RunningServer server, TimeProvider time, bool allowPrivate)
    {
        var outbound = new OutboundHttp(new() { AllowPrivate = allowPrivate }, time);
        server.OnStop("outbound connections", () =>
        {
            outbound.Dispose();
            return ValueTask.CompletedTask;
        });
        return outbound;
    }

    /// <summary>The value of that time or, of a series that came at other times, the one of the minute before.</summary>
    private static async Task<double?> ValueAtAsync(Pipeline pipeline, SeriesKey key, long ms, CancellationToken cancel) =>
        await pipeline.ReadSamplesAsync(key, ms - 60_000, ms + 1, 1, cancel) is [Sample last] ? last.Value : null;

    private static IEnumerable<IChannel> Channels(ChannelOptions options, OutboundHttp http, Func<SeriesKey, long, CancellationToken, Task<double?>> valueAt, TimeProvider time)
    {
        if (options.SlackWebhook is { } slack) yield return new SlackChannel(new() { Url = slack, ValueAt = valueAt }, http);
        if (options.Webhook is { } webhook) yield return new WebhookChannel(new() { Url = webhook, Secret = options.WebhookSecret }, http, time, ToJson);

        static ReadOnlyMemory<byte> ToJson(Anomaly anomaly) => JsonSerializer.SerializeToUtf8Bytes(AnomalyBody.From(anomaly), Json.Readable.AnomalyBody);
    }

    private static IEnumerable<ISource> Sources(ServerOptions server, Pipeline pipeline, TimeProvider time, ILoggerFactory loggers)
    {
        SourceOptions options = server.Sources;
        string queues = Path.Combine(server.Engine.DataDirectory, "queues");
        if (options.Host)
            yield return new HostSource(new() { Interval = options.HostInterval }, pipeline.IngestAsync, time, loggers.CreateLogger<HostSource>());
        foreach (PrometheusOptions prometheus in options.Prometheus)
        {
            var last = new LastEventTimes(pipeline, prometheus.Tenant, prometheus.Labels, time);
            yield return new PrometheusSource(prometheus, pipeline.IngestAsync, last.Of, time, loggers.CreateLogger<PrometheusSource>());
        }

        if (options.Scrape.Jobs.Count > 0) yield return new ScrapeSource(options.Scrape, pipeline, time, loggers.CreateLogger<ScrapeSource>());
        if (options.Graphite is { } graphite) yield return new GraphiteSource(graphite, pipeline, time, loggers.CreateLogger<GraphiteSource>());
        if (options.Statsd is { } statsd) yield return new StatsdSource(statsd, options.StatsdFlushInterval, pipeline, time, loggers.CreateLogger<StatsdSource>());
        foreach (KafkaOptions kafka in options.Kafka) yield return new KafkaSource(kafka, pipeline, queues, time, loggers.CreateLogger<KafkaSource>());
        foreach (RabbitMqOptions rabbit in options.RabbitMq) yield return new RabbitMqSource(rabbit, pipeline, queues, time, loggers.CreateLogger<RabbitMqSource>());
        foreach (RedisOptions redis in options.Redis) yield return new RedisSource(redis, pipeline, queues, time, loggers.CreateLogger<RedisSource>());
        if (options.Demo) yield return new SimulatorSource(new(), pipeline.IngestAsync, time, loggers.CreateLogger<SimulatorSource>());
    }

    private static IEnumerable<ISource> LogSources(SourceOptions options, LogStore logs, TimeProvider time, ILoggerFactory loggers)
    {
        var sink = new LogSink(logs.IngestAsync, time);
        if (options.Syslog is { } syslog) yield return new SyslogSource(syslog, sink, time, loggers.CreateLogger<SyslogSource>());
        if (options.Fluent is { } fluent) yield return new FluentSource(fluent, sink, time, loggers.CreateLogger<FluentSource>());
        if (options.LogFiles is { } files) yield return new LogFileSource(files, sink, time, loggers.CreateLogger<LogFileSource>());
    }

    /// <summary>Sources begin when recovery is done: before, nothing is let in.</summary>
    private static async Task RunAsync(RunningSources sources, Pipeline pipeline, CancellationToken cancel)
    {
        await pipeline.Recovered.WaitAsync(cancel);
        await sources.RunAsync(cancel);
    }
}
