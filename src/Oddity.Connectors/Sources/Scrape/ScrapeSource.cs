using Microsoft.Extensions.Logging;
using Oddity.Connectors.Outbound;
using Oddity.Engine;

namespace Oddity.Connectors.Sources.Scrape;

/// <summary>Scrapes targets as Prometheus does, so that none is needed: a loop for each target, and one that follows the files that name them.</summary>
public sealed class ScrapeSource(ScrapeOptions options, Pipeline pipeline, TimeProvider time, ILogger<ScrapeSource> logger) : ISource
{
    private const int MostTroubles = 3;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    // Bounds the answers that are in memory together.
    private static readonly int MostAtOnce = Math.Max(4, 4 * Environment.ProcessorCount);

    private readonly SourceHealth _health = new("scrape", time, logger);
    private readonly Dictionary<string, (ScrapeLoop Loop, Task Running, CancellationTokenSource Stop)> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<(ScrapeJob Job, TimeSpan Timeout), OutboundHttp> _clients = [];
    private readonly TargetFinder _finder = new(options);
    private long _stored;

    public SourceStatus Status => _health.Status;

    public async Task RunAsync(CancellationToken cancel)
    {
        using var atOnce = new SemaphoreSlim(MostAtOnce);
        try
        {
            while (true)
            {
                if (_finder.Look()) await FollowAsync(atOnce, cancel);
                foreach ((_, Task running, _) in _running.Values.Where(entry => entry.Running.IsFaulted)) await running;
                Report();
                await Task.Delay(Tick, time, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            _health.Off();
        }
        finally
        {
            foreach ((_, _, CancellationTokenSource stop) in _running.Values) await stop.CancelAsync();
            await Task.WhenAll(_running.Values.Select(entry => entry.Running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach ((_, _, CancellationTokenSource stop) in _running.Values) stop.Dispose();
            foreach (OutboundHttp client in _clients.Values) client.Dispose();
        }
    }

    /// <summary>Begins to scrape what is new, and ends what is gone.</summary>
    private async Task FollowAsync(SemaphoreSlim atOnce, CancellationToken cancel)
    {
        Dictionary<string, ScrapeTarget> wanted = _finder.Targets.ToDictionary(target => target.Identity, StringComparer.Ordinal);
        foreach ((string identity, (ScrapeLoop loop, Task running, CancellationTokenSource stop)) in _running.Where(entry => !wanted.ContainsKey(entry.Key)).ToArray())
        {
            await stop.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.Dispose();
            await loop.EndAsync();
            _running.Remove(identity);
        }

        foreach ((string identity, ScrapeTarget target) in wanted.Where(target => !_running.ContainsKey(target.Key)))
        {
            (ScrapeJob, TimeSpan) key = (target.Job, target.Timeout);
            if (!_clients.TryGetValue(key, out OutboundHttp? http))
                _clients[key] = http = new(new() { AllowPrivate = options.AllowPrivate, MaxAnswerBytes = target.Job.BodySizeLimit, Timeout = target.Timeout }, time);
            var loop = new ScrapeLoop(target, http, atOnce, pipeline, options.Tenant, time);
            var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            _running.Add(identity, (loop, Task.Run(() => loop.RunAsync(stop.Token), CancellationToken.None), stop));
        }
    }

    private void Report()
    {
        ScrapeLoop[] loops = [.. _running.Values.Select(entry => entry.Loop)];
        ScrapeLoop[] tried = [.. loops.Where(loop => loop.Tried)];
        List<string> troubles = [.. _finder.Troubles, .. tried.Where(loop => loop.Trouble is not null).Select(loop => $"{loop.Target.Job.Name} {loop.Target.Url.Authority}: {loop.Trouble}")];
        int up = tried.Count(loop => loop.Trouble is null);
        string detail = $"{up} of {loops.Length} targets up";
        if (tried.Sum(loop => loop.Skipped) is > 0 and int skipped) detail += $"; {skipped} values that are no numbers skipped";
        if (troubles.Count > 0) detail += "; " + string.Join("; ", troubles.Take(MostTroubles)) + (troubles.Count > MostTroubles ? $"; and {troubles.Count - MostTroubles} more" : "");
        long stored = loops.Sum(loop => loop.Stored);
        if (up == 0 && (tried.Length > 0 || _finder.Troubles.Count > 0)) _health.Failed(detail);
        else if (stored != _stored) _health.Ok(detail);
        _stored = stored;
    }
}
