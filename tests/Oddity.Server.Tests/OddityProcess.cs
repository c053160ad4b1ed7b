using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Oddity.Server.Tests;

/// <summary>The server as its users run it: a process of its own, on a free loopback port, that can be killed and started again on the same data.</summary>
internal sealed class OddityProcess : IAsyncDisposable
{
    private readonly string[] _arguments;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private Process _process;

    private OddityProcess(string dataDirectory, Uri address, string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        (DataDirectory, Address, _arguments, _environment) = (dataDirectory, address, arguments, environment);
        Http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromSeconds(30) }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };
        _process = Launch();
    }

    public string DataDirectory { get; }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public int Id => _process.Id;

    /// <summary>What it has printed so far.</summary>
    public System.Text.StringBuilder Output { get; } = new();

    /// <summary>Starts and waits until it is ready. Own sources are off unless the environment turns them on.</summary>
    public static async Task<OddityProcess> StartAsync(string dataDirectory, string[]? arguments = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var process = new OddityProcess(dataDirectory, new($"http://127.0.0.1:{FreePort()}"), arguments ?? [], environment ?? new Dictionary<string, string>());
        await process.WaitUntilReadyAsync();
        return process;
    }

    /// <summary>SIGKILL, now.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; the exit code once it has drained.</summary>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
        {
            using Process signal = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await _process.WaitForExitAsync(limit.Token);
        }

        return _process.ExitCode;
    }

    /// <summary>Starts it again on the same data and port, without waiting.</summary>
    public void Restart()
    {
        _process.Dispose();
        _process = Launch();
    }

    public async Task WaitUntilReadyAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (_process.HasExited) throw new InvalidOperationException($"The server ended with {_process.ExitCode}:\n{Output}");
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
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
        Http.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Process Launch()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "serve", "--data-dir", DataDirectory, "--urls", Address.ToString(), "--auth", "none", .. _arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ODDITY_SOURCES__HOST__ENABLED"] = "false";
        foreach ((string name, string value) in _environment) start.Environment[name] = value;
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Keep(string? line)
    {
        lock (Output) Output.AppendLine(line);
    }
}
