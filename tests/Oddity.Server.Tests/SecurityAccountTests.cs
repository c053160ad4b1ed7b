using System.Net;
using System.Text;
using System.Text.Json;

namespace Oddity.Server.Tests;

public sealed class SecurityAccountTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_set_up_link_makes_one_account_and_then_no_more()
    {
        await using SecurityServer server = await SecurityServer.StartAsync();
        using HttpResponseMessage before = await server.GetAsync("/api/v1/auth/state");
        (await before.JsonAsync()).GetRawText().ShouldBe("""{"auth":"required","setup_needed":true,"user":null}""");

        string cookie = await server.SetUpAsync();

        using HttpResponseMessage after = await server.GetAsync("/api/v1/auth/state", ("Cookie", cookie));
        (await after.JsonAsync()).GetRawText().ShouldBe("""{"auth":"required","setup_needed":false,"user":{"name":"ada"}}""");
        using HttpResponseMessage again = await server.PostAsync("/api/v1/auth/setup", new { token = server.Running.SetupToken, name = "eve", password = SecurityServer.Password });
        (await again.ProblemAsync(HttpStatusCode.Conflict)).ShouldBe("already_set_up");
    }

    [Theory]
    [InlineData("wrong", "ada", SecurityServer.Password, 403, "bad_setup_token")]
    [InlineData(null, "ada", "short", 400, "password_too_short")]
    [InlineData(null, "", SecurityServer.Password, 400, "missing_field")]
    [InlineData(null, "a\nb", SecurityServer.Password, 400, "bad_value")]
    [InlineData("", "ada", SecurityServer.Password, 400, "missing_field")]
    public async Task A_bad_set_up_makes_no_account(string? token, string name, string password, int status, string code)
    {
        await using SecurityServer server = await SecurityServer.StartAsync();

        using HttpResponseMessage answer = await server.PostAsync("/api/v1/auth/setup", new { token = token ?? server.Running.SetupToken, name, password });

        (await answer.ProblemAsync((HttpStatusCode)status)).ShouldBe(code);
        using HttpResponseMessage state = await server.GetAsync("/api/v1/auth/state");
        (await state.JsonAsync()).GetProperty("setup_needed").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task The_session_cookie_is_out_of_reach_of_scripts_and_other_sites()
    {
        await using SecurityServer server = await SecurityServer.StartAsync(new() { PublicUrl = null });
        await server.SetUpAsync();

        using HttpResponseMessage answer = await server.PostAsync("/api/v1/auth/login", new { name = "ADA", password = SecurityServer.Password });

        string cookie = answer.Headers.GetValues("Set-Cookie").Single().ToLowerInvariant();
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("samesite=strict");
        cookie.ShouldNotContain("secure");
        (await answer.JsonAsync()).GetRawText().ShouldNotContain("token");
    }

    [Fact]
    public async Task Where_people_come_by_https_the_cookie_is_secure()
    {
        await using SecurityServer server = await SecurityServer.StartAsync(new() { PublicUrl = new("https://127.0.0.1/") });
        server.Http.Dispose();
        using var http = new HttpClient { BaseAddress = server.Running.BoundAddress };

        using HttpResponseMessage answer = await http.PostAsync(
            "/api/v1/auth/setup", new StringContent(JsonSerializer.Serialize(new { token = server.Running.SetupToken, name = "ada", password = SecurityServer.Password })), Cancel);

        answer.Headers.GetValues("Set-Cookie").Single().ToLowerInvariant().ShouldContain("secure");
    }

    [Fact]
    public async Task Who_signs_out_is_out()
    {
        await using SecurityServer server = await SecurityServer.StartAsync();
        string cookie = await server.SetUpAsync();

        using HttpResponseMessage forged = await server.PostAsync("/api/v1/auth/logout", new { }, ("Cookie", cookie));
        forged.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using HttpResponseMessage done = await server.PostAsync("/api/v1/auth/logout", new { }, ("Cookie", cookie), SecurityServer.Change);
        done.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using HttpResponseMessage after = await server.GetAsync("/api/v1/anomalies", ("Cookie", cookie));
        after.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_login_of_the_system_before_answers_a_token_and_refresh_renews_it()
    {
        await using SecurityServer server = await SecurityServer.StartAsync();
        await server.SetUpAsync();

        using HttpResponseMessage login = await server.PostAsync("/auth/login", new { username = "ada", password = SecurityServer.Password });
        JsonElement first = await login.JsonAsync();
        string token = first.GetProperty("token").GetString()!;
        first.GetProperty("expires_in").GetInt64().ShouldBe(12 * 3600);
        using HttpResponseMessage refreshed = await server.PostAsync("/auth/refresh", new { }, SecurityServer.Bearer(token));
        string next = (await refreshed.JsonAsync()).GetProperty("token").GetString()!;

        using HttpResponseMessage withOld = await server.GetAsync("/api/v1/anomalies", SecurityServer.Bearer(token));
        withOld.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using HttpResponseMessage withNew = await server.GetAsync("/api/v1/anomalies", SecurityServer.Bearer(next));
        withNew.StatusCode.ShouldBe(HttpStatusCode.OK);
        using HttpResponseMessage nobody = await server.PostAsync("/auth/refresh", new { });
        nobody.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_session_ends_when_it_is_not_used_and_at_last_even_when_it_is()
    {
        var time = new ManualTime();
        await using SecurityServer server = await SecurityServer.StartAsync(time: time, auth: new() { SessionIdle = TimeSpan.FromHours(12), SessionAbsolute = TimeSpan.FromDays(2) });
        string idle = await server.SetUpAsync();
        using HttpResponseMessage login = await server.PostAsync("/api/v1/auth/login", new { name = "ada", password = SecurityServer.Password });
        string used = SecurityServer.Cookie(login)!;

        for (int hour = 0; hour < 48; hour += 8)
        {
            (await Status(used)).ShouldBe(HttpStatusCode.OK, $"hour {hour}");
            time.Advance(TimeSpan.FromHours(8));
        }

        (await Status(used)).ShouldBe(HttpStatusCode.Unauthorized);
        (await Status(idle)).ShouldBe(HttpStatusCode.Unauthorized);

        async Task<HttpStatusCode> Status(string cookie)
        {
            using HttpResponseMessage answer = await server.GetAsync("/api/v1/anomalies", ("Cookie", cookie));
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Guessing_is_slowed_per_account_and_told_when_to_try_again()
    {
        var time = new ManualTime();
        await using SecurityServer server = await SecurityServer.StartAsync(time: time);
        await server.SetUpAsync();
        for (int attempt = 0; attempt < 5; attempt++)
        {
            using HttpResponseMessage wrong = await server.PostAsync("/api/v1/auth/login", new { name = "ada", password = "not the password" });
            (await wrong.ProblemAsync(HttpStatusCode.Unauthorized)).ShouldBe("bad_credentials");
        }

        using HttpResponseMessage held = await server.PostAsync("/api/v1/auth/login", new { name = "Ada", password = SecurityServer.Password });
        (await held.ProblemAsync(HttpStatusCode.TooManyRequests)).ShouldBe("too_many_attempts");
        held.Headers.RetryAfter!.Delta!.Value.ShouldBe(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(1));
        using HttpResponseMessage later = await server.PostAsync("/api/v1/auth/login", new { name = "ada", password = SecurityServer.Password });
        later.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_name_nobody_has_is_answered_like_a_wrong_password()
    {
        await using SecurityServer server = await SecurityServer.StartAsync();
        await server.SetUpAsync();

        using HttpResponseMessage unknown = await server.PostAsync("/api/v1/auth/login", new { name = "nobody", password = SecurityServer.Password });
        using HttpResponseMessage wrong = await server.PostAsync("/api/v1/auth/login", new { name = "ada", password = "not the password" });

        (await unknown.Content.ReadAsStringAsync(Cancel)).ShouldBe(await wrong.Content.ReadAsStringAsync(Cancel));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"name\":1}")]
    [InlineData("{\"name\":\"a\",\"password\":\"\\ud800\"}")]
    [InlineData("nonsense")]
    [InlineData("{\"name\":{\"name\":{\"name\":{\"name\":{}}}}}")]
    public async Task Rubbish_at_sign_in_is_a_400(string body)
    {
        await using SecurityServer server = await SecurityServer.StartAsync();
        using HttpResponseMessage answer = await server.Http.PostAsync("/api/v1/auth/login", new StringContent(body, Encoding.UTF8), Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Too_much_at_sign_in_is_a_413()
    {
        await using SecurityServer server = await SecurityServer.StartAsync();
        using HttpResponseMessage answer = await server.PostAsync("/api/v1/auth/login", new { name = "ada", password = new string('x', 100_000) });

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_token_is_shown_once_and_no_longer_works_when_it_is_removed()
    {
        await using SecurityServer server = await SecurityServer.StartAsync();
        string cookie = await server.SetUpAsync();
        string token = await server.TokenAsync(cookie, "ingest");

        using HttpResponseMessage list = await server.GetAsync("/api/v1/tokens", ("Cookie", cookie));
        JsonElement shown = (await list.JsonAsync()).GetProperty("data")[0];
        shown.GetProperty("scope").GetString().ShouldBe("ingest");
        shown.TryGetProperty("token", out _).ShouldBeFalse();
        using HttpResponseMessage removed = await server.SendAsync(HttpMethod.Delete, $"/api/v1/tokens/{shown.GetProperty("id").GetString()}", null, ("Cookie", cookie), SecurityServer.Change);
        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using HttpResponseMessage after = await server.PostAsync("/events/raw", new { metric = "m", value = 1 }, SecurityServer.Bearer(token));
        after.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using HttpResponseMessage twice = await server.SendAsync(HttpMethod.Delete, $"/api/v1/tokens/{shown.GetProperty("id").GetString()}", null, ("Cookie", cookie), SecurityServer.Change);
        twice.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Accounts_sessions_and_tokens_survive_a_restart_and_nothing_secret_is_on_the_disk()
    {
        SecurityServer first = await SecurityServer.StartAsync();
        string setup = first.Running.SetupToken!;
        string cookie = await first.SetUpAsync();
        string token = await first.TokenAsync(cookie, "read");
        string data = first.DataDirectory;

        await using SecurityServer server = await first.RestartAsync();

        server.Running.SetupToken.ShouldBeNull();
        using HttpResponseMessage byCookie = await server.GetAsync("/api/v1/anomalies", ("Cookie", cookie));
        byCookie.StatusCode.ShouldBe(HttpStatusCode.OK);
        using HttpResponseMessage byToken = await server.GetAsync("/api/v1/anomalies", SecurityServer.Bearer(token));
        byToken.StatusCode.ShouldBe(HttpStatusCode.OK);
        byte[] disk = [.. Directory.EnumerateFiles(data, "oddity.db*").SelectMany(ReadShared)];
        foreach (string secret in new[] { setup, SecurityServer.Password, token, cookie.Split('=')[1] })
            disk.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)).ShouldBe(-1);
    }

    [Fact]
    public async Task Until_there_is_an_account_each_start_makes_a_new_link_and_the_old_one_ends()
    {
        SecurityServer first = await SecurityServer.StartAsync();
        string old = first.Running.SetupToken!;
        await using SecurityServer server = await first.RestartAsync();

        server.Running.SetupToken.ShouldNotBe(old);
        using HttpResponseMessage answer = await server.PostAsync("/api/v1/auth/setup", new { token = old, name = "ada", password = SecurityServer.Password });
        (await answer.ProblemAsync(HttpStatusCode.Forbidden)).ShouldBe("bad_setup_token");
    }

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
