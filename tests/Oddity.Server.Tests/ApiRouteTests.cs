using System.Net;
using System.Text.Json;
using Oddity.Server.Configuration;

namespace Oddity.Server.Tests;

/// <summary>What is at an address, what is not, and who gets the page.</summary>
public sealed class ApiRouteTests
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/api/v1/nothing", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "/nothing", HttpStatusCode.NotFound, "not_found")]
    [InlineData("POST", "/", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "/ingest", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [InlineData("DELETE", "/api/v1/anomalies", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [InlineData("GET", "/ws/anomalies", HttpStatusCode.UpgradeRequired, "not_a_websocket")]
    public async Task What_is_not_there_or_not_so_is_a_problem(string method, string path, HttpStatusCode status, string code)
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage answer = await server.Http.SendAsync(new(new(method), path), Cancel);
        (await answer.ProblemAsync(status)).ShouldBe(code);
    }

    [Fact]
    public async Task Browsers_get_the_page_and_programs_the_api()
    {
        using var folder = new DashboardFolder();
        await using ApiServer server = await ApiServer.StartAsync(new HttpOptions { DashboardFolder = folder.Path });
        foreach (string path in new[] { "/", "/anomalies", "/anomalies/4f1c", "/series", "/upload", "/setup" })
        {
            using HttpResponseMessage page = await AskAsync(server, path, Browser);
            page.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            page.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
            (await page.Content.ReadAsStringAsync(Cancel)).ShouldContain("the dashboard");
            page.Headers.CacheControl!.NoCache.ShouldBeTrue();
            page.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("script-src 'self'");
        }

        using HttpResponseMessage curl = await AskAsync(server, "/anomalies", "*/*");
        curl.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        using HttpResponseMessage root = await AskAsync(server, "/", null);
        root.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        foreach (string path in new[] { "/api/v1/nothing", "/ws/nothing", "/v1/nothing", "/missing.js" })
        {
            using HttpResponseMessage none = await AskAsync(server, path, Browser);
            (await none.ProblemAsync(HttpStatusCode.NotFound)).ShouldBe("not_found");
        }
    }

    [Fact]
    public async Task Hashed_files_are_kept_for_ever_and_text_is_compressed()
    {
        using var folder = new DashboardFolder();
        await using ApiServer server = await ApiServer.StartAsync(new HttpOptions { DashboardFolder = folder.Path });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/assets/index-4f1c.js");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip, br");
        using HttpResponseMessage script = await server.Http.SendAsync(request, Cancel);
        script.StatusCode.ShouldBe(HttpStatusCode.OK);
        script.Headers.CacheControl!.ToString().ShouldContain("immutable");
        script.Content.Headers.ContentEncoding.ShouldNotBeEmpty();
        using HttpResponseMessage again = await ConditionalAsync(server, "/assets/index-4f1c.js", script.Headers.ETag!.Tag);
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task Without_a_dashboard_the_root_says_so_and_the_api_works()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage page = await AskAsync(server, "/", Browser);
        (await page.Content.ReadAsStringAsync(Cancel)).ShouldContain("without its dashboard");
        (await server.GetAsync("/health")).GetProperty("status").GetString().ShouldBe("healthy");
    }

    [Fact]
    public async Task The_old_dashboards_address_leads_to_ours()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage answer = await AskAsync(server, "/ui", Browser);
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.ToString().ShouldBe("/");
    }

    [Fact]
    public async Task Answers_are_not_kept_by_anybody()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage answer = await AskAsync(server, "/api/v1/status", "*/*");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task Everything_answers_again_under_the_context_path()
    {
        await using ApiServer server = await ApiServer.StartAsync(new HttpOptions { ContextPath = "/monitoring" });
        (await server.GetAsync("/monitoring/health")).GetProperty("status").GetString().ShouldBe("healthy");
        (await server.GetAsync("/monitoring/v1/anomalies")).GetProperty("data").GetArrayLength().ShouldBe(0);
        (await server.GetAsync("/monitoring/api/v1/anomalies")).GetProperty("data").GetArrayLength().ShouldBe(0);
        (await server.GetAsync("/health")).GetProperty("status").GetString().ShouldBe("healthy");
        using HttpResponseMessage ingest = await server.PostAsync("/monitoring/v1/metrics/ingest", """{"api_id":"a","latency_ms":1,"status_code":200}""");
        await ingest.JsonAsync();
    }

    [Fact]
    public async Task The_description_names_every_route_with_a_summary()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        JsonElement document = await server.GetAsync("/openapi.json");
        document.GetProperty("openapi").GetString()!.ShouldStartWith("3.");
        JsonElement paths = document.GetProperty("paths");
        string[] expected =
        [
            "/events/raw", "/ingest", "/v1/metrics/ingest", "/api/v1/events", "/upload", "/upload/bulk", "/predict", "/anomaly", "/anomalies", "/api/anomalies", "/api/v1/anomalies",
            "/api/v1/anomalies/{id}", "/api/v1/anomalies/{id}/resolve", "/api/v1/anomalies/export", "/api/v1/alerts", "/api/v1/series", "/api/metrics", "/api/v1/samples",
            "/api/v1/metrics/recent", "/metrics", "/ws/anomalies", "/api/v1/stream/anomalies", "/health", "/livez", "/readyz", "/api/v1/status", "/api/v1/admin/state-digest",
            "/api/v1/auth/login",
        ];
        foreach (string path in expected) paths.TryGetProperty(path, out _).ShouldBeTrue(path);
        foreach (JsonProperty path in paths.EnumerateObject())
        {
            foreach (JsonProperty operation in path.Value.EnumerateObject())
                operation.Value.TryGetProperty("summary", out _).ShouldBeTrue($"{operation.Name} {path.Name}");
        }
    }

    [Fact]
    public async Task The_page_of_the_description_brings_its_own_scripts()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        string page = await server.Http.GetStringAsync("/docs/index.html", Cancel);
        page.ShouldContain("src=\"index.js\"");
        page.ShouldNotContain("https://");
        foreach (string file in new[] { "swagger-ui-bundle.js", "swagger-ui.css", "index.js" })
            (await server.Http.GetStringAsync($"/docs/{file}", Cancel)).Length.ShouldBeGreaterThan(100);
    }

    private static async Task<HttpResponseMessage> AskAsync(ApiServer server, string path, string? accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        return await server.Http.SendAsync(request, Cancel);
    }

    private static async Task<HttpResponseMessage> ConditionalAsync(ApiServer server, string path, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        return await server.Http.SendAsync(request, Cancel);
    }

    /// <summary>Stands in for the built dashboard.</summary>
    private sealed class DashboardFolder : IDisposable
    {
        public DashboardFolder()
        {
            File.WriteAllText(System.IO.Path.Combine(Path, "index.html"), "<!doctype html><title>the dashboard</title>");
            Directory.CreateDirectory(System.IO.Path.Combine(Path, "assets"));
            File.WriteAllText(System.IO.Path.Combine(Path, "assets", "index-4f1c.js"), string.Concat(Enumerable.Repeat("console.log('odd');\n", 500)));
        }

        public string Path { get; } = Directory.CreateTempSubdirectory("oddity-page-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
