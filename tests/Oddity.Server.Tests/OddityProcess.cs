using System.Net;
using System.Runtime.InteropServices;

namespace Oddity.Server.Tests;

/// <summary>The server as its users run it, on a free loopback port, that can be killed and started again on the same data.</summary>
internal sealed class OddityProcess : IAsyncDisposable
{
    private readonly string[] _arguments;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private CommandProcess _process;

    private OddityProcess(string folder, string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        Address = new($"http://127.0.0.1:{AcceptanceProcess.FreePort()}");
        _arguments = ["serve", "--data-dir", folder, "--urls", Address.ToString(), "--auth", "none", .. arguments];
        var own = new Dictionary<string, string>
        {
            ["ODDITY_SOURCES__HOST__ENABLED"] = "false",

            // Others on this machine may want the ports that everybody knows.
            ["ODDITY_HTTP__OTLP_GRPC_PORT"] = "0",
            ["ODDITY_HTTP__OTLP_HTTP_PORT"] = "0",
        };
        foreach ((string name, string value) in environment) own[name] = value;
        _environment = own;
        Http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromSeconds(30) }) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(20) };
        _process = CommandProcess.Start(Path.GetTempPath(), _environment, _arguments);
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public int Id => _process.Id;

    /// <summary>What it has printed since it was last started.</summary>
    public string Output => _process.Output + _process.Error;

    /// <summary>Starts and waits until it is ready; without sign-in, and without watching this machine unless the environment says so.</summary>
    public static async Task<OddityProcess> StartAsync(string folder, string[]? arguments = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var process = new OddityProcess(folder, arguments ?? [], environment ?? new Dictionary<string, string>());
        await process.WaitUntilReadyAsync();
        return process;
    }

    /// <summary>SIGKILL, now.</summary>
    public ValueTask KillAsync() => _process.DisposeAsync();

    /// <summary>SIGTERM; the exit code once it has drained.</summary>
    public Task<int> StopAsync()
    {
        _process.Signal(PosixSignal.SIGTERM);
        return _process.WaitAsync();
    }

    /// <summary>SIGSTOP: it does nothing until <see cref="Continue"/>.</summary>
    public void Pause() => System.Diagnostics.Process.Start("kill", ["-STOP", $"{Id}"]).WaitForExit();

    /// <summary>SIGCONT.</summary>
    public void Continue() => System.Diagnostics.Process.Start("kill", ["-CONT", $"{Id}"]).WaitForExit();

    /// <summary>Starts it again on the same data and port, without waiting.</summary>
    public void Restart() => _process = CommandProcess.Start(Path.GetTempPath(), _environment, _arguments);

    public async Task WaitUntilReadyAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (_process.HasExited) throw new InvalidOperationException($"The server ended:\n{Output}");
            try
            {
                using HttpResponseMessage answer = await Http.GetAsync("/readyz", limit.Token);
                if (answer.StatusCode == HttpStatusCode.OK) return;
            }
            catch (HttpRequestException)
            {
            }

            await Task.Delay(20, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Http.Dispose();
    }
}
