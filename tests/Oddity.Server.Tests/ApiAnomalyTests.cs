using System.Net;
using System.Text.Json;

namespace Oddity.Server.Tests;

public sealed class ApiAnomalyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dates_mean_from_the_first_midnight_to_the_end_of_the_last_day_and_severities_are_any_case()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        await ReportAsync(server, "before", "2023-12-31T23:59:59.999Z", "high");
        await ReportAsync(server, "first", "2024-01-01T00:00:00Z", "high");
        await ReportAsync(server, "last", "2024-01-02T23:59:59.999Z", "HIGH");
        await ReportAsync(server, "low", "2024-01-02T12:00:00Z", "low");
        await ReportAsync(server, "after", "2024-01-03T00:00:00Z", "high");

        JsonElement page = await server.GetAsync("/api/v1/anomalies?start_time=2024-01-01&end_time=2024-01-02&severity=HIGH");
        Metrics(page.GetProperty("data")).ShouldBe(["last", "first"]);
        page.GetProperty("next_cursor").ValueKind.ShouldBe(JsonValueKind.Null);
        Metrics((await server.GetAsync("/api/v1/anomalies?start_time=2024-01-01&end_time=2024-01-02&severity=High,lOw")).GetProperty("data")).ShouldBe(["last", "low", "first"]);
        Metrics((await server.GetAsync("/api/v1/anomalies?start_time=1704067200&end_time=2024-01-01T00:00:00.001")).GetProperty("data")).ShouldBe(["first"]);
    }

    [Fact]
    public async Task A_bare_list_without_limit_or_time_is_of_the_last_thirty_hours()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        await ReportAsync(server, "old", $"{now.AddHours(-31):O}");
        await ReportAsync(server, "young", $"{now.AddHours(-29):O}");
        foreach (string path in new[] { "/anomalies", "/api/anomalies" })
        {
            Metrics(await server.GetAsync(path)).ShouldBe(["young"]);
            Metrics(await server.GetAsync($"{path}?limit=100")).ShouldBe(["young", "old"]);
            Metrics(await server.GetAsync($"{path}?limit=1")).ShouldBe(["young"]);
            Metrics(await server.GetAsync($"{path}?end_time={now.AddHours(-30).ToUnixTimeSeconds()}")).ShouldBe(["old"]);
        }
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_repeat()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        for (int i = 0; i < 7; i++) await ReportAsync(server, $"m{i}", $"2026-01-01T00:00:0{i / 2}Z");
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            JsonElement page = await server.GetAsync($"/api/v1/anomalies?limit=3{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}");
            page.GetProperty("data").GetArrayLength().ShouldBeLessThanOrEqualTo(3);
            seen.AddRange(Metrics(page.GetProperty("data")));
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);
        seen.Count.ShouldBe(7);
        seen.Distinct().Count().ShouldBe(7);
        seen[0].ShouldBe("m6");
    }

    [Theory]
    [InlineData("severity=terrible", "severity")]
    [InlineData("status=gone", "status")]
    [InlineData("start_time=yesterday", "start_time")]
    [InlineData("end_time=2024-13-01", "end_time")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("ongoing=maybe", "ongoing")]
    [InlineData("cursor=abc", "cursor")]
    [InlineData("cursor=%00%ff", "cursor")]
    public async Task A_wrong_filter_is_a_400_that_names_it(string query, string name)
    {
        await using ApiServer server = await ApiServer.StartAsync();
        foreach (string path in new[] { "/api/v1/anomalies", "/anomalies" })
        {
            using HttpResponseMessage answer = await server.Http.GetAsync($"{path}?{query}", Cancel);
            JsonElement problem = await answer.JsonAsync(HttpStatusCode.BadRequest);
            problem.GetProperty("code").GetString().ShouldBe("bad_parameter");
            problem.GetProperty("detail").GetString()!.ShouldStartWith(name + ": ");
        }
    }

    [Fact]
    public async Task People_judge_an_anomaly_and_the_list_follows()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        string id = await ReportAsync(server, "cpu", "2026-01-01T00:00:00Z");
        foreach ((string verb, string status) in new[] { ("acknowledge", "acknowledged"), ("resolve", "resolved"), ("false-positive", "false_positive"), ("reopen", "open") })
        {
            using HttpResponseMessage answer = await server.PostAsync($"/api/v1/anomalies/{id}/{verb}", """{"note":"a deployment"}""");
            JsonElement anomaly = await answer.JsonAsync();
            anomaly.GetProperty("status").GetString().ShouldBe(status);
            anomaly.GetProperty("note").GetString().ShouldBe("a deployment");
            anomaly.GetProperty("status_by").GetString().ShouldBe("anonymous");
            (await server.GetAsync($"/api/v1/anomalies?status={status}")).GetProperty("data").GetArrayLength().ShouldBe(1);
            (await server.GetAsync($"/api/v1/anomalies/{id}")).GetProperty("status").GetString().ShouldBe(status);
        }

        (await server.GetAsync("/api/v1/anomalies?status=ACTIVE")).GetProperty("data").GetArrayLength().ShouldBe(1);
        using HttpResponseMessage alias = await server.PostAsync($"/api/anomalies/{id}/resolve", "");
        (await alias.JsonAsync()).GetProperty("status").GetString().ShouldBe("resolved");
    }

    [Fact]
    public async Task Feedback_marks_a_false_positive_and_takes_it_back()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        string id = await ReportAsync(server, "cpu", "2026-01-01T00:00:00Z");
        foreach ((string body, string status) in new[] { ("""{"false_positive":true,"note":"x"}""", "false_positive"), ("""{"false_positive":false}""", "open") })
        {
            using HttpResponseMessage answer = await server.PostAsync($"/api/v1/anomalies/{id}/feedback", body);
            (await answer.JsonAsync()).GetProperty("status").GetString().ShouldBe(status);
        }

        foreach (string body in new[] { "", "{}", "[]", """{"false_positive":"yes"}""", """{"false_positive":true,"note":7}""", "{", """{"note":"\ud800"}""" })
        {
            using HttpResponseMessage answer = await server.PostAsync($"/api/v1/anomalies/{id}/feedback", body);
            await answer.ProblemAsync(HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task An_anomaly_that_is_not_there_is_a_404()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage found = await server.Http.GetAsync("/api/v1/anomalies/00000000000000000000000000000000", Cancel);
        (await found.ProblemAsync(HttpStatusCode.NotFound)).ShouldBe("not_found");
        using HttpResponseMessage resolved = await server.PostAsync("/api/v1/anomalies/x/resolve", "");
        (await resolved.ProblemAsync(HttpStatusCode.NotFound)).ShouldBe("not_found");
    }

    [Fact]
    public async Task The_export_is_one_object_a_line_in_canonical_order()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        foreach (string metric in new[] { "b", "a", "c" }) await ReportAsync(server, metric, "2026-01-01T00:00:00Z");
        using HttpResponseMessage answer = await server.Http.GetAsync("/api/v1/anomalies/export", Cancel);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/x-ndjson");
        string text = await answer.Content.ReadAsStringAsync(Cancel);
        text.ShouldEndWith("\n");
        text.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("series").GetString()).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task An_anomaly_has_the_fields_of_all_the_systems_it_stands_in_for()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        for (int i = 0; i < 11; i++)
        {
            using HttpResponseMessage answer = await server.PostAsync("/events/raw", $$$"""{"metric":"cpu","value":{{{(i < 10 ? 50 : 200)}}},"meta":{"host":"a"}}""");
        }

        await server.SettleAsync();
        JsonElement anomaly = (await server.GetAsync("/anomalies"))[0];
        string[] fields =
        [
            "id", "series", "metric", "labels", "tenant", "detector", "method", "methods", "start", "end", "last_odd", "peak", "detected_at", "timestamp", "ongoing", "count", "value",
            "expected", "lower", "upper", "deviation", "score", "statistic", "term", "z_score", "severity", "status", "status_by", "status_at", "note", "explanation", "reason",
            "root_cause", "impact", "votes", "context", "config",
        ];
        anomaly.EnumerateObject().Select(property => property.Name).Order().ShouldBe(fields.Order());
        anomaly.GetProperty("series").GetString().ShouldBe("cpu{host=\"a\"}");
        anomaly.GetProperty("labels").GetProperty("host").GetString().ShouldBe("a");
        anomaly.GetProperty("ongoing").GetBoolean().ShouldBeTrue();
        anomaly.GetProperty("deviation").GetDouble().ShouldBe(150);
        anomaly.GetProperty("context").GetProperty("window")[0][1].GetDouble().ShouldBe(50);
        anomaly.GetProperty("impact").GetString()!.ShouldContain(": cpu is 150 above the expected 50");
        anomaly.GetProperty("explanation").GetString()!.ShouldStartWith(anomaly.GetProperty("root_cause").GetString()!);
        (await server.GetAsync("/api/v1/series")).GetProperty("data")[0].GetProperty("open_anomaly").GetString().ShouldBe(anomaly.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Alerts_come_in_the_envelope_of_prometheus()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        string id = await ReportAsync(server, "cpu", "2026-01-01T00:00:00Z", "critical");
        JsonElement answer = await server.GetAsync("/api/v1/alerts?status=ACTIVE");
        answer.GetProperty("status").GetString().ShouldBe("success");
        JsonElement alert = answer.GetProperty("data").GetProperty("alerts")[0];
        alert.GetProperty("labels").GetProperty("alertname").GetString().ShouldBe("Anomaly");
        alert.GetProperty("labels").GetProperty("severity").GetString().ShouldBe("critical");
        alert.GetProperty("activeAt").GetString().ShouldBe("2026-01-01T00:00:00.000Z");
        alert.GetProperty("status").GetString().ShouldBe("active");
        alert.GetProperty("anomaly").GetProperty("id").GetString().ShouldBe(id);
        (await server.GetAsync("/api/v1/alerts?status=resolved")).GetProperty("data").GetProperty("alerts").GetArrayLength().ShouldBe(0);
        using HttpResponseMessage wrong = await server.Http.GetAsync("/api/v1/alerts?status=gone", Cancel);
        await wrong.ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Logging_one_anomaly_takes_every_shape_and_only_one()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage wide = await server.PostAsync("/anomaly", """{"timestamp":"2026-01-01T00:00:00Z","cpu":92.3,"memory":88.1,"disk":95.6}""");
        JsonElement anomaly = await wide.JsonAsync();
        anomaly.GetProperty("series").GetString().ShouldBe("system_metrics");
        anomaly.GetProperty("value").GetDouble().ShouldBe(95.6);
        anomaly.GetProperty("detector").GetString().ShouldBe("manual");
        anomaly.GetProperty("explanation").GetString()!.ShouldContain("system_metrics_cpu = 92.3");
        anomaly.GetProperty("impact").GetString().ShouldBe("HIGH: system_metrics is odd.");

        using HttpResponseMessage again = await server.PostAsync(
            "/anomaly", """{"timestamp":"2026-01-01T00:00:00Z","cpu":92.3,"memory":88.1,"disk":95.6,"severity":"low","note":"again"}""");
        (await again.JsonAsync()).GetProperty("id").GetString().ShouldBe(anomaly.GetProperty("id").GetString());
        foreach (string body in new[] { """[{"metric":"a","value":1},{"metric":"a","value":2}]""", "[]", """{"metric":"a","value":1,"severity":"awful"}""" })
        {
            using HttpResponseMessage refused = await server.PostAsync("/anomaly", body);
            await refused.ProblemAsync(HttpStatusCode.BadRequest);
        }
    }

    internal static async Task<string> ReportAsync(ApiServer server, string metric, string time, string severity = "high")
    {
        using HttpResponseMessage answer = await server.PostAsync("/anomaly", $$"""{"metric":"{{metric}}","value":1,"timestamp":"{{time}}","severity":"{{severity}}","note":"seen"}""");
        return (await answer.JsonAsync()).GetProperty("id").GetString()!;
    }

    private static string[] Metrics(JsonElement anomalies) => [.. anomalies.EnumerateArray().Select(anomaly => anomaly.GetProperty("metric").GetString()!)];
}
