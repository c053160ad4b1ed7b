using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Oddity.Server.Tests;

/// <summary>kill -9 under load: what was acknowledged is there, once; anomalies are those of an undisturbed run, byte for byte.</summary>
public class DurabilityTests
{
    private const int Clients = 8;
    private const int SeriesPerClient = 5;
    private const int BatchesPerClient = 60;
    private const int SamplesPerBatch = 100;
    private const int Kills = 5;
    private const long Start = 1_700_000_000;

    [Fact]
    public async Task Killing_the_process_under_load_loses_nothing_acknowledged_and_repeats_no_anomaly()
    {
        (string export, string digest) undisturbed = await RunAsync(kills: 0);
        (string export, string digest) killed = await RunAsync(Kills);
        undisturbed.export.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBeGreaterThan(10);
        killed.export.ShouldBe(undisturbed.export);
        killed.digest.ShouldBe(undisturbed.digest);
    }

    private static async Task<(string Export, string Digest)> RunAsync(int kills)
    {
        string folder = Directory.CreateTempSubdirectory("oddity-kill-").FullName;
        var environment = new Dictionary<string, string> { ["ODDITY_ENGINE__CHECKPOINT_INTERVAL"] = "1s" };
        await using OddityProcess server = await OddityProcess.StartAsync(folder, ["--detector", "zscore"], environment);
        int acknowledged = 0;
        Task load = Task.WhenAll(Enumerable.Range(0, Clients).Select(client => SendAsync(server, client, () => Interlocked.Increment(ref acknowledged))));
        for (int kill = 1; kill <= kills; kill++)
        {
            int target = Clients * BatchesPerClient * kill / (kills + 1);
            while (Volatile.Read(ref acknowledged) < target && !load.IsCompleted) await Task.Delay(1, TestContext.Current.CancellationToken);
            await server.KillAsync();
            server.Restart();
            if (kill == 2)
            {
                // Once more while it replays.
                await Task.Delay(250, TestContext.Current.CancellationToken);
                await server.KillAsync();
                server.Restart();
            }
        }

        await load;
        await server.WaitUntilReadyAsync();
        for (int series = 0; series < Clients * SeriesPerClient; series++) await CheckSamplesAsync(server, series);
        string export = await server.Http.GetStringAsync("/api/v1/anomalies/export", TestContext.Current.CancellationToken);
        using JsonDocument digest = JsonDocument.Parse(await server.Http.GetStringAsync("/api/v1/admin/state-digest", TestContext.Current.CancellationToken));
        (await server.StopAsync()).ShouldBe(0);
        Directory.Delete(folder, recursive: true);
        return (export, digest.RootElement.GetProperty("sha256").GetString()!);
    }

    /// <summary>Sends one client's batches in order; each until it is acknowledged, with a key by which a repeat is known.</summary>
    private static async Task SendAsync(OddityProcess server, int client, Action acknowledge)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        for (int batch = 0; batch < BatchesPerClient; batch++)
        {
            byte[] body = Encoding.UTF8.GetBytes(Body(client, batch));
            while (!await TryAsync(server, body, $"{client}-{batch}", limit.Token)) await Task.Delay(20, limit.Token);
            acknowledge();
        }
    }

    private static async Task<bool> TryAsync(OddityProcess server, byte[] body, string key, CancellationToken cancel)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/events?backfill=true") { Content = new ByteArrayContent(body) };
            request.Headers.Add("Idempotency-Key", key);
            using HttpResponseMessage answer = await server.Http.SendAsync(request, cancel);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable) return false;
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            using JsonDocument result = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancel));
            result.RootElement.GetProperty("accepted").GetInt32().ShouldBe(SamplesPerBatch);
            return true;
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return false;
        }
    }

    private static string Body(int client, int batch)
    {
        var json = new StringBuilder("[");
        for (int i = 0; i < SamplesPerBatch; i++)
        {
            int series = (client * SeriesPerClient) + (i % SeriesPerClient);
            int row = ((batch * SamplesPerBatch) + i) / SeriesPerClient;
            if (i > 0) json.Append(',');
            json.Append(CultureInfo.InvariantCulture, $"{{\"metric\":\"m\",\"labels\":{{\"s\":\"{series}\"}},\"timestamp\":{Start + row},\"value\":{Value(series, row)}}}");
        }

        return json.Append(']').ToString();
    }

    private static double Value(int series, int row) => row % (211 + series) == 150 ? 900 + row : 50 + ((row * 7919 + series) % 13);

    private static async Task CheckSamplesAsync(OddityProcess server, int series)
    {
        int rows = BatchesPerClient * SamplesPerBatch / SeriesPerClient;
        string selector = Uri.EscapeDataString($"m{{s=\"{series}\"}}");
        using JsonDocument answer = JsonDocument.Parse(await server.Http.GetStringAsync(
            $"/api/v1/samples?series={selector}&start={Start}&end={Start + rows}&limit=100000", TestContext.Current.CancellationToken));
        var samples = answer.RootElement.GetProperty("samples").EnumerateArray().Select(pair => (pair[0].GetDouble(), pair[1].GetDouble())).ToList();
        samples.ShouldBe(Enumerable.Range(0, rows).Select(row => ((double)(Start + row), Value(series, row))).ToList());
    }
}
