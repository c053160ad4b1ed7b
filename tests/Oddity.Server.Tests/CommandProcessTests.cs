using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Oddity.Server.Tests;

/// <summary>The commands as people and scripts meet them: arguments, standard output, exit codes.</summary>
public sealed class CommandProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-command-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("srve")]
    [InlineData("serve", "--nosuch")]
    [InlineData("serve", "--auth", "maybe")]
    [InlineData("serve", "--urls", "ftp://127.0.0.1")]
    [InlineData("serve", "--detector", "nosuch")]
    [InlineData("serve", "--config", "nosuch.yml")]
    [InlineData("serve", "--auth", "none", "--urls", "http://0.0.0.0:0")]
    [InlineData("score", "nothing.csv")]
    [InlineData("score")]
    [InlineData("simulate", "--url", "nonsense")]
    public async Task A_wrong_command_line_ends_with_64_and_says_why(params string[] arguments)
    {
        (int code, _, string error) = await CommandProcess.RunAsync(_folder, arguments);

        code.ShouldBe(64, error);
        error.ShouldNotBeNullOrWhiteSpace();
        error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_configuration_with_mistakes_starts_nothing_and_ends_with_64_naming_all()
    {
        File.WriteAllText(Path.Combine(_folder, "oddity.yml"), "retention: soon\nhttp: {max_body: huge}\n");

        (int code, _, string error) = await CommandProcess.RunAsync(_folder, ["serve"]);
        (int checkedCode, _, string checkedError) = await CommandProcess.RunAsync(_folder, ["config", "check"]);

        code.ShouldBe(64);
        checkedCode.ShouldBe(64);
        error.ShouldContain("retention: 'soon' is not a duration");
        error.ShouldContain("http.max_body: 'huge' is not a size");
        checkedError.ShouldBe(error);
        Directory.Exists(Path.Combine(_folder, "data")).ShouldBeFalse();
    }

    [Fact]
    public async Task Explain_tells_every_value_with_its_origin_and_no_secret()
    {
        File.WriteAllText(Path.Combine(_folder, "my.yml"), "retention: 7d\n");
        (int code, string output, _) = await CommandProcess.RunAsync(
            _folder, ["config", "explain", "my.yml"], new Dictionary<string, string> { ["SLACK_WEBHOOK"] = "https://hooks.example/hunter2", ["ALERTS_CHANNEL"] = "x" });

        code.ShouldBe(0);
        output.ShouldMatch(@"retention\s+= 7d  \(my\.yml:1\)");
        output.ShouldMatch(@"alerts\.slack\.webhook_url\s+= \*\*\*  \(environment SLACK_WEBHOOK\)");
        output.ShouldMatch(@"http\.max_body\s+= 32MiB  \(default\)");
        output.ShouldContain("ALERTS_CHANNEL: not used yet");
        output.ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task Version_and_help_end_well()
    {
        (int code, string output, _) = await CommandProcess.RunAsync(_folder, ["--version"]);
        code.ShouldBe(0);
        output.ShouldMatch(@"^\d+\.\d+\.\d+");
        foreach (string[] verb in new[] { [], new[] { "serve" }, ["score"], ["evaluate"], ["simulate"], ["export", "anomalies"], ["digest"], ["config", "check"] })
        {
            (code, output, _) = await CommandProcess.RunAsync(_folder, [.. verb, "--help"]);
            code.ShouldBe(0);
            output.ShouldContain("Usage:");
        }
    }

    [Fact]
    public async Task The_server_says_where_it_is_prints_a_set_up_link_and_stops_well_on_a_signal()
    {
        await using CommandProcess server = CommandProcess.Start(_folder, "serve", "--urls", "http://127.0.0.1:0");
        await server.SaysAsync("Ctrl+C");
        Match link = Regex.Match(server.Output, @"(http://127\.0\.0\.1:\d+)/setup#token=(\S+)");
        link.Success.ShouldBeTrue(server.Output);
        using var http = new HttpClient { BaseAddress = new(link.Groups[1].Value) };
        (await http.GetAsync("/livez", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        server.Error.ShouldNotContain(link.Groups[2].Value);

        server.Signal(PosixSignal.SIGTERM);

        (await server.WaitAsync()).ShouldBe(0, server.Error);
    }

    [Fact]
    public async Task A_data_directory_in_use_ends_with_65()
    {
        await using CommandProcess server = CommandProcess.Start(_folder, "serve", "--urls", "http://127.0.0.1:0", "--auth", "none");
        await server.SaysAsync("Ctrl+C");
        foreach (string[] arguments in new[] { new[] { "serve", "--urls", "http://127.0.0.1:0" }, ["export", "anomalies"], ["digest"] })
        {
            (int code, _, string error) = await CommandProcess.RunAsync(_folder, arguments);

            code.ShouldBe(65, error);
            error.ShouldContain("is in use by another Oddity");
        }
    }

    [Fact]
    public async Task A_port_in_use_ends_with_74_and_names_it()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;

        (int code, _, string error) = await CommandProcess.RunAsync(_folder, ["serve", "--port", $"{port}"]);

        code.ShouldBe(74);
        error.ShouldContain($"127.0.0.1:{port}: address already in use");
        error.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("serve", "--urls", "http://127.0.0.1:0", "--data-dir", "file/data")]
    [InlineData("digest", "--data-dir", "nothing")]
    [InlineData("score", "nothing.csv", "--out", "out")]
    [InlineData("score", "file", "--out", "file/out")]
    [InlineData("simulate", "--url", "http://127.0.0.1:9", "--count", "1")]
    public async Task What_cannot_be_read_written_or_reached_ends_with_74(params string[] arguments)
    {
        File.WriteAllText(Path.Combine(_folder, "file"), "not a folder");

        (int code, _, string error) = await CommandProcess.RunAsync(_folder, arguments);

        code.ShouldBe(74, error);
        error.ShouldNotBeNullOrWhiteSpace();
        error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task The_simulator_sends_what_it_is_told_and_export_and_digest_read_it_back()
    {
        string digest;
        await using (CommandProcess server = CommandProcess.Start(_folder, "serve", "--urls", "http://127.0.0.1:0", "--auth", "none"))
        {
            await server.SaysAsync("Ctrl+C");
            string url = Regex.Match(server.Output, @"http://127\.0\.0\.1:\d+").Value;
            (int sent, string said, string error) = await CommandProcess.RunAsync(_folder, ["simulate", "--url", url, "--count", "3", "--interval", "10ms"]);
            sent.ShouldBe(0, error);
            said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBeGreaterThanOrEqualTo(3);
            using var http = new HttpClient { BaseAddress = new(url) };
            string posted = """[{"metric":"m","value":50},{"metric":"system_metrics_cpu","value":99}]""";
            (await http.PostAsync("/events/raw", new StringContent(posted, Encoding.UTF8), Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
            server.Signal(PosixSignal.SIGINT);
            (await server.WaitAsync()).ShouldBe(0);
        }

        (int code, string exported, _) = await CommandProcess.RunAsync(_folder, ["export", "anomalies"]);
        code.ShouldBe(0);
        exported.ShouldContain("\"series\":\"system_metrics_cpu\"");
        (code, digest, _) = await CommandProcess.RunAsync(_folder, ["digest"]);
        code.ShouldBe(0);
        digest.ShouldMatch("^[0-9a-f]{64}  series=\\d+ last_applied=\\d+");
        (_, string again, _) = await CommandProcess.RunAsync(_folder, ["digest"]);
        again.ShouldBe(digest);
    }

    [Fact]
    public async Task A_command_that_looks_into_a_data_directory_goes_on_by_the_rules_the_killed_server_had()
    {
        string told;
        await using (CommandProcess server = CommandProcess.Start(
            _folder,
            new Dictionary<string, string> { ["ODDITY_SOURCES__HOST__ENABLED"] = "false" },
            ["serve", "--urls", "http://127.0.0.1:0", "--auth", "none", "--detector", "zscore"]))
        {
            await server.SaysAsync("Ctrl+C");
            using var http = new HttpClient { BaseAddress = new(Regex.Match(server.Output, @"http://127\.0\.0\.1:\d+").Value) };
            long now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
            string posted = $"[{string.Join(',', Enumerable.Range(0, 200).Select(i => $"{{\"metric\":\"m\",\"value\":{(i == 150 ? 9000 : 50 + (i % 5))},\"timestamp\":{now - 300 + i}}}"))}]";
            (await http.PostAsync("/events/raw", new StringContent(posted, Encoding.UTF8), Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
            told = (await http.GetFromJsonAsync<JsonElement>("/api/v1/admin/state-digest", Cancel)).GetProperty("sha256").GetString()!;
            using Process process = Process.GetProcessById(server.Id);
            process.Kill();
            await server.WaitAsync();
        }

        (int code, string digest, string error) = await CommandProcess.RunAsync(_folder, ["digest"]);
        code.ShouldBe(0, error);
        digest.ShouldStartWith(told);
        (_, string exported, _) = await CommandProcess.RunAsync(_folder, ["export", "anomalies"]);
        exported.ShouldContain("\"detector\":\"zscore\"");
    }
}
