using System.Net;
using System.Text;
using System.Text.Json;

namespace Oddity.Server.Tests;

/// <summary>The calls that clients of the five systems make, as those systems document them, with authentication off.</summary>
public sealed class ApiSystemsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Argus_lists_metrics_and_anomalies_listens_and_resolves()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        string id = await ApiAnomalyTests.ReportAsync(server, "payment_success_rate", $"{TimeProvider.System.GetUtcNow():O}", "Medium");
        (await server.GetAsync("/api/metrics")).ValueKind.ShouldBe(JsonValueKind.Array);
        JsonElement anomaly = (await server.GetAsync("/api/anomalies"))[0];
        foreach (string field in new[] { "value", "score", "methods", "root_cause", "impact" }) anomaly.TryGetProperty(field, out _).ShouldBeTrue(field);
        anomaly.GetProperty("impact").GetString()!.ShouldStartWith("MEDIUM: ");
        using HttpResponseMessage resolved = await server.PostAsync($"/api/anomalies/{id}/resolve", "");
        (await resolved.JsonAsync()).GetProperty("status").GetString().ShouldBe("resolved");
    }

    [Fact]
    public async Task The_event_driven_system_is_scraped_and_read()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        await ApiAnomalyTests.ReportAsync(server, "cpu", $"{TimeProvider.System.GetUtcNow():O}");
        string text = await server.Http.GetStringAsync("/metrics", Cancel);
        text.ShouldContain("anomaly_events_total");
        text.ShouldContain("metrics_processed_total");
        JsonElement anomaly = (await server.GetAsync("/anomalies"))[0];
        foreach (string field in new[] { "id", "detected_at", "value", "method", "score", "context", "config" }) anomaly.TryGetProperty(field, out _).ShouldBeTrue(field);
        using HttpResponseMessage ui = await server.Http.GetAsync("/ui", Cancel);
        ui.StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task The_smart_infra_monitor_sends_predicts_logs_and_reads()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        string now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        string body = $$"""{"timestamp":"{{now}}","cpu":92.3,"memory":88.1,"disk":95.6}""";
        using HttpResponseMessage ingest = await server.PostAsync("/ingest", body, "application/json");
        (await ingest.JsonAsync()).GetProperty("accepted").GetInt32().ShouldBe(1);
        using HttpResponseMessage predict = await server.PostAsync("/predict", body, "application/json");
        (await predict.JsonAsync()).GetProperty("prediction").GetInt32().ShouldBe(-1);
        using HttpResponseMessage log = await server.PostAsync("/anomaly", body, "application/json");
        await log.JsonAsync();
        await server.SettleAsync();
        (await server.GetAsync("/metrics?format=json")).GetProperty("series").EnumerateArray().Select(series => series.GetProperty("series").GetString())
            .ShouldBe(["system_metrics_cpu", "system_metrics_disk", "system_metrics_memory"]);
        (await server.GetAsync("/anomalies")).EnumerateArray().Select(anomaly => anomaly.GetProperty("metric").GetString()).ShouldContain("system_metrics_cpu");
    }

    [Fact]
    public async Task Api_monitoring_is_healthy_takes_calls_and_filters()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        (await server.GetAsync("/api/health")).GetProperty("status").GetString().ShouldBe("healthy");
        using HttpResponseMessage call = await server.PostAsync(
            "/api/v1/metrics/ingest",
            $$"""{"api_id":"7d444840-9dc0-11d1-b245-5ffdce74fad2","timestamp":"{{TimeProvider.System.GetUtcNow():O}}","latency_ms":120,"status_code":200,"response_size":512}""",
            "application/json");
        (await call.JsonAsync()).GetProperty("accepted").GetInt32().ShouldBe(1);
        await ApiAnomalyTests.ReportAsync(server, "latency", "2024-01-02T23:30:00Z");
        (await server.GetAsync("/api/v1/anomalies?start_time=2024-01-01&end_time=2024-01-02&severity=HIGH")).GetProperty("data").GetArrayLength().ShouldBe(1);
        (await server.GetAsync("/api/v1/alerts?status=ACTIVE")).GetProperty("data").GetProperty("alerts").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task The_z_score_system_takes_events_and_files_and_shows_a_spike()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        (await server.GetAsync("/health")).GetProperty("queue_depth").ValueKind.ShouldBe(JsonValueKind.Number);
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        for (int i = 0; i < 11; i++)
        {
            // curl -d sends a form's content type when none is given.
            using HttpResponseMessage answer = await server.PostAsync(
                "/events/raw", $$"""{"timestamp": {{now}}, "metric": "test_metric", "value": {{(i < 10 ? 50 : 200)}}}""", "application/x-www-form-urlencoded");
            await answer.JsonAsync();
        }

        using var form = new MultipartFormDataContent { { new ByteArrayContent("metric,value,timestamp\ntemp,20.5,1234567890\n"u8.ToArray()), "file", "sample.csv" } };
        using HttpResponseMessage upload = await server.Http.PostAsync("/upload", form, Cancel);
        (await upload.JsonAsync()).GetProperty("accepted").GetInt32().ShouldBe(1);
        await server.SettleAsync();
        JsonElement anomalies = await server.GetAsync("/anomalies?limit=100");
        anomalies[0].GetProperty("metric").GetString().ShouldBe("test_metric");
        anomalies[0].GetProperty("reason").GetString()!.ShouldContain("constant series broken");
        using HttpResponseMessage docs = await server.Http.GetAsync("/docs", Cancel);
        ((int)docs.StatusCode).ShouldBeInRange(200, 308);
    }
}
