using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Oddity.Server.Tests;

/// <summary>The real process where something runs out: the disk, the right to write, memory. And that the sync comes before the answer.</summary>
[Collection("reliability")]
public sealed class LimitsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-limits-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_full_disk_refuses_reads_go_on_and_with_room_again_it_recovers_and_has_lost_nothing()
    {
        using DiskImage disk = DiskImage.InMemory(Path.Combine(_folder, "disk"), megabytes: 24);
        await using OddityProcess server = await OddityProcess.StartAsync(Path.Combine(disk.Folder, "data"), ["--detector", "zscore"]);
        int sent = 0;
        List<int> stored = [];
        if (await PostAsync(server, sent++) == HttpStatusCode.OK) stored.Add(0);
        string filler = Path.Combine(disk.Folder, "filler");
        Fill(filler);
        HttpStatusCode answer = HttpStatusCode.OK;
        for (; sent < 400 && answer == HttpStatusCode.OK; sent++)
        {
            // A log may have room set aside; two thousand samples more each time use it up.
            answer = await PostBulkAsync(server, sent);
            if (answer == HttpStatusCode.OK && await PostAsync(server, sent) == HttpStatusCode.OK) stored.Add(sent);
        }

        ((int)answer).ShouldBeOneOf(507, 503);
        (await server.Http.GetAsync("/livez", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await StoredAsync(server)).ShouldBe(stored);
        await ReadsGoOnAsync(server);
        (await server.Http.GetStringAsync("/health", Cancel)).ShouldContain("\"store\":{\"status\":\"read_only\"");
        (await server.Http.GetStringAsync("/metrics", Cancel)).ShouldContain("oddity_disk_full 1\n");

        File.Delete(filler);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (await PostAsync(server, sent) != HttpStatusCode.OK) await Task.Delay(50, patience.Token);
        stored.Add(sent);
        (await server.Http.GetStringAsync("/health", Cancel)).ShouldNotContain("unhealthy");
        await server.KillAsync();
        server.Restart();
        await server.WaitUntilReadyAsync();
        (await StoredAsync(server)).ShouldBe(stored);
    }

    [Fact]
    public async Task Where_nothing_can_be_written_nothing_is_acknowledged_and_a_start_ends_with_74()
    {
        using DiskImage disk = DiskImage.InMemory(Path.Combine(_folder, "disk"), megabytes: 48);
        string data = Path.Combine(disk.Folder, "data");
        await using (OddityProcess server = await OddityProcess.StartAsync(data, ["--detector", "zscore"]))
        {
            (await PostAsync(server, 0)).ShouldBe(HttpStatusCode.OK);
            (await server.StopAsync()).ShouldBe(0);
        }

        disk.Remount("ro");
        (int code, _, string error) = await CommandProcess.RunAsync(_folder, ["serve", "--data-dir", data, "--urls", "http://127.0.0.1:0", "--auth", "none"]);
        code.ShouldBe(74, error);
        error.ShouldNotContain("   at ");
        disk.Remount("rw");
        await using OddityProcess again = await OddityProcess.StartAsync(data, ["--detector", "zscore"]);
        (await StoredAsync(again)).ShouldBe([0]);
    }

    [Fact]
    public async Task The_answer_comes_after_the_sync()
    {
        string strace = AcceptanceProcess.Find("strace");
        await using OddityProcess server = await OddityProcess.StartAsync(Path.Combine(_folder, "data"), ["--detector", "none"]);
        (await PostAsync(server, 0)).ShouldBe(HttpStatusCode.OK);
        string trace = Path.Combine(_folder, "trace");
        await using (AcceptanceProcess tracer = AcceptanceProcess.Start(
            strace, ["-f", "-s", "64", "-o", trace, "-e", "trace=fsync,fdatasync,sync_file_range,msync,recvmsg,recvfrom,read,sendto,sendmsg,write", "-p", $"{server.Id}"]))
        {
            // It writes to the trace as soon as it is attached; requests until then count for nothing.
            int sent = 1;
            while (!File.Exists(trace) || !File.ReadAllText(trace).Contains("HTTP/1.1 200", StringComparison.Ordinal))
            {
                Assert.SkipWhen(tracer.Said.Contains("not permitted", StringComparison.Ordinal), "processes may not be traced here");
                (await PostAsync(server, sent++)).ShouldBe(HttpStatusCode.OK);
            }

            for (int i = 0; i < 20; i++) (await PostAsync(server, sent++)).ShouldBe(HttpStatusCode.OK);
        }

        // One request at a time: between its arrival and its answer a sync must have ended.
        bool synced = false, asked = false;
        int answers = 0;
        foreach (string line in File.ReadLines(trace))
        {
            if (line.Contains("POST /api/v1/events", StringComparison.Ordinal)) (asked, synced) = (true, false);
            if (Regex.IsMatch(line, @"(fsync|fdatasync|sync_file_range|msync)[( ].*= 0$")) synced = true;
            if (!asked || !line.Contains("HTTP/1.1 200", StringComparison.Ordinal)) continue;
            synced.ShouldBeTrue("an answer came before the sync");
            asked = false;
            answers++;
        }

        answers.ShouldBeGreaterThanOrEqualTo(20);
    }

    /// <summary>The runtime's own limit stands in for a container's: 512 MiB of heap.</summary>
    [Fact]
    public async Task New_series_without_end_do_not_kill_it_and_known_ones_are_served()
    {
        var environment = new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "0x20000000", ["ODDITY_ENGINE__CHECKPOINT_INTERVAL"] = "2s" };
        await using OddityProcess server = await OddityProcess.StartAsync(Path.Combine(_folder, "data"), [], environment);
        (await PostAsync(server, 0)).ShouldBe(HttpStatusCode.OK);
        int refused = 0;
        for (int batch = 0; batch < 100 && refused < 3; batch++)
        {
            using var body = new StringContent(NewSeries(batch * 2_000, 2_000), Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await server.Http.PostAsync("/api/v1/events?backfill=true", body, Cancel);
            ((int)answer.StatusCode).ShouldBeOneOf(200, 429, 503);
            if (answer.StatusCode == HttpStatusCode.OK) continue;
            refused++;
            answer.Headers.Contains("Retry-After").ShouldBeTrue();
        }

        // What was taken in before is worked off first.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await PostAsync(server, 1) != HttpStatusCode.OK) await Task.Delay(100, patience.Token);
        while (await StoredAsync(server) is not [0, 1]) await Task.Delay(100, patience.Token);
        (await server.Http.GetAsync("/livez", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);

        // What was let in can be taken up again within the same memory.
        await server.KillAsync();
        server.Restart();
        await server.WaitUntilReadyAsync();
        (await StoredAsync(server)).ShouldBe([0, 1]);
    }

    /// <summary>What only looks is answered; what would write says that there is no room, or found some.</summary>
    private static async Task ReadsGoOnAsync(OddityProcess server)
    {
        foreach (string path in new[] { "/api/v1/anomalies", "/api/v1/anomalies/export", "/api/v1/series", "/api/v1/status", "/api/v1/admin/cost", "/api/v1/admin/state-digest", "/metrics", "/readyz" })
        {
            using HttpResponseMessage read = await server.Http.GetAsync(path, Cancel);
            read.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }

        using HttpResponseMessage deleted = await server.Http.DeleteAsync("/api/v1/series?series=bulk", Cancel);
        ((int)deleted.StatusCode).ShouldBeOneOf(200, 507);
    }

    /// <summary>A sample by a number: its second is the number.</summary>
    private static async Task<HttpStatusCode> PostAsync(OddityProcess server, int number)
    {
        string padding = new('x', 200);
        string json = string.Create(CultureInfo.InvariantCulture, $"[{{\"metric\":\"m\",\"labels\":{{\"pad\":\"{padding}\"}},\"timestamp\":{1_700_000_000 + number},\"value\":{number}}}]");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/events?backfill=true") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", $"n{number}");
        using HttpResponseMessage answer = await server.Http.SendAsync(request, Cancel);
        if (answer.StatusCode != HttpStatusCode.OK) answer.Headers.Contains("Retry-After").ShouldBeTrue();
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> PostBulkAsync(OddityProcess server, int number)
    {
        var json = new StringBuilder("[");
        for (int i = 0; i < 2_000; i++)
        {
            if (i > 0) json.Append(',');
            json.Append(CultureInfo.InvariantCulture, $"{{\"metric\":\"bulk\",\"timestamp\":{1_700_000_000 + (number * 2_000) + i},\"value\":{Math.Sin((number * 2_000) + i):R}}}");
        }

        using var body = new StringContent(json.Append(']').ToString(), Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await server.Http.PostAsync("/api/v1/events?backfill=true", body, Cancel);
        return answer.StatusCode;
    }

    private static async Task<int[]> StoredAsync(OddityProcess server)
    {
        string selector = Uri.EscapeDataString($"m{{pad=\"{new string('x', 200)}\"}}");
        using JsonDocument answer = JsonDocument.Parse(await server.Http.GetStringAsync(
            $"/api/v1/samples?series={selector}&start=1700000000&end=1700100000&limit=100000", Cancel));
        return [.. answer.RootElement.GetProperty("samples").EnumerateArray().Select(pair => (int)pair[1].GetDouble())];
    }

    private static string NewSeries(int from, int count)
    {
        var json = new StringBuilder("[");
        for (int i = 0; i < count; i++)
        {
            if (i > 0) json.Append(',');
            json.Append(CultureInfo.InvariantCulture, $"{{\"metric\":\"new\",\"labels\":{{\"id\":\"{from + i}\",\"host\":\"host-{(from + i) % 997}\"}},\"timestamp\":1700000000,\"value\":1}}");
        }

        return json.Append(']').ToString();
    }

    private static void Fill(string path)
    {
        using FileStream file = File.Create(path);
        byte[] block = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
        }
    }
}
