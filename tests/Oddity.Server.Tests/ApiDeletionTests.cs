using System.Net;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Server.Tests;

public sealed class ApiDeletionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_series_is_deleted_by_its_full_text_and_nobody_deletes_another_tenants()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        await ApiSeriesTests.SendAsync(server, """[{"metric":"m","value":1,"meta":{"a":"1"}},{"metric":"m","value":1,"meta":{"a":"2"}}]""");
        var theirs = new IngestBatch("other");
        theirs.NextRecord();
        theirs.Add(SeriesKey.Create("other", "secret"), null, 1);
        await server.Pipeline.IngestAsync(theirs, IngestOptions.Live, Cancel);
        await server.SettleAsync();

        (await DeleteAsync(server, "")).ShouldBe(HttpStatusCode.BadRequest);
        (await DeleteAsync(server, "{")).ShouldBe(HttpStatusCode.BadRequest);
        (await DeleteAsync(server, "m")).ShouldBe(HttpStatusCode.NotFound);
        (await DeleteAsync(server, "secret")).ShouldBe(HttpStatusCode.NotFound);
        using HttpResponseMessage gone = await server.Http.DeleteAsync($"/api/v1/series?series={Uri.EscapeDataString("m{ a = \"1\" }")}", Cancel);
        (await gone.JsonAsync()).GetProperty("deleted").GetString().ShouldBe("m{a=\"1\"}");
        (await DeleteAsync(server, "m{a=\"1\"}")).ShouldBe(HttpStatusCode.NotFound);

        (await server.GetAsync("/api/v1/series")).GetProperty("data")[0].GetProperty("series").GetString().ShouldBe("m{a=\"2\"}");
        server.Pipeline.CountSeries("other").ShouldBe(1);
    }

    [Fact]
    public async Task It_takes_an_administrator()
    {
        await using SecurityServer server = await SecurityServer.StartAsync();
        string cookie = await server.SetUpAsync();
        foreach ((string scope, HttpStatusCode status) in new[] { ("ingest", HttpStatusCode.Forbidden), ("read", HttpStatusCode.Forbidden), ("admin", HttpStatusCode.NotFound) })
        {
            string token = await server.TokenAsync(cookie, scope);
            using HttpResponseMessage answer = await server.SendAsync(HttpMethod.Delete, "/api/v1/series?series=m", null, SecurityServer.Bearer(token));
            answer.StatusCode.ShouldBe(status);
        }
    }

    [Fact]
    public async Task A_kill_right_after_the_answer_brings_nothing_back()
    {
        string folder = Directory.CreateTempSubdirectory("oddity-delete-").FullName;
        try
        {
            await using OddityProcess server = await OddityProcess.StartAsync(folder, ["--detector", "zscore"], new Dictionary<string, string> { ["ODDITY_ENGINE__CHECKPOINT_INTERVAL"] = "1s" });
            var load = new DurableLoad(10);
            await load.SendAsync(server, Cancel);
            string before = await server.Http.GetStringAsync("/api/v1/anomalies/export", Cancel);
            for (int series = 0; series < 5; series++)
            {
                (await server.Http.DeleteAsync($"/api/v1/series?series={Uri.EscapeDataString($"m{{s=\"{series}\"}}")}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
            }

            (string export, string digest) = await DurableLoad.ResultAsync(server);
            await server.KillAsync();
            server.Restart();
            await server.WaitUntilReadyAsync();

            (await DurableLoad.ResultAsync(server)).ShouldBe((export, digest));
            export.Split('\n').Length.ShouldBe(before.Split('\n').Length);
            (await server.Http.GetAsync($"/api/v1/samples?series={Uri.EscapeDataString("m{s=\"0\"}")}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await server.Http.GetAsync($"/api/v1/samples?series={Uri.EscapeDataString("m{s=\"5\"}")}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<HttpStatusCode> DeleteAsync(ApiServer server, string series)
    {
        using HttpResponseMessage answer = await server.Http.DeleteAsync($"/api/v1/series?series={Uri.EscapeDataString(series)}", Cancel);
        return answer.StatusCode;
    }
}
