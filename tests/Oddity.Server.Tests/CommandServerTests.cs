using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Server.Logging;

namespace Oddity.Server.Tests;

public sealed class CommandServerTests
{
    [Fact]
    public async Task The_same_server_answers_on_the_ports_of_the_systems_before()
    {
        int[] ports = [FreePort(), FreePort()];
        await using SecurityServer server = await SecurityServer.StartAsync(new() { CompatPorts = [.. ports, ports[0]] }, new() { Required = false });
        foreach (int port in ports)
        {
            using HttpResponseMessage answer = await server.Http.GetAsync(new Uri($"http://127.0.0.1:{port}/health"), TestContext.Current.CancellationToken);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task A_part_that_fails_ends_the_server_with_its_reason()
    {
        await using SecurityServer server = await SecurityServer.StartAsync();
        server.Running.FailWith(Task.CompletedTask, Task.FromException(new InvalidOperationException("the disk is gone")));

        (await Should.ThrowAsync<InvalidOperationException>(server.Running.WaitAsync)).Message.ShouldBe("the disk is gone");
    }

    [Fact]
    public async Task Parts_stop_in_reverse_and_one_that_cannot_does_not_keep_the_others()
    {
        var stopped = new List<string>();
        var server = new RunningServer(NullLogger<RunningServer>.Instance);
        server.OnStop("first", () => Stop("first"));
        server.OnStop("second", () => throw new InvalidOperationException());
        Task work = server.Run("third", async cancel =>
        {
            await Task.Delay(Timeout.Infinite, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stopped.Add("third");
        });

        await server.DisposeAsync();

        work.IsCompleted.ShouldBeTrue();
        stopped.ShouldBe(["third", "first"]);

        ValueTask Stop(string part)
        {
            stopped.Add(part);
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public void Nobody_can_write_a_line_into_the_log_or_speak_to_the_terminal()
    {
        using var written = new StringWriter();
        string forged = "eve\n2026-01-01T00:00:00.000Z info  Accounts: ada signed in\u001b[2J\u202e";
        new LineFormatter(new ManualTime()).Write(
            new LogEntry<string>(LogLevel.Warning, "Oddity.Server.Security.Accounts", default, forged, new IOException("a\r\nb"), (state, _) => state), null, written);

        written.ToString().ShouldBe(
            "2026-01-01T00:00:00.000Z warn  Accounts: eve\\n2026-01-01T00:00:00.000Z info  Accounts: ada signed in\\u001b[2J\\u202e | System.IO.IOException: a\\r\\nb\n");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
