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
        for (; sent < 5_000 && answer == HttpStatusCode.OK; sent++)
        {
            answer = await PostAsync(server, sent);
            if (answer == HttpStatusCode.OK) stored.Add(sent);
        }

        ((int)answer).ShouldBeOneOf(507, 503);
        (await server.Http.GetAsync("/livez", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await StoredAsync(server)).ShouldBe(stored);

        File.Delete(filler);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (await PostAsync(server, sent) != HttpStatusCode.OK) await Task.Delay(50, patience.Token);
        stored.Add(sent);
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

    private static async Task<int[]> StoredAsync(OddityProcess server)
    {
        string selector = Uri.EscapeDataString($"m{{pad=\"{new string('x', 200)}\"}}");
        using JsonDocument answer = JsonDocument.Parse(await server.Http.GetStringAsync(
            $"/api/v1/samples?series={selector}&start=1700000000&end=1700100000&limit=100000", Cancel));
        return [.. answer.RootElement.GetProperty("samples").EnumerateArray().Select(pair => (int)pair[1].GetDouble())];
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
