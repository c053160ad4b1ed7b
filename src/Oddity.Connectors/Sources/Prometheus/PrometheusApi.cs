using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Oddity.Connectors.Outbound;

namespace Oddity.Connectors.Sources.Prometheus;

/// <summary>The requests to Prometheus' HTTP API. Thread-safe.</summary>
internal sealed class PrometheusApi(PrometheusOptions options, OutboundHttp http)
{
    private readonly string _root = options.Url.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/api/v1/";
    private readonly AuthenticationHeaderValue? _authorization = Authorization(options);

    /// <summary>Its clock, Unix milliseconds.</summary>
    public async Task<long> TimeAsync(CancellationToken cancel) => PrometheusDecoder.Time(Success(await GetAsync("query?query=time()", cancel)).Body.Span);

    /// <summary>Names of metrics that had samples within the hour before.</summary>
    public async Task<List<string>> NamesAsync(SeriesSelector selector, long nowMs, CancellationToken cancel)
    {
        string match = selector.Text.Length == 0 ? "" : $"&match[]={Uri.EscapeDataString(selector.Text)}";
        return PrometheusDecoder.Names(Success(await GetAsync($"label/__name__/values?start={Seconds(nowMs - 3_600_000)}&end={Seconds(nowMs)}{match}", cancel)).Body.Span);
    }

    /// <summary>Types by metric; empty where the server has no metadata.</summary>
    public async Task<Dictionary<string, string>> TypesAsync(CancellationToken cancel)
    {
        OutboundAnswer answer = await GetAsync("metadata", cancel);
        return IsAbsent(answer) ? [] : PrometheusDecoder.Types(Success(answer).Body.Span);
    }

    /// <summary>The scrape interval of each target; empty where the server does not tell.</summary>
    public async Task<List<TimeSpan>> ScrapeIntervalsAsync(CancellationToken cancel)
    {
        OutboundAnswer answer = await GetAsync("targets?state=active", cancel);
        return IsAbsent(answer) ? [] : PrometheusDecoder.ScrapeIntervals(Success(answer).Body.Span);
    }

    /// <summary>The answer to a query over a range, both ends included.</summary>
    public async Task<ReadOnlyMemory<byte>> RangeAsync(string query, long startMs, long endMs, TimeSpan step, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _root + "query_range")
        {
            Content = new FormUrlEncodedContent(
            [
                new("query", query), new("start", Seconds(startMs)), new("end", Seconds(endMs)), new("step", Seconds((long)step.TotalMilliseconds)),
            ]),
        };
        return Success(await SendAsync(request, cancel)).Body;
    }

    private async Task<OutboundAnswer> GetAsync(string path, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _root + path);
        return await SendAsync(request, cancel);
    }

    private Task<OutboundAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        request.Headers.Authorization = _authorization;
        return http.SendAsync(request, cancel);
    }

    private static OutboundAnswer Success(OutboundAnswer answer)
    {
        if (answer.Success && !answer.Truncated) return answer;
        if (answer.Success) throw new PrometheusException("the answer is too large") { OfQuery = true };
        string? reason = PrometheusDecoder.Error(answer.Body.Span);
        string said = reason is null ? "" : $": {Brief(reason)}";
        throw new PrometheusException(answer.Status switch
        {
            HttpStatusCode.Unauthorized => "it wants credentials",
            HttpStatusCode.Forbidden => "the credentials do not allow this",
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => "it leads elsewhere; set the final address",
            HttpStatusCode.NotFound when reason is null => "there is no Prometheus API at this address",
            _ => $"it answered {(int)answer.Status}{said}",
        })
        {
            // 400 and 422 are about the query; so is 503 when Prometheus itself says that it took too long.
            OfQuery = answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity || (answer.Status == HttpStatusCode.ServiceUnavailable && reason is not null),
            RetryAfter = answer.RetryAfter,
        };
    }

    private static bool IsAbsent(OutboundAnswer answer) => answer.Status is HttpStatusCode.NotFound or HttpStatusCode.BadRequest or HttpStatusCode.NotImplemented or HttpStatusCode.Forbidden;

    private static AuthenticationHeaderValue? Authorization(PrometheusOptions options)
    {
        if (!string.IsNullOrEmpty(options.BearerToken)) return new("Bearer", options.BearerToken);
        return options.Login is { } login ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{login.Name}:{login.Password}"))) : null;
    }

    private static string Seconds(long milliseconds) => (milliseconds / 1000m).ToString(CultureInfo.InvariantCulture);

    private static string Brief(string text) => string.Concat((text.Length > 160 ? text[..160] : text).Select(c => char.IsControl(c) ? ' ' : c));
}
