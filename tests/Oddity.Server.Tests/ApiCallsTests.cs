using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Oddity.Engine.Calls;

namespace Oddity.Server.Tests;

/// <summary>API calls over HTTP: registered, posted, shown as figures.</summary>
public sealed class ApiCallsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_are_figures_at_once_and_series_once_their_minute_is_over()
    {
        var time = new ManualTime();
        await using ApiServer server = await ApiServer.StartAsync(time: time);
        using HttpResponseMessage registered = await server.PostAsync("/api/v1/apis/register", """{"name":"Payments","url":"https://pay.example","description":"cards"}""");
        registered.StatusCode.ShouldBe(HttpStatusCode.Created);
        string id = JsonDocument.Parse(await registered.Content.ReadAsStringAsync(Cancel)).RootElement.GetProperty("id").GetString()!;
        Guid.TryParse(id, out _).ShouldBeTrue();
        StringBuilder lines = new();
        for (int i = 0; i < 100; i++)
            lines.AppendLine($$"""{"api_id":"{{id}}","endpoint":"/cards/{{i}}","method":"get","latency_ms":{{i + 1}},"status_code":{{(i % 4 == 0 ? 500 : 200)}},"response_size":10,"timestamp":"2026-01-01T00:00:00Z"}""");
        (await (await server.PostAsync("/api/v1/metrics/ingest", lines.ToString())).JsonAsync()).GetProperty("accepted").GetInt32().ShouldBe(100);

        JsonElement summary = await server.GetAsync("/api/v1/metrics/summary");
        summary.GetProperty("total").GetProperty("requests").GetInt32().ShouldBe(100);
        JsonElement api = summary.GetProperty("apis")[0];
        api.GetProperty("name").GetString().ShouldBe("Payments");
        api.GetProperty("figures").GetProperty("error_rate").GetDouble().ShouldBe(0.25);
        api.GetProperty("figures").GetProperty("success_rate").GetDouble().ShouldBe(0.75);

        time.Advance(TimeSpan.FromMinutes(2));
        await server.Service<CallCloser>().CloseAsync(Cancel);
        await server.SettleAsync();
        (await server.GetAsync($"/api/v1/samples?series=api_error_rate%7Bapi_id%3D%22{id}%22%7D&start=2026-01-01&end=2026-01-02")).GetProperty("samples")[0][1].GetDouble().ShouldBe(0.25);
        JsonElement performance = await server.GetAsync($"/api/v1/analytics/performance?api_id={id}&granularity=1m");
        JsonElement step = performance.GetProperty("data").EnumerateArray().Single();
        step.GetProperty("time").GetString().ShouldBe("2026-01-01T00:00:00.000Z");
        step.GetProperty("figures").GetProperty("latency_p95_ms").GetDouble().ShouldBe(95, 0.8);
        performance.GetProperty("endpoints").EnumerateArray().Single().GetProperty("endpoint").GetString().ShouldBe("GET /cards/:id");
        (await server.GetAsync("/v1/metrics/summary?window=30m")).GetProperty("total").GetProperty("requests").GetInt32().ShouldBe(100);
    }

    [Fact]
    public async Task An_API_is_registered_once_listed_edited_and_taken_out()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage first = await server.PostAsync("/v1/apis/register", """{"name":"B","url":"http://b.example"}""");
        using HttpResponseMessage again = await server.PostAsync("/v1/apis/register", """{"name":"B","url":"http://b.example","probe":{"interval_seconds":30}}""");
        await server.PostAsync("/v1/apis/register", """{"name":"A","id":"own-id"}""");
        JsonElement listed = (await server.GetAsync("/api/v1/apis")).GetProperty("data");
        listed.EnumerateArray().Select(api => api.GetProperty("name").GetString()).ShouldBe(["A", "B"]);
        listed[1].GetProperty("probe").GetProperty("interval_seconds").GetInt32().ShouldBe(30);
        using HttpResponseMessage edited = await server.Http.PutAsync("/api/v1/apis/own-id", ApiServer.Content("{\"name\":\"C\"}"u8.ToArray()), Cancel);
        edited.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await server.GetAsync("/api/v1/apis/own-id")).GetProperty("name").GetString().ShouldBe("C");
        (await server.Http.DeleteAsync("/api/v1/apis/own-id", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await server.Http.DeleteAsync("/api/v1/apis/own-id", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await server.Http.PutAsync("/api/v1/apis/own-id", ApiServer.Content("{\"name\":\"C\"}"u8.ToArray()), Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Anomalies_are_counted_over_time()
    {
        await using ApiServer server = await ApiServer.StartAsync(time: new ManualTime());
        foreach (string severity in new[] { "high", "high", "low" })
            await server.PostAsync("/anomaly", $$"""{"metric":"m{{severity}}","value":{{severity.Length}},"timestamp":"2025-12-31T12:00:00Z","severity":"{{severity}}"}""");
        await server.PostAsync("/anomaly", """{"metric":"m","value":1,"timestamp":"2025-12-23T12:00:00Z","severity":"high"}""");
        JsonElement trends = await server.GetAsync("/api/v1/analytics/anomaly-trends?period=7d");
        trends.GetProperty("total").GetInt32().ShouldBe(2);
        trends.GetProperty("previous").GetInt32().ShouldBe(1);
        trends.GetProperty("change_percent").GetDouble().ShouldBe(100);
        trends.GetProperty("data").GetArrayLength().ShouldBe(7);
        JsonElement day = trends.GetProperty("data").EnumerateArray().Single(step => step.GetProperty("total").GetInt32() > 0);
        (day.GetProperty("high").GetInt32(), day.GetProperty("low").GetInt32()).ShouldBe((1, 1));
    }

    [Theory]
    [InlineData("/api/v1/metrics/summary?window=x")]
    [InlineData("/api/v1/metrics/summary?window=0m")]
    [InlineData("/api/v1/metrics/summary?window=-1h")]
    [InlineData("/api/v1/metrics/summary?window=99999999999h")]
    [InlineData("/api/v1/metrics/summary?window=1y")]
    [InlineData("/api/v1/metrics/summary?window=%00")]
    [InlineData("/api/v1/analytics/performance")]
    [InlineData("/api/v1/analytics/performance?api_id=")]
    [InlineData("/api/v1/analytics/performance?api_id=a&granularity=1")]
    [InlineData("/api/v1/analytics/performance?api_id=a&granularity=1s")]
    [InlineData("/api/v1/analytics/performance?api_id=a&granularity=1m&start=2020-01-01")]
    [InlineData("/api/v1/analytics/performance?api_id=a&start=soon")]
    [InlineData("/api/v1/analytics/performance?api_id=a&end=later")]
    [InlineData("/api/v1/analytics/performance?api_id=a&start=2026-01-02&end=2026-01-01T00:00:00Z")]
    [InlineData("/api/v1/analytics/anomaly-trends?period=week")]
    [InlineData("/api/v1/analytics/anomaly-trends?period=2147483648d")]
    [InlineData("/api/v1/analytics/anomaly-trends?period=300d&granularity=1m")]
    public async Task A_wrong_question_is_a_400(string path)
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage answer = await server.Http.GetAsync(path, Cancel);
        (await answer.ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("bad_parameter");
    }

    [Fact]
    public async Task What_cannot_be_registered_is_said_and_the_next_good_one_is_taken()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        string[] bodies =
        [
            "", " ", "null", "[]", "7", "\"x\"", "{", "}", "{}", "{\"name\":}", "\u0000", "{\"name\":\"\"}", "{\"name\":null}", "{\"name\":7}", "{\"name\":[]}", "{\"name\":{}}",
            "{\"name\":\"a\\u0000\"}", "{\"name\":\"\\ud800\"}", "{\"url\":\"http://x\"}", "{\"name\":\"a\",\"url\":7}", "{\"name\":\"a\",\"url\":\"x\"}", "{\"name\":\"a\",\"url\":\"/x\"}",
            "{\"name\":\"a\",\"url\":\"ftp://x\"}", "{\"name\":\"a\",\"url\":\"file:///etc/passwd\"}", "{\"name\":\"a\",\"url\":\"http://u:p@x/\"}", "{\"name\":\"a\",\"url\":\"javascript:1\"}",
            "{\"name\":\"a\",\"url\":\"http://\"}", "{\"name\":\"a\",\"id\":\"a b\"}", "{\"name\":\"a\",\"id\":\"../x\"}", "{\"name\":\"a\",\"id\":7}", "{\"name\":\"a\",\"id\":\"é\"}",
            "{\"name\":\"a\",\"description\":7}", "{\"name\":\"a\",\"probe\":true}", "{\"name\":\"a\",\"probe\":7}", "{\"name\":\"a\",\"probe\":[]}", "{\"name\":\"a\",\"probe\":{}}",
            "{\"name\":\"a\",\"url\":\"http://x\",\"probe\":{\"interval_seconds\":0}}", "{\"name\":\"a\",\"url\":\"http://x\",\"probe\":{\"interval_seconds\":1e9}}",
            "{\"name\":\"a\",\"url\":\"http://x\",\"probe\":{\"interval_seconds\":\"60\"}}", "{\"name\":\"a\",\"url\":\"http://x\",\"probe\":{\"timeout_ms\":-1}}",
            "{\"name\":\"a\",\"url\":\"http://x\",\"probe\":{\"timeout_ms\":99999}}", "{\"name\":\"a\",\"url\":\"http://x\",\"probe\":{\"expected_status\":99}}",
            "{\"name\":\"a\",\"url\":\"http://x\",\"probe\":{\"expected_status\":200.5}}", "{\"name\":\"a\"}{\"name\":\"b\"}", "{\"name\":\"a\",}", "[{\"name\":\"a\"}]",
            "{\"name\":\"" + new string('x', 257) + "\"}", "{\"name\":\"a\",\"url\":\"http://x/" + new string('x', 2100) + "\"}", "{\"name\":\"a\",\"id\":\"" + new string('x', 65) + "\"}",
            "{\"name\":\"a\",\"description\":\"" + new string('x', 5000) + "\"}", string.Concat(Enumerable.Repeat("{\"a\":", 50)), new string('[', 1000), "\xff\xfe", "<xml/>", "name=a",
        ];
        foreach (string body in bodies)
        {
            using HttpResponseMessage refused = await server.PostAsync("/api/v1/apis/register", body);
            (await refused.ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("bad_body", body);
        }

        using HttpResponseMessage large = await server.PostAsync("/api/v1/apis/register", new string(' ', 70_000));
        large.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await server.GetAsync("/api/v1/apis")).GetProperty("data").GetArrayLength().ShouldBe(0);
        using HttpResponseMessage good = await server.PostAsync("/api/v1/apis/register", "{\"name\":\"a\"}");
        good.StatusCode.ShouldBe(HttpStatusCode.Created);
    }
}
