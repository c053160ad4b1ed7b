using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Oddity.Server.Tests;

/// <summary>1,000 series for an hour of simulated time; bench/ingest.sh measures the same with a stopwatch.</summary>
[Collection(nameof(AcceptanceTests))]
public sealed class AcceptanceIngestTests
{
    private const int Series = 1_000;
    private const int StepSeconds = 15;
    private const int Steps = 3_600 / StepSeconds;

    [Fact]
    public async Task An_hour_of_a_thousand_series_leaves_memory_flat_and_no_file_open()
    {
        string folder = Directory.CreateTempSubdirectory("oddity-ingest-").FullName;
        var environment = new Dictionary<string, string> { ["ODDITY_ENGINE__CHECKPOINT_INTERVAL"] = "1s" };
        await using OddityProcess server = await OddityProcess.StartAsync(folder, environment: environment);
        long begin = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 3_600;

        // The first third makes the series, warms the detectors up and compiles what is hot.
        await SendAsync(server, begin, 0, Steps / 3);
        (long memory, int files) = (Resident(server), OpenFiles(server));
        await SendAsync(server, begin, Steps / 3, Steps);

        Resident(server).ShouldBeLessThan(memory + memory / 4 + (32L << 20), "resident bytes after the hour");
        OpenFiles(server).ShouldBeLessThanOrEqualTo(files + 4, "open files after the hour");
        using JsonDocument status = JsonDocument.Parse(await server.Http.GetStringAsync("/api/v1/status", TestContext.Current.CancellationToken));
        status.RootElement.GetProperty("series").GetInt64().ShouldBe(Series);
        status.RootElement.GetProperty("samples_total").GetInt64().ShouldBe(Series * Steps);
        (await server.StopAsync()).ShouldBe(0);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>One body a step, in the order of time; returns when all is applied.</summary>
    private static async Task SendAsync(OddityProcess server, long begin, int from, int to)
    {
        for (int step = from; step < to; step++)
        {
            using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(Body(begin, step)));
            using HttpResponseMessage answer = await server.Http.PostAsync("/events/raw", body, TestContext.Current.CancellationToken);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await AcceptanceTests.UntilAsync(
            async () =>
            {
                using JsonDocument status = JsonDocument.Parse(await server.Http.GetStringAsync("/api/v1/status", TestContext.Current.CancellationToken));
                return status.RootElement.GetProperty("queue_depth").GetInt64() == 0;
            },
            TimeSpan.FromSeconds(60),
            () => "What was acknowledged is not applied");
    }

    private static string Body(long begin, int step)
    {
        var body = new StringBuilder("[");
        var random = new Random(step);
        for (int series = 0; series < Series; series++)
        {
            if (series > 0) body.Append(',');
            double value = 50 + 20 * Math.Sin(step / 40.0 + series) + 5 * random.NextDouble();
            body.Append(CultureInfo.InvariantCulture, $$"""{"timestamp":{{begin + step * StepSeconds}},"metric":"load","value":{{value}},"labels":{"host":"host-{{series}}"} }""");
        }

        return body.Append(']').ToString();
    }

    private static long Resident(OddityProcess server)
    {
        string line = File.ReadLines($"/proc/{server.Id}/status").Single(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line["VmRSS:".Length..^"kB".Length], CultureInfo.InvariantCulture) << 10;
    }

    private static int OpenFiles(OddityProcess server) => Directory.GetFileSystemEntries($"/proc/{server.Id}/fd").Length;
}
