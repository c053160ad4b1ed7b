using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Oddity.Server.Tests;

/// <summary>
/// Eight clients that send known batches in order, each until it is acknowledged, with a key by which a repeat is known. What they send is the same in
/// every run, so a disturbed run must end in the same bytes as an undisturbed one.
/// </summary>
internal sealed class DurableLoad(int batchesPerClient)
{
    private const int Clients = 8;
    private const int SeriesPerClient = 5;
    private const int SamplesPerBatch = 100;
    private const int RowsPerBatch = SamplesPerBatch / SeriesPerClient;
    private const long Start = 1_700_000_000;

    private readonly int[] _acknowledged = new int[Clients];

    /// <summary>Batches in all.</summary>
    public int Batches => Clients * batchesPerClient;

    /// <summary>Batches acknowledged so far.</summary>
    public int Acknowledged => Enumerable.Range(0, Clients).Sum(client => Volatile.Read(ref _acknowledged[client]));

    /// <summary>Batches acknowledged so far of each client: at least those, should more come in the same moment.</summary>
    public int[] AcknowledgedNow() => [.. Enumerable.Range(0, Clients).Select(client => Volatile.Read(ref _acknowledged[client]))];

    /// <summary>Sends everything; ends when all is acknowledged, or with the token.</summary>
    public Task SendAsync(OddityProcess server, CancellationToken cancel) =>
        Task.WhenAll(Enumerable.Range(0, Clients).Select(client => SendAsync(server, client, cancel)));

    /// <summary>Waits for so many acknowledgements, or for the load to end.</summary>
    public async Task UntilAsync(int acknowledged, Task load)
    {
        while (Acknowledged < acknowledged && !load.IsCompleted) await Task.Delay(1, TestContext.Current.CancellationToken);
        if (load.IsFaulted) await load;
    }

    /// <summary>Every sample of the batches that were acknowledged is there, once, in order; later ones may be.</summary>
    public async Task CheckAsync(OddityProcess server, int[] acknowledged)
    {
        for (int series = 0; series < Clients * SeriesPerClient; series++)
        {
            string selector = Uri.EscapeDataString($"m{{s=\"{series}\"}}");
            using JsonDocument answer = JsonDocument.Parse(await server.Http.GetStringAsync(
                $"/api/v1/samples?series={selector}&start={Start}&end={Start + (batchesPerClient * RowsPerBatch)}&limit=100000", TestContext.Current.CancellationToken));
            (double, double)[] samples = [.. answer.RootElement.GetProperty("samples").EnumerateArray().Select(pair => (pair[0].GetDouble(), pair[1].GetDouble()))];
            samples.Length.ShouldBeGreaterThanOrEqualTo(acknowledged[series / SeriesPerClient] * RowsPerBatch, $"series {series} lost acknowledged samples");
            int number = series;
            samples.ShouldBe(Enumerable.Range(0, samples.Length).Select(row => ((double)(Start + row), Value(number, row))));
        }
    }

    /// <summary>All anomalies and the fingerprint of all state.</summary>
    public static async Task<(string Export, string Digest)> ResultAsync(OddityProcess server)
    {
        string export = await server.Http.GetStringAsync("/api/v1/anomalies/export", TestContext.Current.CancellationToken);
        using JsonDocument digest = JsonDocument.Parse(await server.Http.GetStringAsync("/api/v1/admin/state-digest", TestContext.Current.CancellationToken));
        return (export, digest.RootElement.GetProperty("sha256").GetString()!);
    }

    private async Task SendAsync(OddityProcess server, int client, CancellationToken cancel)
    {
        for (int batch = 0; batch < batchesPerClient; batch++)
        {
            byte[] body = Encoding.UTF8.GetBytes(Body(client, batch));
            while (!await TryAsync(server, body, $"{client}-{batch}", cancel)) await Task.Delay(20, cancel);
            Interlocked.Increment(ref _acknowledged[client]);
        }
    }

    private static async Task<bool> TryAsync(OddityProcess server, byte[] body, string key, CancellationToken cancel)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/events?backfill=true") { Content = new ByteArrayContent(body) };
            request.Headers.Add("Idempotency-Key", key);
            using HttpResponseMessage answer = await server.Http.SendAsync(request, cancel);
            if (answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.InsufficientStorage) return false;
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            using JsonDocument result = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancel));
            result.RootElement.GetProperty("accepted").GetInt32().ShouldBe(SamplesPerBatch);
            return true;
        }
        catch (Exception error) when (error is HttpRequestException or IOException || (error is TaskCanceledException && !cancel.IsCancellationRequested))
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
}
