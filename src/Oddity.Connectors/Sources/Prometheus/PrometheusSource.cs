using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Oddity.Connectors.Outbound;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Sources.Prometheus;

/// <summary>
/// Pulls from a Prometheus: finds out what it has, asks for everything from where it stopped, at its own pace after an outage, and waits longer and
/// longer while it cannot. Where it stopped is what the engine has stored, so a restart needs no memory of its own; run it once the engine has recovered.
/// </summary>
/// <param name="options">What and from where.</param>
/// <param name="sink">Takes the samples.</param>
/// <param name="lastEventMs">Latest event time, Unix milliseconds, of a metric's series that have <see cref="PrometheusOptions.Labels"/>; null if there are none.</param>
/// <param name="time">Paces the pulls; the times asked for are Prometheus' own.</param>
/// <param name="logger">Hears when it begins and ceases to fail.</param>
public sealed class PrometheusSource(
    PrometheusOptions options, Func<IngestBatch, IngestOptions, CancellationToken, Task<IngestResult>> sink, Func<string, long?> lastEventMs, TimeProvider time,
    ILogger<PrometheusSource> logger) : ISource
{
    private static readonly TimeSpan DefaultStep = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DiscoveryInterval = TimeSpan.FromSeconds(5);

    private readonly SourceHealth _health = new(options.Id, time, logger);
    private readonly Random _random = new(BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(options.Url.AbsoluteUri))));
    private readonly SeriesSelector[] _selectors = options.Match.Count == 0 ? [SeriesSelector.All] : [.. options.Match.Select(SeriesSelector.Parse)];

    private PullSchedule? _schedule;
    private long _discoveredMs;
    private int _leftOut;
    private int _failures;
    private long _skipped;

    public SourceStatus Status => _health.Status;

    public async Task RunAsync(CancellationToken cancel)
    {
        using var http = new OutboundHttp(new() { AllowPrivate = true, MaxAnswerBytes = options.MaxAnswerBytes, Timeout = options.Timeout }, time);
        var api = new PrometheusApi(options, http);
        try
        {
            while (true)
            {
                long begin = time.GetTimestamp();
                TimeSpan? pause = await TryAsync(api, cancel);
                TimeSpan wait = pause ?? options.Interval - time.GetElapsedTime(begin);
                if (wait > TimeSpan.Zero) await Task.Delay(wait, time, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            _health.Off();
        }
    }

    /// <summary>One pull; how long to pause if it failed, null if not.</summary>
    private async Task<TimeSpan?> TryAsync(PrometheusApi api, CancellationToken cancel)
    {
        try
        {
            await PullAsync(api, cancel);
            _failures = 0;
            return null;
        }
        catch (Exception failure) when (failure is OutboundException or PrometheusException or FormatException)
        {
            _health.Failed($"{options.Url.Host}:{options.Url.Port}: {failure.Message}");
            return Pause((failure as PrometheusException)?.RetryAfter);
        }
    }

    private async Task PullAsync(PrometheusApi api, CancellationToken cancel)
    {
        long nowMs = await api.TimeAsync(cancel);
        if (_schedule is null || _schedule.Count == 0 || Math.Abs(nowMs - _discoveredMs) >= DiscoveryInterval.TotalMilliseconds) _schedule = await DiscoverAsync(api, nowMs, cancel);
        PullSchedule schedule = _schedule;

        // A scrape is stored once it has ended, under the time it began.
        long settledMs = nowMs - (long)Math.Clamp(schedule.Step.TotalMilliseconds / 2, 1_000, 10_000);
        do
        {
            // One request a metric at a time: its samples reach the engine in order.
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancel };
            await Parallel.ForEachAsync(schedule.Next(settledMs, nowMs), parallel, async (request, stop) => await FetchAsync(api, schedule, request, nowMs, stop));
            _health.Ok(Describe(schedule));
        }
        while (schedule.Next(settledMs, nowMs).Count > 0);
    }

    private async Task<PullSchedule> DiscoverAsync(PrometheusApi api, long nowMs, CancellationToken cancel)
    {
        var selectorsOf = new Dictionary<string, List<SeriesSelector>>(StringComparer.Ordinal);
        foreach (SeriesSelector selector in _selectors)
        {
            foreach (string name in await api.NamesAsync(selector, nowMs, cancel))
            {
                if (selectorsOf.TryGetValue(name, out List<SeriesSelector>? known)) known.Add(selector);
                else selectorsOf[name] = [selector];
            }
        }

        List<Pull> pulls = new PullPlan(selectorsOf.Keys, await api.TypesAsync(cancel), options.Metrics).Make();
        _leftOut = Math.Max(0, pulls.Count - options.MaxMetrics);
        PullSchedule schedule = _schedule is { Count: > 0 } ? _schedule : await BeginAsync(api, cancel);
        schedule.Update([.. pulls.Take(options.MaxMetrics).Select(pull => (pull, SelectorsOf(pull)))], nowMs);
        _discoveredMs = nowMs;
        return schedule;

        IReadOnlyList<SeriesSelector> SelectorsOf(Pull pull) => pull.Kind switch
        {
            PullKind.Quantile => selectorsOf[$"{pull.Source}_bucket"],
            PullKind.Mean => selectorsOf[$"{pull.Source}_sum"],
            _ => selectorsOf[pull.Source],
        };
    }

    /// <summary>
    /// The step is the interval most targets are scraped at. Growth needs two samples: the window is four steps, and wide enough for slower targets up to two
    /// minutes.
    /// </summary>
    private async Task<PullSchedule> BeginAsync(PrometheusApi api, CancellationToken cancel)
    {
        List<TimeSpan> intervals = await api.ScrapeIntervalsAsync(cancel);
        TimeSpan usual = intervals.GroupBy(interval => interval).OrderByDescending(same => same.Count()).ThenBy(same => same.Key).Select(same => same.Key).FirstOrDefault(DefaultStep);
        TimeSpan step = options.Step ?? usual;
        TimeSpan slowest = intervals.Where(interval => interval <= TimeSpan.FromMinutes(2)).DefaultIfEmpty(step).Max();
        return new(step, window: TimeSpan.FromTicks(Math.Max(4 * step.Ticks, slowest.Ticks * 5 / 2)), options.MaxCatchUp, lastEventMs);
    }

    private async Task FetchAsync(PrometheusApi api, PullSchedule schedule, PullRequest request, long nowMs, CancellationToken cancel)
    {
        try
        {
            ReadOnlyMemory<byte> body = await api.RangeAsync(request.Query, request.StartMs, request.EndMs, schedule.Step, cancel);
            var batch = new IngestBatch(options.Tenant);
            RangeAnswer answer = PrometheusDecoder.Range(body.Span, batch, request.Metric, options.Labels);
            Interlocked.Add(ref _skipped, answer.Skipped);
            if (batch.RecordCount > 0) await StoreAsync(batch);
            schedule.Took(request);
        }
        catch (PrometheusException refusal) when (refusal.OfQuery)
        {
            PullSchedule.Refused(request, refusal.Message, nowMs);
        }
    }

    /// <summary>Not to be cancelled: a batch that was stored without our knowing would be stored again.</summary>
    private async Task StoreAsync(IngestBatch batch)
    {
        IngestResult result = await sink(batch, IngestOptions.Live, CancellationToken.None);
        if (result.Outcome is not (IngestOutcome.Stored or IngestOutcome.NothingAccepted))
            throw new PrometheusException(SourceHealth.Refusal(result)) { RetryAfter = result.RetryAfter };
    }

    private TimeSpan Pause(TimeSpan? asked)
    {
        double seconds = Math.Min(LongestPause.TotalSeconds, Math.Pow(2, Math.Min(_failures++, 10)));
        TimeSpan pause = TimeSpan.FromSeconds(seconds * (0.5 + _random.NextDouble() / 2));
        return asked > pause ? asked.Value : pause;
    }

    private string Describe(PullSchedule schedule)
    {
        var text = new StringBuilder($"{schedule.Count} metrics every {options.Interval.TotalSeconds:0.###} s in steps of {schedule.Step.TotalSeconds:0.###} s");
        if (Interlocked.Read(ref _skipped) is > 0 and var skipped) text.Append($"; {skipped} values that are no numbers skipped");
        if (_leftOut > 0) text.Append($"; {_leftOut} metrics beyond the limit left out");
        PullState[] troubled = [.. schedule.Troubled];
        if (troubled.Length > 0) text.Append($"; {troubled.Length} refused, {troubled[0].Pull.Metric}: {troubled[0].Trouble}");
        return text.ToString();
    }
}
