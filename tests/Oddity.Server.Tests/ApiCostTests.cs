using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Oddity.Server.Tests;

public sealed class ApiCostTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_series_and_detectors_cost_is_told_in_pages_the_largest_first()
    {
        await using ApiServer server = await ApiServer.StartAsync(watch: new() { Detector = "zscore", Rules = [new("quiet*", "none", new Dictionary<string, string>())] });
        var lines = new StringBuilder();
        for (int i = 0; i < 3_000; i++)
        {
            string metric = i % 3 == 0 ? "quiet" : i % 30 == 1 ? "rare" : "often";
            lines.Append(CultureInfo.InvariantCulture, $"{{\"metric\":\"{metric}\",\"value\":{(i == 2_000 ? 9_999 : i % 13)},\"timestamp\":{1_767_225_600 + i}}}\n");
        }

        await ApiSeriesTests.SendAsync(server, lines.ToString(), "?backfill=true");
        await server.Pipeline.CheckpointAsync(Cancel);

        JsonElement cost = await server.GetAsync("/api/v1/admin/cost?sort=samples&limit=2");
        cost.GetProperty("total").GetInt32().ShouldBe(3);
        cost.GetProperty("next_offset").GetInt32().ShouldBe(2);
        Texts(cost).ShouldBe(["often", "quiet"]);
        JsonElement often = cost.GetProperty("series")[0];
        often.GetProperty("samples").GetInt64().ShouldBe(1_900);
        often.GetProperty("estimated_seconds").GetDouble().ShouldBeGreaterThan(0);
        often.GetProperty("state_bytes").GetInt64().ShouldBeGreaterThan(100);
        often.GetProperty("disk_bytes").GetInt64().ShouldBeGreaterThan(100);
        often.GetProperty("anomalies").GetInt64().ShouldBe(1);
        cost.GetProperty("detectors").EnumerateArray().Select(each => each.GetProperty("detector").GetString()).ShouldBe(["none", "zscore"]);
        cost.GetProperty("detectors")[1].GetProperty("series").GetInt32().ShouldBe(2);
        cost.GetProperty("detectors")[1].GetProperty("nanoseconds_per_sample").GetDouble().ShouldBeGreaterThan(0);

        JsonElement rest = await server.GetAsync("/api/v1/admin/cost?sort=samples&offset=2");
        Texts(rest).ShouldBe(["rare"]);
        rest.GetProperty("next_offset").ValueKind.ShouldBe(JsonValueKind.Null);
        foreach (string sort in new[] { "time", "state", "disk", "anomalies" }) Texts(await server.GetAsync($"/api/v1/admin/cost?sort={sort}")).Length.ShouldBe(3);
        Texts(await server.GetAsync("/api/v1/admin/cost?sort=disk"))[0].ShouldBe("often");
        string text = await server.Http.GetStringAsync("/metrics", Cancel);
        text.ShouldContain("oddity_detector_seconds_total{detector=\"zscore\"} ");
        text.ShouldContain("# TYPE oddity_detector_samples_total counter");
        using HttpResponseMessage wrong = await server.Http.GetAsync("/api/v1/admin/cost?sort=beauty", Cancel);
        await wrong.ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Damaged_samples_are_a_problem_that_says_which_and_others_are_read()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        var lines = new StringBuilder();
        for (int i = 0; i < 1_100; i++) lines.Append(CultureInfo.InvariantCulture, $"{{\"metric\":\"m\",\"value\":{i % 7},\"timestamp\":{1_767_225_600 + i}}}\n");
        await ApiSeriesTests.SendAsync(server, lines.ToString(), "?backfill=true");
        await server.Pipeline.CheckpointAsync(Cancel);
        await server.Pipeline.Database.WriteAsync(sql => sql.Execute("UPDATE chunks SET data = CAST(x'0299' || data AS BLOB) WHERE ordinal = 0"));

        using HttpResponseMessage answer = await server.Http.GetAsync("/api/v1/samples?series=m&start=2026-01-01", Cancel);
        (await answer.ProblemAsync(HttpStatusCode.InternalServerError)).ShouldBe("damaged_history");
        (await answer.JsonAsync(HttpStatusCode.InternalServerError)).GetProperty("detail").GetString()!.ShouldContain("from 2026-01-01T00:00:00.000Z to 2026-01-01T00:08:31.000Z");
        (await server.GetAsync("/api/v1/samples?series=m&start=2026-01-01T00:10:00Z")).GetProperty("samples").GetArrayLength().ShouldBe(500);
    }

    private static string[] Texts(JsonElement cost) => [.. cost.GetProperty("series").EnumerateArray().Select(series => series.GetProperty("series").GetString()!)];
}
