using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Oddity.Server.Security;

namespace Oddity.Server.Tests;

public sealed class SecurityAccessTests
{
    [Fact]
    public async Task Every_route_names_a_permission()
    {
        await using SecurityServer server = await SecurityServer.StartAsync();
        var routes = server.Running.Services.GetRequiredService<EndpointDataSource>();

        routes.Endpoints.Count.ShouldBeGreaterThan(30);
        PermissionConvention.RoutesWithoutPermission(routes).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_route_without_permission_keeps_the_server_from_starting()
    {
        await using WebApplication app = WebApplication.CreateSlimBuilder().Build();
        app.MapGet("/good", () => "").Permits(Permission.Read);
        app.MapGet("/forgotten", () => "");

        Should.Throw<InvalidOperationException>(() => PermissionConvention.Require(((IEndpointRouteBuilder)app).DataSources)).Message.ShouldContain("/forgotten");
    }

    [Fact]
    public async Task Without_credentials_only_open_routes_answer_and_all_others_say_401()
    {
        await using SecurityServer server = await SecurityServer.StartAsync();
        HashSet<string> open = [];
        foreach (RouteEndpoint route in server.Running.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            string path = "/" + System.Text.RegularExpressions.Regex.Replace(route.RoutePattern.RawText!.TrimStart('/'), "{[^}]*}", "0123456789abcdef0123456789abcdef");
            string method = route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods[0] ?? "GET";
            using HttpResponseMessage answer = await server.SendAsync(new(method), path, null);
            if (PermissionConvention.RequiredOf(route) == Permission.Anonymous) open.Add(path);
            else answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path}");
        }

        open.ShouldBe(
            [
                "/health", "/api/health", "/livez", "/-/healthy", "/readyz", "/-/ready", "/startupz", "/openapi.json", "/ui",
                "/api/v1/auth/state", "/api/v1/auth/setup", "/api/v1/auth/login", "/auth/login", "/auth/refresh", "/api/v1/auth/logout", "/ping", "/influx/ping",
                "/es", "/es/_license", "/services/collector/health", "/services/collector/health/1.0", "/loki/ready",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task A_token_opens_what_its_scope_says_and_nothing_else()
    {
        await using SecurityServer server = await SecurityServer.StartAsync();
        string cookie = await server.SetUpAsync();
        string ingest = await server.TokenAsync(cookie, "ingest"), read = await server.TokenAsync(cookie, "read"), admin = await server.TokenAsync(cookie, "admin");

        (await Status(ingest, "POST", "/events/raw")).ShouldBe(HttpStatusCode.OK);
        (await Status(ingest, "GET", "/api/v1/anomalies")).ShouldBe(HttpStatusCode.Forbidden);
        (await Status(ingest, "GET", "/api/v1/tokens")).ShouldBe(HttpStatusCode.Forbidden);
        (await Status(read, "GET", "/api/v1/anomalies")).ShouldBe(HttpStatusCode.OK);
        (await Status(read, "POST", "/events/raw")).ShouldBe(HttpStatusCode.Forbidden);
        (await Status(read, "POST", "/api/v1/anomalies/0123456789abcdef0123456789abcdef/resolve")).ShouldBe(HttpStatusCode.Forbidden);
        (await Status(admin, "POST", "/events/raw")).ShouldBe(HttpStatusCode.OK);
        (await Status(admin, "GET", "/api/v1/tokens")).ShouldBe(HttpStatusCode.OK);
        (await Status("odd_wrong", "GET", "/api/v1/anomalies")).ShouldBe(HttpStatusCode.Unauthorized);
        (await Status(new string('x', 4_000), "GET", "/api/v1/anomalies")).ShouldBe(HttpStatusCode.Unauthorized);

        async Task<HttpStatusCode> Status(string token, string method, string path)
        {
            using HttpResponseMessage answer = await server.SendAsync(new(method), path, method == "POST" ? new { metric = "m", value = 1 } : null, SecurityServer.Bearer(token));
            return answer.StatusCode;
        }
    }

    [Theory]
    [InlineData("Bearer {0}", true)]
    [InlineData("bearer {0}", true)]
    [InlineData("Token {0}", true)]
    [InlineData("Basic {1}", true)]
    [InlineData("Basic {0}", false)]
    [InlineData("Basic ????", false)]
    [InlineData("Basic ", false)]
    [InlineData("{0}", false)]
    [InlineData("Digest {0}", false)]
    public async Task A_token_is_taken_in_the_words_that_senders_know(string header, bool taken)
    {
        await using SecurityServer server = await SecurityServer.StartAsync();
        string token = await server.TokenAsync(await server.SetUpAsync(), "ingest");
        string asPassword = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("anyone:" + token));

        using HttpResponseMessage answer = await server.PostAsync(
            "/events/raw", new { metric = "m", value = 1 }, ("Authorization", string.Format(System.Globalization.CultureInfo.InvariantCulture, header, token, asPassword)));

        answer.StatusCode.ShouldBe(taken ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_401_says_how_to_sign_in()
    {
        await using SecurityServer server = await SecurityServer.StartAsync();
        using HttpResponseMessage answer = await server.GetAsync("/api/v1/anomalies");

        (await answer.ProblemAsync(HttpStatusCode.Unauthorized)).ShouldBe("unauthorized");
        answer.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer realm=\"oddity\"");
    }

    [Fact]
    public async Task A_change_by_cookie_needs_the_header_that_other_sites_cannot_send()
    {
        await using SecurityServer server = await SecurityServer.StartAsync();
        string cookie = await server.SetUpAsync();

        using HttpResponseMessage without = await server.PostAsync("/events/raw", new { metric = "m", value = 1 }, ("Cookie", cookie));
        (await without.ProblemAsync(HttpStatusCode.Forbidden)).ShouldBe("change_header_missing");
        using HttpResponseMessage with = await server.PostAsync("/events/raw", new { metric = "m", value = 1 }, ("Cookie", cookie), SecurityServer.Change);
        with.StatusCode.ShouldBe(HttpStatusCode.OK);
        using HttpResponseMessage read = await server.GetAsync("/api/v1/anomalies", ("Cookie", cookie));
        read.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("https://evil.example", false)]
    [InlineData("null", false)]
    [InlineData("http://127.0.0.1:1", false)]
    [InlineData("https://grafana.example", true)]
    [InlineData("own", true)]
    public async Task A_page_of_another_site_changes_nothing_even_where_no_sign_in_is_needed(string origin, bool allowed)
    {
        await using SecurityServer server = await SecurityServer.StartAsync(new() { CorsOrigins = ["https://grafana.example"] }, new() { Required = false });
        string sent = origin == "own" ? server.Running.Address.GetLeftPart(UriPartial.Authority) : origin;

        using HttpResponseMessage answer = await server.PostAsync("/events/raw", new { metric = "m", value = 1 }, ("Origin", sent));

        answer.StatusCode.ShouldBe(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("https://evil.example", false)]
    [InlineData("https://grafana.example", true)]
    [InlineData(null, true)]
    public async Task A_page_of_another_site_opens_no_websocket(string? origin, bool allowed)
    {
        await using SecurityServer server = await SecurityServer.StartAsync(new() { CorsOrigins = ["https://grafana.example"] }, new() { Required = false });
        using var socket = new ClientWebSocket();
        if (origin is not null) socket.Options.SetRequestHeader("Origin", origin);
        var address = new UriBuilder(server.Running.Address) { Scheme = "ws", Path = "/ws/anomalies" };

        if (allowed) await socket.ConnectAsync(address.Uri, TestContext.Current.CancellationToken);
        else await Should.ThrowAsync<WebSocketException>(() => socket.ConnectAsync(address.Uri, TestContext.Current.CancellationToken));
        socket.State.ShouldBe(allowed ? WebSocketState.Open : WebSocketState.Closed);
    }

    [Fact]
    public async Task Only_configured_sites_are_allowed_across_origins()
    {
        await using SecurityServer server = await SecurityServer.StartAsync(new() { CorsOrigins = ["https://grafana.example"] }, new() { Required = false });

        using HttpResponseMessage asked = await server.SendAsync(
            HttpMethod.Options, "/api/v1/anomalies", null, ("Origin", "https://grafana.example"), ("Access-Control-Request-Method", "GET"));
        asked.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["https://grafana.example"]);
        using HttpResponseMessage evil = await server.GetAsync("/api/v1/anomalies", ("Origin", "https://evil.example"));
        evil.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/api/v1/anomalies")]
    [InlineData("/nothing/here")]
    [InlineData("/docs/index.html")]
    public async Task Every_answer_tells_browsers_to_trust_nothing_foreign(string path)
    {
        await using SecurityServer server = await SecurityServer.StartAsync();
        using HttpResponseMessage answer = await server.GetAsync(path);

        string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("script-src 'self';");
        policy.ShouldContain("frame-ancestors 'none'");
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        answer.Headers.Contains("Server").ShouldBeFalse();
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("localhost:8080", true)]
    [InlineData("[::1]:8080", true)]
    [InlineData("oddity.example", true)]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("192.0.2.1", false)]
    public async Task On_loopback_only_names_that_are_ours_get_an_answer(string host, bool allowed)
    {
        await using SecurityServer server = await SecurityServer.StartAsync(new() { AllowedHosts = ["oddity.example"] });
        using HttpResponseMessage answer = await server.GetAsync("/health", ("Host", host));

        answer.StatusCode.ShouldBe(allowed ? HttpStatusCode.OK : HttpStatusCode.MisdirectedRequest);
    }

    [Theory]
    [InlineData("192.0.2.1", false, true)]
    [InlineData("oddity", false, true)]
    [InlineData("evil.example", false, false)]
    [InlineData("oddity.example", true, true)]
    public async Task On_the_network_without_sign_in_names_that_strangers_could_point_here_get_none(string host, bool signIn, bool allowed)
    {
        await using SecurityServer server = await SecurityServer.StartAsync(new() { Urls = [new("http://0.0.0.0:0")] }, new() { Required = signIn, AllowInsecureRemote = true });
        using HttpResponseMessage answer = await server.GetAsync("/health", ("Host", host));

        answer.StatusCode.ShouldBe(allowed ? HttpStatusCode.OK : HttpStatusCode.MisdirectedRequest);
    }

    [Fact]
    public async Task With_authentication_off_everything_is_open()
    {
        await using SecurityServer server = await SecurityServer.StartAsync(auth: new() { Required = false });

        using HttpResponseMessage read = await server.GetAsync("/api/v1/anomalies");
        read.StatusCode.ShouldBe(HttpStatusCode.OK);
        using HttpResponseMessage state = await server.GetAsync("/api/v1/auth/state");
        (await state.JsonAsync()).GetRawText().ShouldBe("""{"auth":"none","setup_needed":false,"user":null}""");
        server.Running.SetupToken.ShouldBeNull();
    }
}
