using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Oddity.Connectors.Tests;

/// <summary>
/// The real Prometheus and node exporter, on free loopback ports with a folder of their own, scraping every second. Ended by their own processes.
/// </summary>
public sealed class RealPrometheus : IAsyncDisposable
{
    private static readonly HttpClient Probe = new() { Timeout = TimeSpan.FromSeconds(2) };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oddity-prometheus-");
    private Process? _prometheus;
    private Process? _exporter;

    /// <summary>Whether both are installed.</summary>
    public static bool Installed => Find("prometheus") is not null && Find("promtool") is not null && Find("prometheus-node-exporter") is not null;

    /// <summary>Where Prometheus is.</summary>
    public Uri Url { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>Where the node exporter is, as the label <c>instance</c> has it.</summary>
    public string Instance { get; private set; } = "";

    /// <summary>Skips the test at a desk without them; fails it in continuous integration.</summary>
    public static void Require()
    {
        if (Environment.GetEnvironmentVariable("CI") == "true") Installed.ShouldBeTrue("prometheus, promtool and prometheus-node-exporter must be installed here");
        else Assert.SkipUnless(Installed, "prometheus, promtool and prometheus-node-exporter are not installed");
    }

    /// <summary>Starts both.</summary>
    /// <param name="history">Samples that Prometheus has from before, as OpenMetrics text; null for none.</param>
    public static async Task<RealPrometheus> StartAsync(string? history = null)
    {
        var server = new RealPrometheus();
        try
        {
            int exporter = FreePort(), prometheus = FreePort();
            server.Instance = $"127.0.0.1:{exporter}";
            server.Url = new($"http://127.0.0.1:{prometheus}");
            string file = Path.Combine(server._folder.FullName, "prometheus.yml");
            await File.WriteAllTextAsync(file, $$"""
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                scrape_configs:
                  - {job_name: node, static_configs: [{targets: ["{{server.Instance}}"]}]}
                  - {job_name: prometheus, static_configs: [{targets: ["127.0.0.1:{{prometheus}}"]}]}
                """);
            if (history is not null) await server.LoadAsync(history);
            server._exporter = Start("prometheus-node-exporter", $"--web.listen-address={server.Instance}");
            server._prometheus = Start(
                "prometheus", $"--config.file={file}", $"--storage.tsdb.path={server._folder.FullName}/data", $"--web.listen-address=127.0.0.1:{prometheus}");
            await ReadyAsync(new(server.Url, "-/ready"));
            await ReadyAsync(new($"http://{server.Instance}/"));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the node exporter: its target is gone.</summary>
    public async Task StopExporterAsync() => _exporter = await StopAsync(_exporter);

    public async ValueTask DisposeAsync()
    {
        _prometheus = await StopAsync(_prometheus);
        _exporter = await StopAsync(_exporter);
        _folder.Delete(recursive: true);
    }

    private async Task LoadAsync(string history)
    {
        string file = Path.Combine(_folder.FullName, "history.txt");
        await File.WriteAllTextAsync(file, history);
        using Process load = Start("promtool", "tsdb", "create-blocks-from", "openmetrics", file, $"{_folder.FullName}/data");
        await load.WaitForExitAsync();
        load.ExitCode.ShouldBe(0);
    }

    private static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Find(program)!, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        Process process = Process.Start(start)!;

        // What it says is read and forgotten, so that it never waits for a reader.
        process.ErrorDataReceived += (_, _) => { };
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }

    private static async Task<Process?> StopAsync(Process? process)
    {
        if (process is null) return null;
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        return null;
    }

    private static async Task ReadyAsync(Uri url)
    {
        long begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                if ((await Probe.GetAsync(url)).IsSuccessStatusCode) return;
            }
            catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
            {
                // Not yet.
            }

            if (TimeProvider.System.GetElapsedTime(begin) > TimeSpan.FromSeconds(60)) throw new TimeoutException($"{url} does not answer");
            await Task.Delay(50);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
