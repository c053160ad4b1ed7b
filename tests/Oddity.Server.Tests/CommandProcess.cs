using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Oddity.Server.Tests;

/// <summary>The binary as a process of its own, with an empty environment and a working directory of its own.</summary>
internal sealed class CommandProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly StringBuilder _output = new(), _error = new();

    private CommandProcess(string folder, IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "oddity"), arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("ODDITY_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_error, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => Read(_output);

    public string Error => Read(_error);

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public static CommandProcess Start(string folder, params string[] arguments) => new(folder, new Dictionary<string, string>(), arguments);

    public static CommandProcess Start(string folder, IReadOnlyDictionary<string, string> environment, string[] arguments) => new(folder, environment, arguments);

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(string folder, string[] arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var process = new CommandProcess(folder, environment ?? new Dictionary<string, string>(), arguments);
        int code = await process.WaitAsync();
        return (code, process.Output, process.Error);
    }

    /// <summary>Waits until it has written a text to standard output.</summary>
    public async Task SaysAsync(string text)
    {
        long begin = Stopwatch.GetTimestamp();
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(begin) > Patience) throw new InvalidOperationException($"It never said '{text}' but: {Output}{Error}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public void Signal(PosixSignal signal) => Process.Start("kill", [signal == PosixSignal.SIGINT ? "-INT" : "-TERM", $"{_process.Id}"]).WaitForExit();

    public async Task<int> WaitAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>Kills it if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static void Append(StringBuilder to, string? line)
    {
        lock (to) to.AppendLine(line);
    }

    private static string Read(StringBuilder from)
    {
        lock (from) return from.ToString();
    }
}
