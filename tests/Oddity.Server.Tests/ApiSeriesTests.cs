using System.Net;
using System.Text;
using System.Text.Json;

namespace Oddity.Server.Tests;

public sealed class ApiSeriesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Series_come_in_pages_and_are_searched_in_any_case()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        await SendAsync(server, string.Join('\n', Enumerable.Range(0, 25).Select(i => $$$"""{"metric":"m{{{i:D2}}}","value":{{{i}}},"meta":{"host":"A"}}""")));
        var seen = new List<string>();
        string? after = null;
        do
        {
            JsonElement page = await server.GetAsync($"/api/v1/series?limit=10{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}");
            page.GetProperty("total").GetInt32().ShouldBe(25);
            seen.AddRange(page.GetProperty("data").EnumerateArray().Select(series => series.GetProperty("metric").GetString()!));
            after = page.GetProperty("next_cursor").GetString();
        }
        while (after is not null);
        seen.ShouldBe(Enumerable.Range(0, 25).Select(i => $"m{i:D2}"));

        JsonElement found = (await server.GetAsync("/api/v1/series?search=M07")).GetProperty("data");
        found.GetArrayLength().ShouldBe(1);
        found[0].GetProperty("series").GetString().ShouldBe("m07{host=\"A\"}");
        found[0].GetProperty("labels").GetProperty("host").GetString().ShouldBe("A");
        found[0].GetProperty("last_value").GetDouble().ShouldBe(7);
        found[0].GetProperty("samples").GetInt64().ShouldBe(1);
        found[0].GetProperty("detector").GetString().ShouldBe("zscore");
        (await server.GetAsync("/api/metrics")).GetArrayLength().ShouldBe(25);
    }

    [Fact]
    public async Task Samples_come_back_as_they_went_in_equal_times_included()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        await SendAsync(server, """
            [{"metric":"cpu","value":1.5,"timestamp":"2026-01-01T00:00:00.250Z","meta":{"host":"a"}},
             {"metric":"cpu","value":-0.1,"timestamp":"2026-01-01T00:00:00.250Z","meta":{"host":"a"}},
             {"metric":"cpu","value":1.7976931348623157E308,"timestamp":"2026-01-01T00:00:01Z","meta":{"host":"a"}}]
            """, "?backfill=true");
        foreach (string series in new[] { "cpu", "cpu{host=\"a\"}", "cpu{ host = \"a\" }" })
        {
            JsonElement body = await server.GetAsync($"/api/v1/samples?series={Uri.EscapeDataString(series)}&start=2026-01-01&end=2026-01-01");
            body.GetProperty("series").GetString().ShouldBe("cpu{host=\"a\"}");
            body.GetProperty("samples").ToString().ShouldBe("[[1767225600.25,1.5],[1767225600.25,-0.1],[1767225601,1.7976931348623157E+308]]");
            body.GetProperty("truncated").GetBoolean().ShouldBeFalse();
            body.GetProperty("downsampled").GetBoolean().ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Samples_are_limited_to_the_newest_thinned_and_banded()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        var body = new StringBuilder();
        for (int i = 0; i < 2000; i++) body.Append($$"""{"metric":"s","value":{{(i == 777 ? 1000 : i % 7)}},"timestamp":{{1_767_225_600 + i}}}""").Append('\n');
        await SendAsync(server, body.ToString(), "?backfill=true");

        JsonElement limited = await server.GetAsync("/api/v1/samples?series=s&start=2026-01-01&limit=3");
        limited.GetProperty("truncated").GetBoolean().ShouldBeTrue();
        limited.GetProperty("samples").EnumerateArray().Select(sample => sample[0].GetDouble()).ShouldBe([1_767_227_597, 1_767_227_598, 1_767_227_599]);

        JsonElement thinned = await server.GetAsync("/api/v1/samples?series=s&start=2026-01-01&max_points=100&band=true");
        thinned.GetProperty("downsampled").GetBoolean().ShouldBeTrue();
        thinned.GetProperty("samples").GetArrayLength().ShouldBeInRange(50, 100);
        thinned.GetProperty("samples").EnumerateArray().Max(sample => sample[1].GetDouble()).ShouldBe(1000);
        thinned.GetProperty("band").GetArrayLength().ShouldBe(thinned.GetProperty("samples").GetArrayLength());
        thinned.GetProperty("band").EnumerateArray().Last().GetArrayLength().ShouldBe(4);
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("series={", HttpStatusCode.BadRequest)]
    [InlineData("series=absent", HttpStatusCode.NotFound)]
    [InlineData("series=two", HttpStatusCode.BadRequest)]
    [InlineData("series=one&start=never", HttpStatusCode.BadRequest)]
    [InlineData("series=one&limit=-1", HttpStatusCode.BadRequest)]
    [InlineData("series=one&max_points=3", HttpStatusCode.BadRequest)]
    [InlineData("series=one&band=perhaps", HttpStatusCode.BadRequest)]
    public async Task Wrong_questions_for_samples_are_explained(string query, HttpStatusCode status)
    {
        await using ApiServer server = await ApiServer.StartAsync();
        await SendAsync(server, """[{"metric":"one","value":1},{"metric":"two","value":1,"meta":{"a":"1"}},{"metric":"two","value":1,"meta":{"a":"2"}}]""");
        using HttpResponseMessage answer = await server.Http.GetAsync($"/api/v1/samples?{query}", Cancel);
        await answer.ProblemAsync(status);
    }

    [Fact]
    public async Task Recent_metrics_are_those_of_the_last_minutes()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        await SendAsync(server, $$"""[{"metric":"old","value":1,"timestamp":{{now - 1200}}},{"metric":"new","value":2,"timestamp":{{now - 1200}}},{"metric":"new","value":3,"timestamp":{{now - 60}}}]""");
        JsonElement recent = await server.GetAsync("/api/v1/metrics/recent?minutes=10");
        recent.GetProperty("minutes").GetInt32().ShouldBe(10);
        recent.GetProperty("series").ToString().ShouldBe($$"""[{"series":"new","samples":[[{{now - 60}},3]]}]""");
        (await server.GetAsync("/api/v1/metrics/recent?minutes=30")).GetProperty("series").GetArrayLength().ShouldBe(2);
        using HttpResponseMessage wrong = await server.Http.GetAsync("/api/v1/metrics/recent?minutes=0", Cancel);
        await wrong.ProblemAsync(HttpStatusCode.BadRequest);
    }

    internal static async Task SendAsync(ApiServer server, string body, string query = "")
    {
        using HttpResponseMessage answer = await server.PostAsync("/events/raw" + query, body);
        (await answer.JsonAsync()).GetProperty("rejected").GetInt32().ShouldBe(0);
        await server.SettleAsync();
    }
}
