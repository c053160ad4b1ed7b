using System.Net;
using Microsoft.Extensions.Logging;
using Oddity.Connectors.Outbound;
using Oddity.Engine.Calls;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Probes;

/// <summary>
/// Probes the registered APIs that ask for it: one GET each interval by the guarded way out. What came of it is a call like any other, with the endpoint
/// <c>(probe)</c>, and a sample of <c>api_up</c>, 1 or 0.
/// </summary>
public sealed class ProbeSource(
    Func<IReadOnlyList<(string Tenant, Api Api)>> apis,
    OutboundHttp http,
    Func<IngestBatch, IngestOptions, CancellationToken, Task<IngestResult>> sink,
    TimeProvider time,
    ILogger<ProbeSource> log)
{
    public const string Endpoint = "(probe)";

    private const int AtOnce = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>When each API is due next; owned by the loop.</summary>
    private readonly Dictionary<(string Tenant, string Id), long> _due = [];

    /// <summary>Probes what is due, again and again until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await ProbeDueAsync(cancel);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                log.LogWarning(error, "Probing failed");
            }

            await Task.Delay(Pause, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Probes what is due now, once each.</summary>
    public async Task ProbeDueAsync(CancellationToken cancel)
    {
        long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        (string Tenant, Api Api)[] probed = [.. apis().Where(entry => entry.Api is { Probe: not null, Url: not null })];
        foreach ((string, string) gone in _due.Keys.Except(probed.Select(entry => (entry.Tenant, entry.Api.Id))).ToArray()) _due.Remove(gone);
        (string Tenant, Api Api)[] due = [.. probed.Where(entry => _due.GetValueOrDefault((entry.Tenant, entry.Api.Id)) <= nowMs)];
        foreach ((string tenant, Api api) in due) _due[(tenant, api.Id)] = nowMs + (api.Probe!.IntervalSeconds * 1000L);
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (entry, token) => await ProbeAsync(entry.Tenant, entry.Api, token));
    }

    private async Task ProbeAsync(string tenant, Api api, CancellationToken cancel)
    {
        ApiProbe probe = api.Probe!;
        long begun = time.GetTimestamp();
        (bool good, double? bytes) = (false, null);
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(probe.TimeoutMs), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, api.Url);
            OutboundAnswer answer = await http.SendAsync(request, either.Token);
            good = probe.ExpectedStatus is { } expected ? answer.Status == (HttpStatusCode)expected : (int)answer.Status is >= 200 and < 400;
            bytes = answer.Body.Length;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // No answer in time: not good.
        }
        catch (OutboundException)
        {
            // No answer at all: the same.
        }

        double latencyMs = time.GetElapsedTime(begun).TotalMilliseconds;
        long endMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var batch = new IngestBatch(tenant);
        int record = batch.NextRecord();
        batch.Add(SeriesKey.Create(tenant, "api_up", [new("api_id", api.Id)]), endMs, good ? 1 : 0);
        batch.Calls.Add((record, new(api.Id, Endpoint, endMs, latencyMs, !good, bytes)));
        IngestResult result = await sink(batch, IngestOptions.Live, cancel);
        if (result.Outcome != IngestOutcome.Stored) log.LogWarning("What a probe found was not taken: {Outcome}", result.Outcome);
    }
}
