using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Oddity.Server.Api;
using Oddity.Server.Api.Figures;
using Oddity.Server.Configuration;

namespace Oddity.Server.Tests;

public sealed partial class ApiMetricsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "", null, false)]
    [InlineData("*/*", "", null, false)]
    [InlineData("text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "", null, false)]
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "", "smart-infra", false)]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "", null, false)]
    [InlineData("application/json", "", null, true)]
    [InlineData("application/json, text/plain, */*", "", null, false)]
    [InlineData("*/*", "?format=json", null, true)]
    [InlineData("*/*", "?minutes=5", null, true)]
    [InlineData("*/*", "?format=prometheus&minutes=5", "smart-infra", false)]
    [InlineData("*/*", "", "smart-infra", true)]
    [InlineData(null, "", "smart-infra", true)]
    public async Task Metrics_are_exposition_or_json_as_the_client_asks(string? accept, string query, string? profile, bool json)
    {
        await using ApiServer server = await ApiServer.StartAsync(new HttpOptions { CompatProfile = profile });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics" + query);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        using HttpResponseMessage answer = await server.Http.SendAsync(request, Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(json ? "application/json" : "text/plain");
        string text = await answer.Content.ReadAsStringAsync(Cancel);
        if (json) JsonDocument.Parse(text).RootElement.GetProperty("minutes").GetInt32().ShouldBeGreaterThan(0);
        else text.ShouldContain("# TYPE anomaly_events_total counter");
    }

    [Fact]
    public async Task What_came_in_is_counted_and_every_line_is_well_formed()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        await ApiSeriesTests.SendAsync(server, """[{"metric":"a","value":1},{"metric":"b","value":2}]""");
        string text = await server.Http.GetStringAsync("/metrics", Cancel);
        Value(text, "metrics_processed_total").ShouldBeGreaterThanOrEqualTo(2);
        Value(text, "oddity_series").ShouldBeGreaterThanOrEqualTo(0);
        Value(text, "oddity_uptime_seconds").ShouldBeGreaterThan(0);
        Value(text, "process_resident_memory_bytes").ShouldBeGreaterThan(1e6);
        text.ShouldContain("http_request_duration_seconds_bucket{le=\"+Inf\",method=\"POST\",route=\"/events/raw\",status=\"200\"}");
        text.ShouldEndWith("\n");
        foreach (string line in text.TrimEnd('\n').Split('\n')) WellFormed().IsMatch(line).ShouldBeTrue(line);
        string[] types = [.. text.Split('\n').Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2])];
        types.ShouldBe(types.Distinct());
    }

    [Fact]
    public void Labels_help_and_names_are_escaped_and_buckets_add_up()
    {
        using var telemetry = new Telemetry();
        using var meter = new Meter(Telemetry.MeterName);
        Counter<long> counter = meter.CreateCounter<long>("test.odd-name", null, "back\\slash\nline");
        counter.Add(2, new KeyValuePair<string, object?>("path", "a\"b\\c\nd"));
        Histogram<double> histogram = meter.CreateHistogram("test_seconds", null, null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2] });
        foreach (double value in new[] { 0.5, 1, 1.5, 99 }) histogram.Record(value);
        meter.CreateObservableGauge("test_gauge", () => double.PositiveInfinity);

        var text = new StringBuilder();
        foreach (MetricFamily family in telemetry.Read().Where(family => family.Name.StartsWith("test", StringComparison.Ordinal))) Exposition.Write(text, family);
        text.ToString().ShouldBe("""
            # HELP test_odd_name back\\slash\nline
            # TYPE test_odd_name counter
            test_odd_name{path="a\"b\\c\nd"} 2
            # TYPE test_gauge gauge
            test_gauge +Inf
            # TYPE test_seconds histogram
            test_seconds_bucket{le="1"} 2
            test_seconds_bucket{le="2"} 3
            test_seconds_bucket{le="+Inf"} 4
            test_seconds_sum 102
            test_seconds_count 4

            """);
    }

    [Fact]
    public void Labels_without_end_are_counted_together()
    {
        using var telemetry = new Telemetry();
        using var meter = new Meter(Telemetry.MeterName);
        Counter<long> counter = meter.CreateCounter<long>("test_endless_total");
        for (int i = 0; i < 1500; i++) counter.Add(1, new KeyValuePair<string, object?>("id", i));
        MetricFamily family = telemetry.Read().Single(each => each.Name == "test_endless_total");
        family.Cells.Count().ShouldBe(1001);
        family.Cells.Sum(cell => cell.Value.Sum).ShouldBe(1500);
    }

    private static double Value(string text, string name) =>
        double.Parse(text.Split('\n').First(line => line.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);

    [GeneratedRegex("""^(# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .*|[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\[\\n"])*",?)+\})? ([+-]Inf|NaN|-?[0-9.]+(E[+-]?[0-9]+)?))$""")]
    private static partial Regex WellFormed();
}
