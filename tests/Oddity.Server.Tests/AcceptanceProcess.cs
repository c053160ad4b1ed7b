using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Oddity.Server.Tests;

/// <summary>A real program that a test needs: what it says is kept, and it ends with the test, by its own number.</summary>
internal sealed class AcceptanceProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private AcceptanceProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Everything said so far.</summary>
    public string Said => string.Join('\n', _lines);

    /// <summary>Full path of a program on the PATH. Where it is missing the test is skipped at a desk and fails in CI.</summary>
    public static string Find(string program)
    {
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null && Environment.GetEnvironmentVariable("CI") != "true", $"{program} is not installed");
        return found ?? throw new FileNotFoundException($"{program} is not installed; .ci/run installs it.");
    }

    public static AcceptanceProcess Start(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return new(Process.Start(start)!);
    }

    /// <summary>A port nobody listens on right now, for programs that can't choose one themselves.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Writes a line to its standard input.</summary>
    public Task TellAsync(string line) => _process.StandardInput.WriteLineAsync(line);

    /// <summary>The first line that begins so, without its beginning.</summary>
    public async Task<string> LineAsync(string beginning, TimeSpan patience)
    {
        string? Line() => _lines.FirstOrDefault(line => line.StartsWith(beginning, StringComparison.Ordinal))?[beginning.Length..];
        await AcceptanceTests.UntilAsync(() => Task.FromResult(Line() is not null || _process.HasExited), patience, () => $"{_process.StartInfo.FileName} said no \"{beginning}\":\n{Said}");
        return Line() ?? throw new InvalidOperationException($"{_process.StartInfo.FileName} ended with {_process.ExitCode}:\n{Said}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null) _lines.Enqueue(line);
    }
}
