using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Oddity.Server;

/// <summary>A server that runs: where it is, when it fails, and how its parts stop, the last started first.</summary>
internal sealed class RunningServer(ILogger<RunningServer> log) : IAsyncDisposable
{
    private readonly Stack<(string Part, Func<ValueTask> Stop)> _stops = new();
    private readonly List<Task> _parts = [];
    private WebApplication? _app;

    /// <summary>Where people reach it.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>An address it listens on.</summary>
    public Uri BoundAddress { get; private set; } = new("http://127.0.0.1");

    /// <summary>Lets the first account be made; null where there is one or none is needed.</summary>
    public string? SetupToken { get; private set; }

    public IServiceProvider Services => _app!.Services;

    /// <summary>Registers how a part stops; called beside its start.</summary>
    public void OnStop(string part, Func<ValueTask> stop) => _stops.Push((part, stop));

    /// <summary>Starts work that goes on until the server stops.</summary>
    public Task Run(string part, Func<CancellationToken, Task> work)
    {
        var stop = new CancellationTokenSource();
        Task running = Task.Run(() => work(stop.Token), CancellationToken.None);
        OnStop(part, async () =>
        {
            await stop.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.Dispose();
        });
        return running;
    }

    /// <summary>Tasks whose failure ends the server.</summary>
    public void FailWith(params Task[] parts) => _parts.AddRange(parts);

    public void Opened(WebApplication app, string? setupToken, Uri? publicUrl)
    {
        (_app, SetupToken) = (app, setupToken);
        string bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        BoundAddress = new Uri(bound.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal).Replace("[::]", "[::1]", StringComparison.Ordinal));
        Address = publicUrl ?? BoundAddress;
    }

    /// <summary>Waits until somebody asks the process to stop, or a part fails.</summary>
    /// <exception cref="Exception">What the part failed with.</exception>
    public async Task WaitAsync()
    {
        Task stopped = WaitFor(_app!.Lifetime.ApplicationStopping);
        var running = new List<Task>(_parts) { stopped };
        while (true)
        {
            Task ended = await Task.WhenAny(running);
            if (ended == stopped) return;
            await ended;
            running.Remove(ended);
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_stops.TryPop(out (string Part, Func<ValueTask> Stop) next))
        {
            try
            {
                await next.Stop();
            }
            catch (Exception error)
            {
                log.LogError(error, "Stopping the {Part} failed", next.Part);
            }
        }
    }

    private static async Task WaitFor(CancellationToken stopping) =>
        await Task.Delay(Timeout.Infinite, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
