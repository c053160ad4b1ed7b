using System.Net;
using System.Text.Json;

namespace Oddity.Server.Tests;

public sealed class ApiHealthTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_is_told_to_anyone_under_every_name()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        foreach (string path in new[] { "/health", "/api/health" })
        {
            JsonElement health = await server.GetAsync(path);
            health.GetProperty("status").GetString().ShouldBe("healthy");
            health.GetProperty("version").GetString().ShouldBe("0.1.0");
            health.GetProperty("queue_depth").GetInt32().ShouldBeGreaterThanOrEqualTo(0);
            health.GetProperty("components").GetProperty("store").GetProperty("status").GetString().ShouldBe("healthy");
        }

        foreach (string path in new[] { "/livez", "/readyz", "/startupz", "/-/healthy", "/-/ready" })
        {
            (await server.Http.GetStringAsync(path, Cancel)).ShouldNotBeEmpty();
            using HttpResponseMessage head = await server.Http.SendAsync(new(HttpMethod.Head, path), Cancel);
            head.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Status_has_the_figures_of_the_overview()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        await ApiSeriesTests.SendAsync(server, """[{"metric":"a","value":1},{"metric":"b","value":2}]""");
        JsonElement status = await server.GetAsync("/api/v1/status");
        status.GetProperty("series").GetInt32().ShouldBe(2);
        status.GetProperty("samples_total").GetInt64().ShouldBe(2);
        status.GetProperty("samples_per_second").GetDouble().ShouldBeGreaterThan(0);
        status.GetProperty("recovery_progress").GetDouble().ShouldBe(1);
        status.GetProperty("sources").ValueKind.ShouldBe(JsonValueKind.Array);
        foreach (string name in new[] { "uptime_seconds", "queue_depth", "anomalies_total", "ongoing", "watchers" }) status.GetProperty(name).ValueKind.ShouldBe(JsonValueKind.Number);
    }

    [Fact]
    public async Task The_digest_changes_with_the_state()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        string empty = (await server.GetAsync("/api/v1/admin/state-digest")).GetProperty("sha256").GetString()!;
        await ApiSeriesTests.SendAsync(server, """{"metric":"a","value":1}""");
        JsonElement digest = await server.GetAsync("/api/v1/admin/state-digest");
        digest.GetProperty("series").GetInt32().ShouldBe(1);
        digest.GetProperty("last_applied").GetInt64().ShouldBe(1);
        digest.GetProperty("sha256").GetString()!.Length.ShouldBe(64);
        digest.GetProperty("sha256").GetString().ShouldNotBe(empty);
    }
}
