using System.Globalization;

namespace Oddity.Connectors.Tests;

/// <summary>
/// A Prometheus of one's own making: gauges whose value at a time is that time in seconds, scraped every 15 s since ever. Its clock is the real one,
/// moved by an offset. What a test sets breaks it.
/// </summary>
internal sealed class FakePrometheus
{
    /// <summary>Names it has.</summary>
    public List<string> Names { get; } = ["a", "b"];

    /// <summary>Answers instead, where it returns one.</summary>
    public Func<FakeServer.Request, FakeServer.Answer?> Break { get; set; } = _ => null;

    /// <summary>How far its clock is off.</summary>
    public TimeSpan ClockOffset { get; set; }

    /// <summary>Its clock, Unix milliseconds.</summary>
    public long NowMs => (TimeProvider.System.GetUtcNow() + ClockOffset).ToUnixTimeMilliseconds();

    public FakeServer.Answer Handle(FakeServer.Request request) => Break(request) ?? request.Path switch
    {
        "/api/v1/query" => Success($"{{\"resultType\":\"scalar\",\"result\":[{Seconds(NowMs)},\"{Seconds(NowMs)}\"]}}"),
        "/api/v1/label/__name__/values" => Success($"[{string.Join(',', Names.Select(name => $"\"{name}\""))}]"),
        "/api/v1/metadata" => Success("{}"),
        "/api/v1/targets" => Success("{\"activeTargets\":[{\"scrapeInterval\":\"15s\"}]}"),
        "/api/v1/query_range" => Success(Range(request)),
        _ => new(404, "404 page not found") { ContentType = "text/plain" },
    };

    public static FakeServer.Answer Error(int status, string type, string message) => new(status, $"{{\"status\":\"error\",\"errorType\":\"{type}\",\"error\":\"{message}\"}}");

    private static FakeServer.Answer Success(string data) => new(200, $"{{\"status\":\"success\",\"data\":{data}}}");

    private string Range(FakeServer.Request request)
    {
        string query = request.Values("query").Single();
        (long start, long end, long step) = (Number(request, "start"), Number(request, "end"), Number(request, "step"));
        string values = string.Join(',', Enumerable.Range(0, (int)((end - start) / step) + 1).Select(i => $"[{start + i * step},\"{start + i * step}\"]"));
        IEnumerable<string> asked = Names.Where(name => query.Contains($"\"{name}\"") || query.Contains($"|{name}") || query.Contains($"{name}|"));
        return $"{{\"resultType\":\"matrix\",\"result\":[{string.Join(',', asked.Select(name => $"{{\"metric\":{{\"__name__\":\"{name}\"}},\"values\":[{values}]}}"))}]}}";
    }

    private static long Number(FakeServer.Request request, string name) => (long)double.Parse(request.Values(name).Single(), CultureInfo.InvariantCulture);

    private static string Seconds(long milliseconds) => (milliseconds / 1000m).ToString(CultureInfo.InvariantCulture);
}
