using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Oddity.Server.Tests;

/// <summary>A server that is not ours, as a child of this process, with what it says kept for a failed test.</summary>
internal sealed class RealProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Queue<string> _lines = new();

    private RealProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public static RealProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new(Process.Start(start)!);
    }

    /// <summary>Waits until something listens on the port.</summary>
    public async Task ListensAsync(int port)
    {
        long begin = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                if (_process.HasExited || Stopwatch.GetElapsedTime(begin) > TimeSpan.FromSeconds(90)) throw new InvalidOperationException($"It does not listen: {string.Join('\n', _lines)}");
                await Task.Delay(50);
            }
        }
    }

    /// <summary>Waits until it ends by itself, well.</summary>
    public async Task EndsAsync()
    {
        await _process.WaitForExitAsync();
        _process.ExitCode.ShouldBe(0, string.Join('\n', _lines));
    }

    /// <summary>SIGTERM; returns when it has ended.</summary>
    public async Task StopAsync()
    {
        using (Process kill = Process.Start("kill", ["-TERM", $"{_process.Id}"])) await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Skips the test at a desk where a server is missing; fails it in continuous integration.</summary>
    public static void Require(bool installed, string what)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true") installed.ShouldBeTrue($"{what} must be there");
        else Assert.SkipUnless(installed, $"{what} is not there");
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > 200) _lines.Dequeue();
        }
    }
}
