using System.Net;
using System.Text.Json;

namespace Oddity.Server.Tests;

public sealed class ApiPredictTests
{
    [Fact]
    public async Task A_cpu_above_85_is_odd_with_no_training_is_stored_and_found_again()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage answer = await server.PostAsync("/predict", """{"timestamp":"2026-01-01T00:00:00Z","cpu":97.5,"memory":40,"disk":50}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, "a time of long ago needs backfill");
        using HttpResponseMessage live = await server.PostAsync("/predict", """{"cpu":97.5,"memory":40,"disk":50}""");
        JsonElement body = await live.JsonAsync();
        body.GetProperty("anomaly").GetBoolean().ShouldBeTrue();
        body.GetProperty("prediction").GetInt32().ShouldBe(-1);
        body.GetProperty("stored").GetBoolean().ShouldBeTrue();
        body.GetProperty("explanation").GetString()!.ShouldContain("97.5");
        body.GetProperty("detectors").GetArrayLength().ShouldBeGreaterThan(0);
        await server.SettleAsync();
        JsonElement anomalies = await server.GetAsync("/anomalies");
        anomalies.EnumerateArray().Select(anomaly => anomaly.GetProperty("metric").GetString()).ShouldContain("system_metrics_cpu");
    }

    [Fact]
    public async Task A_dry_run_leaves_nothing_behind()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage odd = await server.PostAsync("/predict?dry_run=true", """{"cpu":97.5,"memory":40,"disk":50}""");
        JsonElement body = await odd.JsonAsync();
        body.GetProperty("prediction").GetInt32().ShouldBe(-1);
        body.GetProperty("stored").GetBoolean().ShouldBeFalse();
        await server.SettleAsync();
        (await server.GetAsync("/api/metrics")).GetArrayLength().ShouldBe(0);
        (await server.GetAsync("/anomalies")).GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task What_is_as_ever_predicts_1()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        for (int i = 0; i < 20; i++)
        {
            using HttpResponseMessage taken = await server.PostAsync("/events/raw", $$"""{"metric":"load","value":{{50 + (i % 3)}}}""");
        }

        await server.SettleAsync();
        using HttpResponseMessage answer = await server.PostAsync("/predict?dry_run=1", """{"metric":"load","value":51}""");
        JsonElement body = await answer.JsonAsync();
        body.GetProperty("anomaly").GetBoolean().ShouldBeFalse();
        body.GetProperty("prediction").GetInt32().ShouldBe(1);
        body.GetProperty("results")[0].GetProperty("series").GetString().ShouldBe("load");
    }

    [Fact]
    public async Task Of_many_samples_the_oddest_decides_and_bad_ones_are_left_out()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage answer = await server.PostAsync("/predict?dry_run=true", """[{"cpu":10,"memory":10,"disk":10},{"metric":"x","value":1e400},{"cpu":99,"memory":10,"disk":10}]""");
        JsonElement body = await answer.JsonAsync();
        body.GetProperty("prediction").GetInt32().ShouldBe(-1);
        body.GetProperty("results").EnumerateArray().Count(result => result.GetProperty("anomaly").GetBoolean()).ShouldBeGreaterThanOrEqualTo(1);
    }
}
