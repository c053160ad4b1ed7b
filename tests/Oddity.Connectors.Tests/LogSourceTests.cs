using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Connectors.Sources.Logs;
using Oddity.Engine.Intake;
using Oddity.Engine.Logs;

namespace Oddity.Connectors.Tests;

/// <summary>Sources of log lines with real sockets, real files and, where it is installed, the real rsyslog.</summary>
public sealed class LogSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-lines-").FullName;
    private readonly BlockingCollection<LogLine> _lines = [];
    private readonly CancellationTokenSource _stop = new(TimeSpan.FromSeconds(60));
    private readonly LogSink _sink;

    public LogSourceTests() => _sink = new((batch, _, cancel) =>
    {
        foreach (LogLine line in batch.Lines.Select(item => item.Line)) _lines.Add(line, cancel);
        return Task.FromResult(new IngestResult(IngestOutcome.Stored, batch.Lines.Count, 0, []));
    }, TimeProvider.System);

    public void Dispose()
    {
        _stop.Cancel();
        Directory.Delete(_folder, true);
        _stop.Dispose();
        _lines.Dispose();
    }

    [Fact]
    public async Task Syslog_comes_over_udp_and_tcp()
    {
        (SyslogSource source, Task running) = StartSyslog();
        IPEndPoint at = await BoundAsync(() => source.Bound);
        using (var udp = new UdpClient())
        {
            await udp.SendAsync("<13>1 - h app - - - by udp"u8.ToArray(), at, _stop.Token);
            _lines.Take(_stop.Token).Body.ShouldBe("by udp");
        }

        using (var tcp = new TcpClient())
        {
            await tcp.ConnectAsync(at, _stop.Token);
            await tcp.GetStream().WriteAsync("27 <13>1 - h app - - - counted<13>1 - h app - - - by line\n"u8.ToArray(), _stop.Token);
            _lines.Take(_stop.Token).Body.ShouldBe("counted");
            _lines.Take(_stop.Token).Body.ShouldBe("by line");
        }

        await EndAsync(running);
    }

    [Fact]
    public async Task The_real_rsyslog_sends_here()
    {
        string? rsyslog = new[] { "/usr/sbin/rsyslogd", "/sbin/rsyslogd" }.FirstOrDefault(File.Exists);
        if (rsyslog is null && Environment.GetEnvironmentVariable("CI") == "true") throw new InvalidOperationException("rsyslog is missing.");
        Assert.SkipWhen(rsyslog is null, "rsyslog is not installed.");
        (SyslogSource source, Task running) = StartSyslog();
        int port = (await BoundAsync(() => source.Bound)).Port;
        string input = Path.Combine(_folder, "in.log"), config = Path.Combine(_folder, "rsyslog.conf");
        await File.WriteAllTextAsync(input, "", _stop.Token);
        await File.WriteAllTextAsync(config, $"""
            global(workDirectory="{_folder}")
            module(load="imfile" PollingInterval="1" mode="polling")
            input(type="imfile" File="{input}" Tag="shop:" Severity="error" Facility="local0")
            action(type="omfwd" target="127.0.0.1" port="{port}" protocol="tcp" TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format")
            action(type="omfwd" target="127.0.0.1" port="{port}" protocol="udp" template="RSYSLOG_TraditionalForwardFormat")
            """, _stop.Token);
        using Process process = Process.Start(new ProcessStartInfo(rsyslog!, ["-n", "-f", config, "-i", Path.Combine(_folder, "pid")]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        try
        {
            await File.AppendAllTextAsync(input, "order 17 failed\n", _stop.Token);
            LogLine[] two = [_lines.Take(_stop.Token), _lines.Take(_stop.Token)];

            two.ShouldAllBe(line => line.Body == "order 17 failed" && line.Service == "shop" && line.Severity == 17);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        await EndAsync(running);
    }

    [Fact]
    public async Task Forward_entries_are_answered_once_they_are_stored()
    {
        var source = new FluentSource(new(new(IPAddress.Loopback, 0), "t"), _sink, TimeProvider.System, NullLogger<FluentSource>.Instance);
        Task running = source.RunAsync(_stop.Token);
        IPEndPoint at = await BoundAsync(() => source.Bound);
        using var client = new TcpClient();
        await client.ConnectAsync(at, _stop.Token);
        byte[] message = [0x94, 0xa3, .. "app"u8, 0x01, 0x81, 0xa3, .. "log"u8, 0xa2, .. "hi"u8, 0x81, 0xa5, .. "chunk"u8, 0xa2, .. "c1"u8];

        foreach (byte one in message) await client.GetStream().WriteAsync(new[] { one }, _stop.Token);

        byte[] wanted = [0x81, 0xa3, .. "ack"u8, 0xd9, 2, .. "c1"u8];
        byte[] answer = new byte[wanted.Length];
        await client.GetStream().ReadExactlyAsync(answer, _stop.Token);
        answer.ShouldBe(wanted);
        _lines.Take(_stop.Token).Body.ShouldBe("hi");

        using var hostile = new TcpClient();
        await hostile.ConnectAsync(at, _stop.Token);
        await hostile.GetStream().WriteAsync((byte[])[0xdd, 0xff, 0xff, 0xff, 0xff, 0xc1], _stop.Token);
        (await hostile.GetStream().ReadAsync(new byte[1], _stop.Token)).ShouldBe(0);
        await client.GetStream().WriteAsync(message, _stop.Token);
        _lines.Take(_stop.Token).Body.ShouldBe("hi");
        await EndAsync(running);
    }

    [Fact]
    public async Task Files_are_followed_through_rotation_cutting_and_restarts()
    {
        string path = Path.Combine(_folder, "app.log");
        LogFileSource source = Files();
        await File.WriteAllTextAsync(path, "one\ntwo\npart", _stop.Token);
        await source.LookAsync(_stop.Token);
        Taken().ShouldBe(["one", "two"]);

        await File.AppendAllTextAsync(path, "ial\nthree\n", _stop.Token);
        await source.LookAsync(_stop.Token);
        Taken().ShouldBe(["partial", "three"]);

        await File.AppendAllTextAsync(path, "last of old\nwithout end", _stop.Token);
        File.Move(path, path + ".1");
        await File.WriteAllTextAsync(path, "first of new, which is longer than what the old one held, as it may well be\n", _stop.Token);
        await source.LookAsync(_stop.Token);
        Taken().ShouldBe(["last of old", "without end", "first of new, which is longer than what the old one held, as it may well be"]);

        await File.WriteAllTextAsync(path, "cut\n", _stop.Token);
        await source.LookAsync(_stop.Token);
        Taken().ShouldBe(["cut"]);

        LogFileSource again = Files();
        using var stopped = new CancellationTokenSource();
        Task running = again.RunAsync(stopped.Token);
        await File.AppendAllTextAsync(path, "after restart\n", _stop.Token);
        _lines.Take(_stop.Token).Body.ShouldBe("after restart");
        await stopped.CancelAsync();
        await running;
        _lines.ShouldBeEmpty();
    }

    private LogFileSource Files() => new(
        new() { Files = [Path.Combine(_folder, "*.log")], Tenant = "t", StateFolder = _folder, Interval = TimeSpan.FromMilliseconds(20) }, _sink, TimeProvider.System, NullLogger<LogFileSource>.Instance);

    private (SyslogSource Source, Task Running) StartSyslog()
    {
        var source = new SyslogSource(new(new(IPAddress.Loopback, 0), "t"), _sink, TimeProvider.System, NullLogger<SyslogSource>.Instance);
        return (source, source.RunAsync(_stop.Token));
    }

    private string[] Taken()
    {
        var taken = new List<string>();
        while (_lines.TryTake(out LogLine line)) taken.Add(line.Body);
        return [.. taken];
    }

    private async Task<IPEndPoint> BoundAsync(Func<IPEndPoint?> bound)
    {
        while (bound() is null) await Task.Yield();
        _stop.Token.ThrowIfCancellationRequested();
        return bound()!;
    }

    private async Task EndAsync(Task running)
    {
        await _stop.CancelAsync();
        await running;
    }
}
