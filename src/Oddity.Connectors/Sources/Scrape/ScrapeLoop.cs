using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Oddity.Connectors.Outbound;
using Oddity.Engine;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Scrape;

/// <summary>Scrapes one target at its times: <c>up</c> and what a scrape cost are series too, and a failed scrape ends the target's series.</summary>
internal sealed class ScrapeLoop(ScrapeTarget target, OutboundHttp http, SemaphoreSlim atOnce, Pipeline pipeline, string tenant, TimeProvider time)
{
    private const string Accept = "application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

    private static readonly double s_stale = BitConverter.UInt64BitsToDouble(Batch.StaleMarker);

    private readonly ScrapedSeries _series = new(target, tenant);
    private readonly NamedSeries[] _own = [.. new[] { "up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling", "scrape_series_added" }
        .Select(name => new NamedSeries(SeriesKey.Create(tenant, name, target.Labels)))];

    public ScrapeTarget Target => target;

    /// <summary>Why the last scrape failed; null if it did not.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Scrapes that were stored, failed ones too: they say that the target is down.</summary>
    public long Stored { get; private set; }

    /// <summary>Whether there was a scrape yet.</summary>
    public bool Tried { get; private set; }

    /// <summary>Samples of the last scrape that were no numbers.</summary>
    public int Skipped => _series.Skipped;

    /// <summary>Scrapes until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        long intervalMs = Math.Max(1, (long)target.Interval.TotalMilliseconds);
        while (true)
        {
            long nowMs = NowMs(), nextMs = Next(nowMs, intervalMs, target.OffsetMs % intervalMs);
            await Task.Delay(TimeSpan.FromMilliseconds(nextMs - nowMs), time, cancel);
            nowMs = NowMs();

            // The time it was meant for, so that times are evenly spaced, unless it is far off.
            long atMs = Math.Abs(nowMs - nextMs) <= intervalMs / 10 ? nextMs : nowMs;
            await ScrapeAsync(atMs, cancel);
        }
    }

    /// <summary>Ends all series of the target, those about it too.</summary>
    public async Task EndAsync()
    {
        Batch batch = pipeline.BeginBatch(tenant, NamedSeries.Protocol, IngestOptions.Live);
        long nowMs = NowMs();
        _series.EndAll(nowMs, batch);
        if (Tried)
        {
            foreach (NamedSeries own in _own) own.AddTo(batch, nowMs, s_stale);
        }

        await pipeline.CommitAsync(batch, CancellationToken.None);
    }

    internal async Task ScrapeAsync(long atMs, CancellationToken cancel)
    {
        await atOnce.WaitAsync(cancel);
        try
        {
            long begin = time.GetTimestamp();
            (string? trouble, OutboundAnswer? answer) = await FetchAsync(cancel);
            Batch batch = Begin();
            if (answer is not null)
            {
                bool openMetrics = answer.ContentType?.Equals("application/openmetrics-text", StringComparison.OrdinalIgnoreCase) ?? false;
                trouble = _series.Take(answer.Body.Span, openMetrics, atMs, batch);
            }

            if (trouble is not null)
            {
                batch.Dispose();
                batch = Begin();
                _series.EndAll(atMs, batch);
            }

            double[] values = [trouble is null ? 1 : 0, time.GetElapsedTime(begin).TotalSeconds, _series.Scraped, _series.Kept, _series.Added];
            for (int i = 0; i < values.Length; i++) _own[i].AddTo(batch, atMs, values[i]);

            // Not to be cancelled: a batch that was stored without our knowing would be stored again.
            IngestResult result = await pipeline.CommitAsync(batch, CancellationToken.None);
            bool stored = result.Outcome == IngestOutcome.Stored;
            if (stored) Stored++;
            Trouble = trouble ?? (!stored ? SourceHealth.Refusal(result) : result.Rejected > 0 ? $"{result.Rejected} samples were refused: {result.Errors[0].Detail}" : null);
            Tried = true;
        }
        finally
        {
            atOnce.Release();
        }
    }

    /// <summary>The first time after now that stands so far after a multiple of the interval.</summary>
    internal static long Next(long nowMs, long intervalMs, long offsetMs) => nowMs + intervalMs - (((nowMs - offsetMs) % intervalMs + intervalMs) % intervalMs);

    private Batch Begin() => pipeline.BeginBatch(tenant, NamedSeries.Protocol, IngestOptions.Live);

    private async Task<(string? Trouble, OutboundAnswer? Answer)> FetchAsync(CancellationToken cancel)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, target.Url);
            request.Headers.TryAddWithoutValidation("Accept", Accept);
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
            request.Headers.TryAddWithoutValidation("User-Agent", "Oddity");
            request.Headers.TryAddWithoutValidation("X-Prometheus-Scrape-Timeout-Seconds", target.Timeout.TotalSeconds.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture));
            request.Headers.Authorization = Authorization();
            OutboundAnswer answer = await http.SendAsync(request, cancel);
            if (answer.Status != HttpStatusCode.OK) return ($"it answered {(int)answer.Status}", null);
            return answer.Truncated ? ($"the answer is longer than {target.Job.BodySizeLimit} bytes, the body_size_limit", null) : (null, answer);
        }
        catch (Exception failure) when (failure is IOException or FormatException)
        {
            return (failure.Message, null);
        }
    }

    private AuthenticationHeaderValue? Authorization()
    {
        if (target.Job.Login is { } login) return new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{login.Name}:{login.Password.Read()}")));
        return target.Job.Authorization is { } other ? new(other.Type, other.Credentials.Read()) : null;
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
